import type { GitRef } from '../git/refs.ts';
import type { Project } from './state.ts';

/** How long the API answers a list of branches from its cache (lib/api/branches.rb). */
const keptMs = 30_000;

/** Keeps what a list of branches has shown. @param now milliseconds */
export function createBranchCache(now: () => number) {
  const kept = new Map<number, { readonly at: number; readonly refs: readonly GitRef[] }>();
  return ({ id }: Pick<Project, 'id'>, read: () => readonly GitRef[]): readonly GitRef[] => {
    const known = kept.get(id);
    if (known !== undefined && known.at + keptMs > now() && known.at <= now()) return known.refs;
    const refs = read();
    kept.set(id, { at: now(), refs });
    return refs;
  };
}
