/**
 * Which address a program may connect to. The name is looked up here, once, and the program is given the addresses that were checked: looked up a
 * second time it could lead into a private network (DNS rebinding).
 * https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
 */
import { promises as dns } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { isInPrivateNetwork } from '../domain/vcs-repository.ts';
import { ForgeError } from '../forge/errors.ts';
import { isPublicAddress } from '../runtime/guarded-fetch.ts';
import type { HostPolicy } from './vcs.ts';

const lookUpAll = async (host: string): Promise<readonly string[]> =>
  (await dns.lookup(host, { all: true })).map(({ address }) => address);

/** Loopback, unspecified and link-local addresses, and the IPv6 address of EC2's metadata. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const ofMachine = new BlockList();
for (const [network, bits, family] of [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
] as const) {
  ofMachine.addSubnet(network, bits, family);
}
const isOfMachine = (address: string): boolean =>
  ofMachine.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** How long a name may take; milliseconds. */
const lookUpMs = 10_000;

/**
 * The addresses of a host, all of which may be connected to.
 *
 * @param host a name, or an address without brackets
 * @throws ForgeError `unavailable` when the name has no address, or one in a private network that nobody allowed
 */
export async function checkedAddresses(
  host: string,
  {
    allowsPrivate,
    refusesMachine = false,
    lookUp = lookUpAll,
  }: Pick<HostPolicy, 'allowsPrivate' | 'refusesMachine' | 'lookUp'>,
): Promise<readonly [string, ...string[]]> {
  const [first, ...others] = isIP(host) === 0 ? await lookedUp(host, lookUp) : [host];
  if (first === undefined) {
    throw new ForgeError('unavailable', `the host ${host} is not known: its name has no address`);
  }
  const addresses = [first, ...others] as const;
  if (refusesMachine && addresses.some(isOfMachine)) {
    throw new ForgeError(
      'unavailable',
      `the host ${host} is the machine that reads it, which is not possible`,
    );
  }
  // One is enough: which of them a program takes is its own choice.
  if (!addresses.every(isPublicAddress) && !allowsPrivate(host)) {
    throw new ForgeError('unavailable', `the host ${host} ${isInPrivateNetwork}`);
  }
  return addresses;
}

async function lookedUp(
  host: string,
  lookUp: (host: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), lookUpMs);
  });
  try {
    return (await Promise.race([lookUp(host), late])).filter((address) => isIP(address) !== 0);
  } catch (cause) {
    throw new ForgeError('unavailable', `the host ${host} is not known: its name has no address`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
