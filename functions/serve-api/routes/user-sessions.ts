import { z } from 'zod';
import { Id, Reason } from '../../../shared/console-api/common.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type UserId } from '../../../shared/domain/ids.ts';
import { endSessionsFor } from '../../../shared/sessions/end-sessions.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const endSessionsOfUser = defineRoute(
  {
    name: 'endSessionsOfUser',
    method: 'post',
    path: '/installation/users/{user}/end-sessions',
    tag: 'Installation',
    summary: 'Sign a person out everywhere',
    description:
      'For a lost or stolen device. The person may sign in again; the settings of the installation say who may. `/installation/sign-ins` names users.',
    access: 'administrator',
    scope: 'none',
    params: z.object({ user: Id }),
    body: Reason,
    act: 'signed-out-by-administrator',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 200, schema: z.object({ ended: z.int() }), description: 'How many sessions ended.' },
  },
  async (dependencies, { params, body: { why }, origin, accountable }) => {
    const user = asId<UserId>(params.user);
    if ((await readUser(dependencies.table, user)) === undefined) {
      throw new CallerError('not-found', 'there is no such user');
    }
    const { by, actor } = await accountable(why);
    const name = actor === undefined || actor.name === actor.id ? by : `${by} (${actor.id})`;
    return { body: { ended: await endSessionsFor(dependencies, user, `${why}; by ${name}`, origin) } };
  },
);

export const userSessionRoutes: readonly Route[] = [endSessionsOfUser];
