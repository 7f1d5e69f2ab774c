import { z } from 'zod';
import { Id, timeOf } from '../../../shared/console-api/common.ts';
import { Session } from '../../../shared/console-api/me.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type SessionId } from '../../../shared/domain/ids.ts';
import { endOtherSessions, endSession, sessionsOf } from '../../../shared/sessions/end-sessions.ts';
import { forgottenSession } from '../../../shared/sessions/session.ts';
import { programOf } from '../../../shared/sign-in/accounts-page.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'Me', access: 'user', scope: 'none' } as const;

const listSessions = defineRoute(
  {
    ...common,
    name: 'listSessions',
    method: 'get',
    path: '/me/sessions',
    summary: 'Where you are signed in',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(Session) }),
      description: 'Your sessions, the one that was used last first.',
    },
  },
  async (dependencies, { caller: { user, session } }) => {
    const sessions = await sessionsOf(dependencies, user);
    const items = sessions.map(({ id, startedAt, lastUsedAt, endsAt, address, userAgent }) => ({
      id,
      isCurrent: id === session,
      startedAt: timeOf(startedAt),
      lastUsedAt: timeOf(lastUsedAt),
      endsAt: timeOf(endsAt),
      address,
      userAgent,
      program: programOf(userAgent),
    }));
    return { body: { items } };
  },
);

const signOut = defineRoute(
  {
    ...common,
    name: 'endSession',
    method: 'delete',
    path: '/me/sessions/{id}',
    summary: 'Sign out in one browser',
    params: z.object({ id: Id }),
    act: 'signed-out',
    isDangerous: false,
    idempotency: 'natural',
    repeated: 404,
    answer: { status: 204, description: 'It is signed out.' },
  },
  async (dependencies, { caller: { user, session }, params, origin }) => {
    const id = asId<SessionId>(params.id);
    if (!(await endSession(dependencies, user, id, origin))) {
      throw new CallerError('not-found', 'you have no such session');
    }
    return id === session ? { setCookies: forgottenSession } : {};
  },
);

const signOutOthers = defineRoute(
  {
    ...common,
    name: 'endOtherSessions',
    method: 'post',
    path: '/me/sessions/end-others',
    summary: 'Sign out everywhere but here',
    act: 'signed-out-others',
    isDangerous: false,
    idempotency: 'natural',
    answer: { status: 200, schema: z.object({ ended: z.int() }), description: 'How many sessions ended.' },
  },
  async (dependencies, { caller, origin }) => ({
    body: { ended: await endOtherSessions(dependencies, caller, origin) },
  }),
);

export const sessionRoutes: readonly Route[] = [listSessions, signOut, signOutOthers];
