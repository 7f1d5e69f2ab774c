/** Who does what a request asks for, as the history has it. */
import type { Context } from 'hono';
import { Line } from '../../../shared/console-api/common.ts';
import type { Accountable } from '../../../shared/organizations/owner-act.ts';
import { operatorNameHeader } from '../../../shared/runtime/environment.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import type { Caller } from './access.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';

/** One read for a person, whose name the history is to have. @param caller who is accountable; of a request that is carried out whoever sends it */
export async function accountableOf(
  { table }: ApiDependencies,
  c: Context<ApiEnvironment>,
  caller: Caller | undefined,
  why: string,
): Promise<Accountable> {
  const { address } = c.get('origin');
  switch (caller?.kind) {
    case 'user': {
      const user = await readUser(table, caller.user);
      const name = user?.name ?? user?.login ?? caller.user;
      const actor = { kind: 'user', id: caller.user, name } as const;
      return { by: name, why, actor, from: { address, session: caller.session } };
    }
    case 'key': {
      const { id, description, makerId, madeBy } = caller.key;
      const actor = { kind: 'key', id, name: description } as const;
      return {
        by: `key ${description}`,
        why,
        actor,
        from: { address, token: id },
        ...(makerId === undefined ? {} : { keyMaker: { id: makerId, name: madeBy } }),
      };
    }
    case 'operator': {
      const name = operatorName(c.req.header(operatorNameHeader));
      return { by: name, why, actor: { kind: 'operator', id: 'operator', name }, from: { address } };
    }
    case undefined:
      throw new Error('nobody can account for what anybody may do');
  }
}

/** Many people may hold the operator's key, so its programs say for whom they work. */
function operatorName(encoded: string | undefined): string {
  if (encoded === undefined) {
    return 'operator';
  }
  const name = Line(100).safeParse(decoded(encoded));
  return name.success
    ? name.data
    : refuse('malformed', `${operatorNameHeader} has to be one line of text, percent-encoded.`);
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
