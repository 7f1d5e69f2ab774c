/**
 * Requests to hosts that an administrator names: only https, and to no address of a private network, unless the operator permits the host by
 * name. https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 *
 * The host is looked up before each request. Between that and the connection its name may lead elsewhere, but there TLS fails: who answers
 * has to have a certificate for the name.
 */
import { promises as dns } from 'node:dns';
import { BlockList, isIP } from 'node:net';

export interface AddressRule {
  /** Host names or addresses, in lower case and without ports, that may be private and without TLS. */
  readonly permittedHosts: ReadonlySet<string>;
  /** The addresses of a host. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

/** Where no public host is: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry. */
const notPublic = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Also the metadata of cloud machines.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  // Unspecified and loopback, and IPv4 addresses in the old form.
  ['::', 96],
  // IPv4 addresses behind a translator.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6');
}

/** @param address IPv4 or IPv6; one that maps an IPv4 address counts as that */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !notPublic.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** The operator's list: separated by commas or spaces. */
export const hostsIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((host) => host !== ''),
  );

const lookUpAll = async (host: string): Promise<readonly string[]> =>
  (await dns.lookup(host, { all: true })).map(({ address }) => address);

/** @returns why no request may be sent there, as text for whoever named the address; undefined if one may */
export async function addressProblem(
  address: string | URL,
  { permittedHosts, lookUp = lookUpAll }: AddressRule,
): Promise<string | undefined> {
  const { protocol, hostname } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (permittedHosts.has(host)) {
    return undefined;
  }
  if (protocol !== 'https:') {
    return `${host} has to have an https address, unless the operator permits it`;
  }
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  } catch {
    return `${host} has no address`;
  }
  return addresses.length > 0 && addresses.every(isPublicAddress)
    ? undefined
    : `${host} is in a private network; the operator has to permit it`;
}

/** A fetch that sends nothing where `addressProblem` finds one, and fails as if there were no connection. */
export function guardedFetch(rule: AddressRule, send: typeof fetch = globalThis.fetch): typeof fetch {
  return async (input, init) => {
    const problem = await addressProblem(input instanceof Request ? input.url : input, rule);
    if (problem !== undefined) {
      throw new TypeError('fetch failed', { cause: new Error(problem) });
    }
    return send(input, init);
  };
}
