/**
 * What a person granted at a code host, kept for as long as choosing an organization takes: encrypted, for 15 minutes at the most, and deleted by
 * whoever is done with it.
 */
import { z } from 'zod';
import type { UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { PersonGrant } from '../forge/sign-in.ts';
import { type Cipher, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { keys, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

interface PersonGrantDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

const keptMs = 15 * 60_000;

const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  expiresAt: z.number().optional(),
});

const GrantItem = z.object({ encrypted: EncryptedText, until: z.number() });

const contextOf = (user: UserId, { forge, baseUrl }: ForgeHost): EncryptionContext => ({
  purpose: 'person-grant',
  user,
  forge,
  baseUrl,
});

/** Keeps the grant in the place of an earlier one of the user on that host. */
export async function keepPersonGrant(
  { table, cipher, clock }: PersonGrantDependencies,
  user: UserId,
  host: ForgeHost,
  grant: PersonGrant,
): Promise<void> {
  const until = clock.now() + keptMs;
  const encrypt = await cipher.prepare(contextOf(user, host));
  const item = {
    encrypted: encrypt(JSON.stringify(grant)),
    until,
    [tableKeys.expiry]: Math.ceil(until / 1000),
  };
  await table.transact([{ put: keys.personGrant(user, host), item }]);
}

/** The grant, if it is kept and not over. */
export async function findPersonGrant(
  { table, cipher, clock }: PersonGrantDependencies,
  user: UserId,
  host: ForgeHost,
): Promise<PersonGrant | undefined> {
  const item = await table.get(keys.personGrant(user, host));
  const { encrypted, until } = item === undefined ? { until: 0 } : GrantItem.parse(item);
  if (encrypted === undefined || until <= clock.now()) {
    return undefined;
  }
  const grant = Grant.parse(JSON.parse(await cipher.decrypt(encrypted, contextOf(user, host))));
  return grant.expiresAt !== undefined && grant.expiresAt <= clock.now() ? undefined : grant;
}

/** Deletes the grant, whether or not there is one. */
export const removePersonGrant = (user: UserId, host: ForgeHost): Operation => ({
  delete: keys.personGrant(user, host),
});
