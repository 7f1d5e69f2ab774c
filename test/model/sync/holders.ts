/** The holders of tokens in a world. */
import type { GitHubState } from '../../../local/forges/github/state.ts';
import type { Registry } from '../../support/registry-fixture.ts';
import type { BaseWorld } from './base-worlds.ts';

/** Somebody with a token. */
export interface Holder {
  readonly kind: 'account' | 'team' | 'organization';
  /** Of the account or team on the forge; 0 for the organization. */
  readonly id: number;
  readonly token: string;
}

/** Gives a token to each member and team that the world names, and one to its organization. */
export async function giveTokens(
  registry: Registry,
  { members, teams }: Pick<BaseWorld, 'members' | 'teams'>,
  state: Pick<GitHubState, 'users' | 'teams'>,
): Promise<readonly Holder[]> {
  const holders: Holder[] = [];
  const idOf = new Map([...state.users.values()].map(({ login, id }) => [login, id]));
  for (const login of members) {
    const { token } = await registry.issue({ kind: 'member', login });
    holders.push({ kind: 'account', id: idOf.get(login) ?? 0, token });
  }
  for (const slug of teams) {
    const { token } = await registry.issue({ kind: 'team', slug });
    const id = [...state.teams.values()].find((team) => team.slug === slug)?.id ?? 0;
    holders.push({ kind: 'team', id, token });
  }
  const { token } = await registry.issue({ kind: 'organization' });
  return [...holders, { kind: 'organization', id: 0, token }];
}
