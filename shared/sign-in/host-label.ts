/** What people call a code host. */
import type { ForgeHost } from '../domain/synchronization.ts';
import { moduleOf } from '../forge/modules.ts';

const publicHosts = ['.com', '.org'];

/** Its own name for the public one, such as GitHub; the host's name for others, with what kind it is unless that says so. @throws RangeError as `moduleOf` */
export function hostLabel({ forge, baseUrl }: ForgeHost): string {
  const { host } = new URL(baseUrl);
  const { name } = moduleOf(forge);
  if (publicHosts.some((end) => host === `${name.toLowerCase()}${end}`)) {
    return name;
  }
  return host.includes(name.toLowerCase()) ? host : `${name} (${host})`;
}
