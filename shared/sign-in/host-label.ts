/** What people call a code host. */
import type { ForgeHost } from '../domain/synchronization.ts';
import { moduleOf } from '../forge/modules.ts';

/** The host's name, with what kind of code host it is unless the name says that. @throws RangeError as `moduleOf` */
export function hostLabel({ forge, baseUrl }: ForgeHost): string {
  const { host } = new URL(baseUrl);
  const { name } = moduleOf(forge);
  return host.includes(name.toLowerCase()) ? host : `${name} (${host})`;
}
