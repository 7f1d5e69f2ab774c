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
  /** As `hostsIn` returns them. They and their subdomains may be private and without TLS, at any port. */
  readonly permittedHosts: ReadonlySet<string>;
  /** The addresses of a host. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

/**
 * Where no public host is: multicast, and everything that these registries list, also what they call globally reachable, since no code host is there.
 * https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry
 */
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
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
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
  // A translator of the local network, which may place the IPv4 address anywhere: https://www.rfc-editor.org/rfc/rfc8215
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6');
}

/**
 * Where the last 32 bits are an IPv4 address that a translator leads to. A DNS64 answers so for public hosts that have IPv4 alone:
 * https://www.rfc-editor.org/rfc/rfc6052#section-2.1 and https://www.rfc-editor.org/rfc/rfc2765#section-2.1
 */
const translated = new BlockList();
translated.addSubnet('64:ff9b::', 96, 'ipv6');
translated.addSubnet('::ffff:0:0:0', 96, 'ipv6');

/** @param address IPv4 or IPv6; one that has an IPv4 address in it, mapped or translated, counts as that */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) !== 6) {
    return isIP(address) === 4 && !notPublic.check(address, 'ipv4');
  }
  return translated.check(address, 'ipv6')
    ? !notPublic.check(lastIPv4Of(address), 'ipv4')
    : !notPublic.check(address, 'ipv6');
}

/** The last 32 bits of an IPv6 address whose shortest form leaves out zeros before them. */
function lastIPv4Of(address: string): string {
  const [, end = ''] = hostOf(`http://[${address}]`).split('::');
  return ['', '', ...end.split(':')]
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/** The host of an address as `AddressRule` has it: a name without the root's dot, an IPv6 address without brackets and in its shortest form. */
const hostOf = (address: string | URL): string =>
  new URL(address).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** The operator's list of hosts, separated by commas or spaces. Ports are left out, and so is what is no host. */
export const hostsIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(/[\s,]+/)
      .map((host) => (isIP(host) === 6 ? `http://[${host}]` : `http://${host}`))
      .filter((address) => URL.canParse(address))
      .map(hostOf),
  );

/** Whether the host or a domain that it belongs to is permitted. */
function isPermitted(host: string, permitted: ReadonlySet<string>): boolean {
  if (isIP(host) !== 0) {
    return permitted.has(host);
  }
  const labels = host.split('.');
  return labels.some((_, from) => permitted.has(labels.slice(from).join('.')));
}

const lookUpAll = async (host: string): Promise<readonly string[]> =>
  (await dns.lookup(host, { all: true })).map(({ address }) => address);

/** @returns why no request may be sent there, as text for whoever named the address; undefined if one may */
export async function addressProblem(
  address: string | URL,
  { permittedHosts, lookUp = lookUpAll }: AddressRule,
): Promise<string | undefined> {
  const host = hostOf(address);
  if (isPermitted(host, permittedHosts)) {
    return undefined;
  }
  if (new URL(address).protocol !== 'https:') {
    return `${host} has to have an https address, unless the operator permits it`;
  }
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await lookUp(host) : [host];
  } catch {
    return `${host} cannot be reached from this machine: its name has no address`;
  }
  return addresses.length > 0 && addresses.every(isPublicAddress)
    ? undefined
    : `${host} is in a private network; the operator has to permit it`;
}

/** No request is sent there. The message says why, and names the host and nothing else of the address. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/**
 * A fetch that sends nothing where `addressProblem` finds one, and fails as if there were no connection: with a TypeError whose cause is a
 * RefusedAddressError. The request's signal ends the look-up of its host too.
 */
export function guardedFetch(rule: AddressRule, send: typeof fetch = globalThis.fetch): typeof fetch {
  return async (input, init) => {
    const isRequest = input instanceof Request;
    const signal = init?.signal ?? (isRequest ? input.signal : undefined);
    const problem = await unlessAborted(signal, addressProblem(isRequest ? input.url : input, rule));
    if (problem !== undefined) {
      throw new TypeError('fetch failed', { cause: new RefusedAddressError(problem) });
    }
    return send(input, init);
  };
}

/** @throws the signal's reason as soon as it is aborted */
async function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  work: Promise<Result>,
): Promise<Result> {
  if (signal === undefined) {
    return work;
  }
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  if (signal.aborted) {
    abort();
  }
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
