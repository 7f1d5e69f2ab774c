/** Registrations at a forge that an administrator has begun: kept for an hour, and good for one answer. */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import { absent, present } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** As long as the forge's code is good. Milliseconds. */
const keptMs = 3600_000;

const RegistrationItem = z.object({
  forge: z.string(),
  baseUrl: z.string(),
  /** Id of who began it. */
  by: z.string(),
  until: z.number(),
});
export type BegunRegistration = Readonly<z.infer<typeof RegistrationItem>>;

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

/** Fails when another answer took it. */
export const takeRegistration = (hash: string): Operation => ({
  delete: keys.registration(hash),
  when: present,
});
