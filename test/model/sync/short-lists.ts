/** A forge whose lists are cut short and claim to be complete. The look-up of a single team or repository stays correct. */
import type { GitHubState } from '../../../local/forges/github/state.ts';
import { acmeId } from './base-worlds.ts';

export const forgettable = ['people', 'things'] as const;

export interface Forgetful {
  /** Most people of each list, or a team and a repository. */
  readonly what: (typeof forgettable)[number];
  /** The number of list requests affected. */
  requests: number;
}

/** The forge, and what it leaves out. */
interface ForgettingForge {
  readonly state: GitHubState;
  readonly forgetful: Forgetful | undefined;
  readonly forgotAt: Record<Forgetful['what'], number>;
  readonly clock: { now(): number };
}

type Entries = Map<number, unknown>;

/** Removes entries from the forge's lists for one request. @returns a function that restores them */
export function forget(forge: ForgettingForge, init: RequestInit | undefined): () => void {
  const { state, forgetful } = forge;
  const body = typeof init?.body === 'string' ? init.body : '';
  const operation = /"operationName":"(\w+)"/.exec(body)?.[1] ?? '';
  const { [operation]: lists } = forgetful?.what === 'things' ? listsOfThings : listsOfPeople;
  if (forgetful === undefined || forgetful.requests === 0 || lists === undefined) {
    return () => {};
  }
  forgetful.requests -= 1;
  forge.forgotAt[forgetful.what] = forge.clock.now();
  const all = lists(state);
  const kept = all.map(({ map }) => new Map(map));
  for (const { map, forgotten } of all) {
    for (const id of forgotten) {
      map.delete(id);
    }
  }
  return () => {
    for (const [place, { map }] of all.entries()) {
      map.clear();
      for (const [id, value] of kept[place] ?? []) {
        map.set(id, value);
      }
    }
  };
}

interface Cut {
  readonly map: Entries;
  readonly forgotten: readonly number[];
}
type Lists = Readonly<Record<string, (state: GitHubState) => readonly Cut[]>>;

/** All but the first. If fewer than the removal guard holds were missing, they would count as people who left. */
function mostOf(map: Entries): Cut {
  const others = [...map.keys()].slice(1);
  return { map, forgotten: others.length > 6 ? others : [] };
}

const listsOfPeople: Lists = {
  Members: ({ organizations }) => [mostOf(organizations.get(acmeId)?.members ?? new Map())],
  Teams: ({ teams }) => [...teams.values()].map(({ members }) => mostOf(members)),
  Repositories: ({ repositories }) =>
    [...repositories.values()].map(({ collaborators }) => mostOf(collaborators)),
};

const listsOfThings: Lists = {
  Teams: ({ teams }) => {
    const parents = new Set([...teams.values()].map(({ parentId }) => parentId));
    return [{ map: teams, forgotten: [...teams.keys()].filter((id) => !parents.has(id)).slice(-1) }];
  },
  Repositories: ({ repositories }) => [{ map: repositories, forgotten: [...repositories.keys()].slice(-1) }],
};
