/** The forges: one line for each. */
import type { ForgeTraits } from '../domain/forge-traits.ts';
import { gitHub } from './github/module.ts';
import type { ForgeModule } from './module.ts';

export const modules: readonly ForgeModule[] = [gitHub];

/**
 * The forge of that name, which a stored record or an address names.
 *
 * @throws RangeError when there is none, or none any more
 */
export function moduleOf(forge: string): ForgeModule {
  const found = findModule(forge);
  if (found === undefined) {
    throw new RangeError(`unknown forge ${JSON.stringify(forge)}`);
  }
  return found;
}

/** How the forge of that name is read. @throws RangeError as `moduleOf` */
export const traitsOf = (forge: string): ForgeTraits => moduleOf(forge).traits;

/** The forge of that name, if there is one. */
export function findModule(forge: string): ForgeModule | undefined {
  return modules.find(({ id }) => id === forge);
}
