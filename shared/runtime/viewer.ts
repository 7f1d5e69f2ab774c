import { isIP } from 'node:net';
import { viewerAddressHeader } from './environment.ts';

/**
 * The address that the request came from to the CDN. Only to be believed of a request that came through it.
 *
 * @param headers with lower-case names
 * @returns undefined when the CDN did not say
 */
export function viewerAddress(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const address = headers[viewerAddressHeader] ?? '';
  return isIP(address) === 0 ? undefined : address;
}

/** Whom the address is counted as: a household or a host has a whole /64 of IPv6 to itself. */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) {
    return address;
  }
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after];
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
