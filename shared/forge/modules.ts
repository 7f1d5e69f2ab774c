/** The list of forges, one line each. */
import type { ForgeTraits } from '../domain/forge-traits.ts';
import { bitbucket } from './bitbucket/module.ts';
import { gitHub } from './github/module.ts';
import { gitLab } from './gitlab/module.ts';
import type { ForgeModule } from './module.ts';

export const modules: readonly ForgeModule[] = [gitHub, gitLab, bitbucket];

/**
 * Finds the forge that a stored record or a URL names.
 *
 * @throws RangeError when there is none (any more)
 */
export function moduleOf(forge: string): ForgeModule {
  const found = findModule(forge);
  if (found === undefined) {
    throw new RangeError(`unknown forge ${JSON.stringify(forge)}`);
  }
  return found;
}

/** The traits of the forge of that name. @throws RangeError as `moduleOf` */
export const traitsOf = (forge: string): ForgeTraits => moduleOf(forge).traits;

/** The forge of that name, if there is one. */
export function findModule(forge: string): ForgeModule | undefined {
  return modules.find(({ id }) => id === forge);
}
