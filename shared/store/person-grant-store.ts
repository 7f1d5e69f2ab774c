/**
 * What a person granted at a code host, kept encrypted for as long as choosing an organization takes: 15 minutes at the most. A second,
 * encrypted copy stands in a list by the time when that is over, so that the grant can be revoked at the code host.
 */
import { z } from 'zod';
import { asId, type ForgeAccountId, newId, type PersonGrantId, type UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { PersonGrant } from '../forge/sign-in.ts';
import { type Cipher, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { equal, present } from './condition.ts';
import { listForRevocation } from './grant-revocations.ts';
import { keys, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

export interface PersonGrantDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

const keptMs = 15 * 60_000;

export const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  expiresAt: z.number().optional(),
  account: z
    .string()
    .transform((text) => asId<ForgeAccountId>(text))
    .optional(),
});

const GrantItem = z.object({
  encrypted: EncryptedText,
  until: z.number(),
  /** Missing in items from before grants were revoked. */
  id: z
    .string()
    .transform((text) => asId<PersonGrantId>(text))
    .optional(),
});

/** Binds what is encrypted to its user and code host. */
export const personGrantContext = (user: UserId, { forge, baseUrl }: ForgeHost): EncryptionContext => ({
  purpose: 'person-grant',
  user,
  forge,
  baseUrl,
});

/** A grant that is kept, and what may become of it: for the transaction that uses it. */
export interface KeptGrant {
  readonly grant: PersonGrant;
  /** Deletes it, and lists it to be revoked at once. */
  readonly end: readonly Operation[];
  /** Deletes it, and takes it off the list: somebody else keeps it. Fails when it is being revoked, or another request has taken it. */
  readonly take: readonly Operation[];
}

/** Keeps the grant in the place of an earlier one of the user on that host, which stays listed for its revocation. */
export async function keepPersonGrant(
  {
    table,
    cipher,
    clock,
    randomBytes,
  }: PersonGrantDependencies & { readonly randomBytes: (count: number) => Uint8Array },
  user: UserId,
  host: ForgeHost,
  grant: PersonGrant,
): Promise<void> {
  const until = clock.now() + keptMs;
  const id = newId<PersonGrantId>(randomBytes);
  const encrypted = (await cipher.prepare(personGrantContext(user, host)))(JSON.stringify(grant));
  await table.transact([
    {
      put: keys.personGrant(user, host),
      item: { encrypted, until, id, [tableKeys.expiry]: seconds(until) },
    },
    listForRevocation({ user }, host, encrypted, { id, until }),
  ]);
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The grant, if it is kept and not over. */
export async function findPersonGrant(
  { table, cipher, clock }: PersonGrantDependencies,
  user: UserId,
  host: ForgeHost,
): Promise<KeptGrant | undefined> {
  const item = await table.get(keys.personGrant(user, host));
  const { encrypted, until, id } = item === undefined ? { until: 0 } : GrantItem.parse(item);
  if (encrypted === undefined || until <= clock.now()) {
    return undefined;
  }
  const grant = Grant.parse(JSON.parse(await cipher.decrypt(encrypted, personGrantContext(user, host))));
  if (grant.expiresAt !== undefined && grant.expiresAt <= clock.now()) {
    return undefined;
  }
  const key = keys.personGrant(user, host);
  if (id === undefined) {
    return { grant, end: [{ delete: key }], take: [{ delete: key, when: present }] };
  }
  const listed = keys.grantRevocation(until, id);
  return {
    grant,
    end: [
      { delete: key },
      { delete: listed },
      listForRevocation({ user }, host, encrypted, { id, until: clock.now() }),
    ],
    take: [
      { delete: key, when: equal('id', id) },
      { delete: listed, when: present },
    ],
  };
}
