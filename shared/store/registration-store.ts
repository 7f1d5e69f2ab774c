/**
 * Registrations at a forge that were begun: kept for an hour, and good for one answer. What the forge registered is kept with it, encrypted,
 * until it is in the operator's secret, since the forge says it once.
 */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import { EncryptedText } from '../runtime/cipher.ts';
import { absent, missingOrLess, present } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

/** As long as the forge's code is good. Milliseconds. */
const keptMs = 3600_000;
/** How long what the forge registered waits to be stored. Milliseconds. */
const outcomeKeptMs = 7 * 24 * 3600_000;
/** Longer than a function runs that answers a request. Milliseconds. */
const leaseMs = 60_000;

const RegistrationItem = z.object({
  forge: z.string(),
  baseUrl: z.string(),
  /** Id of who began it. */
  by: z.string(),
  until: z.number(),
  /** Settings and secrets, as JSON. */
  outcome: EncryptedText.optional(),
});
export type BegunRegistration = Readonly<z.infer<typeof RegistrationItem>>;

const HostItem = z.object({
  leasedUntil: z.number(),
  /** The registration whose outcome is kept. */
  kept: z.string().optional(),
});

/** @param hash of the state that the forge sends back @param now milliseconds since the epoch */
export function addRegistration(
  hash: string,
  { forge, baseUrl }: ForgeHost,
  by: string,
  now: number,
): Operation {
  const until = now + keptMs;
  return {
    put: keys.registration(hash),
    item: { forge, baseUrl, by, until, [tableKeys.expiry]: Math.ceil(until / 1000) },
    when: absent,
  };
}

/** The registration, while it is kept. @param now milliseconds since the epoch */
export async function findRegistration(
  table: Table,
  hash: string,
  now: number,
): Promise<BegunRegistration | undefined> {
  const item = await table.get(keys.registration(hash));
  const found = item === undefined ? undefined : RegistrationItem.parse(item);
  return found === undefined || found.until <= now ? undefined : found;
}

/**
 * Takes the host for one request, so that no two exchange a code or write the secret for it.
 *
 * @returns the hash of a registration whose outcome waits to be stored; `taken` when another request has the host
 */
export async function leaseHost(
  table: Table,
  host: ForgeHost,
  now: number,
): Promise<'taken' | { readonly kept: string | undefined }> {
  try {
    const item = await table.update(
      { key: keys.registeringHost(host), set: { leasedUntil: now + leaseMs, ...expiry(now) } },
      missingOrLess('leasedUntil', now),
    );
    return { kept: HostItem.parse(item).kept };
  } catch (error) {
    if (error instanceof ConflictError) {
      return 'taken';
    }
    throw error;
  }
}

/** Gives the host back before the lease ends. Fails when the registration has ended, and the lease with it. */
export const releaseHost = (host: ForgeHost): Operation => ({
  update: { key: keys.registeringHost(host), set: { leasedUntil: 0 } },
  when: present,
});

const expiry = (now: number) => ({ [tableKeys.expiry]: Math.ceil((now + outcomeKeptMs) / 1000) });

/** Keeps what the forge registered. */
export const keepOutcome = (
  hash: string,
  host: ForgeHost,
  outcome: EncryptedText,
  now: number,
): readonly Operation[] => [
  {
    update: {
      key: keys.registration(hash),
      set: { outcome, until: now + outcomeKeptMs, ...expiry(now) },
    },
    when: present,
  },
  { update: { key: keys.registeringHost(host), set: { kept: hash, ...expiry(now) } } },
];

/** Ends a registration whose outcome is stored, and the lease of its host. Fails when another request ended it. */
export const endRegistration = (hash: string, host: ForgeHost): readonly Operation[] => [
  { delete: keys.registration(hash), when: present },
  { delete: keys.registeringHost(host) },
];
