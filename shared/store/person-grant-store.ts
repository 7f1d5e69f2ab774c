/**
 * What a person granted at a code host, kept encrypted for as long as choosing an organization takes: 15 minutes at the most. A second,
 * encrypted copy stands in a list by the time when that is over, so that the grant can be revoked at the code host.
 */
import { z } from 'zod';
import { asId, newId, type PersonGrantId, type UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { PersonGrant } from '../forge/sign-in.ts';
import { type Cipher, CipherError, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { equal, present } from './condition.ts';
import { keys, nameInKey, ranges, tableKeys } from './keys.ts';
import type { Operation, Table } from './table.ts';

export interface PersonGrantDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

const keptMs = 15 * 60_000;
/** How long revoking is tried again; then the code host has ended the grant by itself. */
const revocationMs = 24 * 3600_000;
/** The wait after the first failure. */
const firstDelayMs = 5 * 60_000;

const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  expiresAt: z.number().optional(),
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

const RevocationItem = z.object({
  sk: z.string(),
  [tableKeys.expiry]: z.number(),
  tries: z.number().default(0),
  encrypted: EncryptedText,
  user: z.string().transform((text) => asId<UserId>(text)),
  forge: z.string(),
  baseUrl: z.string(),
});

const contextOf = (user: UserId, { forge, baseUrl }: ForgeHost): EncryptionContext => ({
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
  const encrypted = (await cipher.prepare(contextOf(user, host)))(JSON.stringify(grant));
  await table.transact([
    {
      put: keys.personGrant(user, host),
      item: { encrypted, until, id, [tableKeys.expiry]: seconds(until) },
    },
    listForRevocation(user, host, encrypted, { id, until }),
  ]);
}

const listForRevocation = (
  user: UserId,
  { forge, baseUrl }: ForgeHost,
  encrypted: EncryptedText,
  { id, until }: { readonly id: PersonGrantId; readonly until: number },
): Operation => ({
  put: keys.grantRevocation(until, id),
  item: { encrypted, user, forge, baseUrl, [tableKeys.expiry]: seconds(until + revocationMs) },
});

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
  const grant = Grant.parse(JSON.parse(await cipher.decrypt(encrypted, contextOf(user, host))));
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
      listForRevocation(user, host, encrypted, { id, until: clock.now() }),
    ],
    take: [
      { delete: key, when: equal('id', id) },
      { delete: listed, when: present },
    ],
  };
}

/** A grant that is used no more, and may be good at the code host still. */
export interface LapsedGrant extends ForgeHost {
  /** @returns undefined when nobody can read it any more */
  decrypt(): Promise<PersonGrant | undefined>;
  /** Takes it off the list. */
  readonly done: Operation;
  /** Lists it behind those that have lapsed by now, for a later call. */
  readonly postponed: readonly Operation[];
  /** Lists it for later, after each failure for twice as long; its last day ends when it did. */
  readonly failed: readonly Operation[];
}

/** The first of the grants whose 15 minutes are over, oldest first. One read. */
export async function lapsedGrants(
  { table, cipher, clock }: PersonGrantDependencies,
  limit: number,
): Promise<readonly LapsedGrant[]> {
  const { pk, sk } = ranges.grantRevocations();
  const items = await table.query(pk, sk, { limit });
  return items
    .map((item) => ({ item, ...RevocationItem.parse(item) }))
    .filter(({ sk: name }) => Date.parse(nameInKey(name).split('#')[0] ?? '') <= clock.now())
    .map(({ item, sk: name, encrypted, user, forge, baseUrl, tries, [tableKeys.expiry]: end }) => {
      const key = { pk, sk: name };
      const done: Operation = { delete: key, when: present };
      const moved = (until: number, failures: number): readonly Operation[] => {
        const later = keys.grantRevocation(until, nameInKey(name).split('#')[1] ?? '');
        return seconds(until) >= end
          ? [done]
          : [done, { put: later, item: { ...item, ...later, tries: failures } }];
      };
      return {
        forge,
        baseUrl,
        decrypt: () => decrypted(cipher, encrypted, contextOf(user, { forge, baseUrl })),
        done,
        postponed: moved(clock.now(), tries),
        failed: moved(clock.now() + firstDelayMs * 2 ** tries, tries + 1),
      };
    });
}

async function decrypted(
  cipher: Cipher,
  encrypted: EncryptedText,
  context: EncryptionContext,
): Promise<PersonGrant | undefined> {
  try {
    return Grant.parse(JSON.parse(await cipher.decrypt(encrypted, context)));
  } catch (error) {
    if (error instanceof CipherError) {
      return undefined;
    }
    throw error;
  }
}
