/** A tired forge: its lists come short, and say that this is all. */
import { acmeId } from './base-worlds.ts';
import type { ModelWorld } from './model-world.ts';

/** Lists that a tired forge may cut, with totals that fit; each thing's own look-up stays true. */
const listsOfPeople: readonly string[] = ['Members', 'Teams', 'Repositories'];

/** Takes most people out of the forge's lists for one request. @returns what puts them back */
export function forgetPeople(world: ModelWorld, init: RequestInit | undefined): () => void {
  const body = typeof init?.body === 'string' ? init.body : '';
  const operation = /"operationName":"(\w+)"/.exec(body)?.[1] ?? '';
  if (world.forgetful === 0 || !listsOfPeople.includes(operation)) {
    return () => {};
  }
  world.forgetful -= 1;
  const { state } = world;
  const maps = [
    ...(operation === 'Members' ? [state.organizations.get(acmeId)?.members ?? new Map()] : []),
    ...(operation === 'Teams' ? [...state.teams.values()].map(({ members }) => members) : []),
    ...(operation === 'Repositories'
      ? [...state.repositories.values()].map(({ collaborators }) => collaborators)
      : []),
  ];
  const kept = maps.map((map) => new Map<number, unknown>(map));
  for (const map of maps) {
    // Fewer are taken for people who left.
    const last = [...map.keys()].slice(1);
    for (const id of last.length > 6 ? last : []) {
      map.delete(id);
    }
  }
  return () => {
    maps.forEach((map: Map<number, unknown>, place) => {
      map.clear();
      for (const [id, value] of kept[place] ?? []) {
        map.set(id, value);
      }
    });
  };
}
