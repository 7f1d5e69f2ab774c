/** Leaves branches out that the organization does not want as versions. */
import { leavingOut } from '../domain/branch-filter.ts';
import type { ForgeRepository } from '../forge/forge.ts';

/** The default branch stays, whatever the patterns: it names the package. */
export function filterBranches(refs: ForgeRepository, patterns: readonly string[]): ForgeRepository {
  return {
    ...refs,
    branches: refs.branches.map((branch) => {
      const pattern = branch.name === refs.defaultBranch ? undefined : leavingOut(patterns, branch.name);
      return pattern === undefined || branch.leftOut !== undefined
        ? branch
        : { ...branch, leftOut: `The organization leaves out branches like ${pattern}.` };
    }),
  };
}
