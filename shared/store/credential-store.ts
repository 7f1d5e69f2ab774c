/**
 * The secret parts of connections: encrypted, and replaced by one worker for all. An item has one value at a time with its number; whoever writes says
 * which number it replaces, so nothing that comes late overwrites what is newer.
 */
import { z } from 'zod';
import type { ConnectionId } from '../domain/ids.ts';
import { credentialStates } from '../domain/synchronization.ts';
import {
  type Credential,
  type CredentialFault,
  type CredentialSource,
  exchangeMaxMs,
  type IssuedCredential,
  isUsable,
} from '../forge/credential.ts';
import { ForgeError } from '../forge/errors.ts';
import { type Cipher, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { Secret } from '../runtime/secret.ts';
import { absent, all, any, type Condition, equal, missingOrLess } from './condition.ts';
import { keys } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';

/** Times in milliseconds since the epoch. `expiresAt` would have the table delete the item. */
const CredentialItem = z.object({
  version: z.number(),
  encrypted: EncryptedText,
  issuedAt: z.number(),
  validUntil: z.number().optional(),
  /** Who exchanges the value now. */
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
  /** After a failed exchange: nobody tries again before, … */
  renewAfter: z.number().default(0),
  /** … and whether the forge refused it. */
  renewalRefused: z.boolean().default(false),
  /** What the forge said to the value, and until when that is believed. */
  rejectedAs: z.enum(credentialStates).exclude(['working']).optional(),
  rejectedUntil: z.number().default(0),
});
type CredentialItem = z.infer<typeof CredentialItem>;

/** What is known of one value says nothing of its successor. */
const forgotten = {
  leaseId: undefined,
  leaseUntil: undefined,
  renewAfter: undefined,
  renewalRefused: undefined,
  rejectedAs: undefined,
  rejectedUntil: undefined,
} as const satisfies Partial<Record<keyof CredentialItem, undefined>>;

export interface CredentialDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

/** A refusal is believed for so long, so that each reconcile asks once and an outage that looked like one passes by itself; milliseconds. */
const believedMs = 5 * 60_000;
/** An exchange that failed otherwise is tried again after so long, unless the forge named a time; milliseconds. */
const retryMs = 60_000;
/** While another worker exchanges, others look again after so long; milliseconds. */
const lookAgainMs = 5_000;
/** Writes of a new value that are tried: the old one may be worth nothing by then. */
const writesMax = 3;

/** Encrypted values fit in no other connection's item. */
const contextOf = (connection: ConnectionId): EncryptionContext => ({ connection, purpose: 'credential' });

/**
 * Keeps a credential that its owner just gave. It replaces whatever was there, a renewal that is under way included.
 *
 * @throws ConflictError when another one is given at the same moment
 */
export async function storeCredential<Value>(
  { table, cipher, clock }: CredentialDependencies,
  connection: ConnectionId,
  issued: IssuedCredential<Value>,
): Promise<void> {
  const key = keys.credential(connection);
  const encrypt = await cipher.prepare(contextOf(connection));
  const item = await table.get(key);
  const version = item === undefined ? 0 : CredentialItem.parse(item).version;
  await table.transact([
    {
      put: key,
      item: {
        version: version + 1,
        encrypted: encrypt(JSON.stringify(issued.secret.reveal())),
        issuedAt: clock.now(),
        validUntil: issued.validUntil,
      },
      when: item === undefined ? absent : equal('version', version),
    },
  ]);
}

/** Deletes the credential with its connection. */
export function removeCredential(connection: ConnectionId): Operation {
  return { delete: keys.credential(connection) };
}

/** @param schema the adapter's own, of the secret's JSON */
export function createCredentialSource<Value>(
  dependencies: CredentialDependencies & { readonly newLeaseId: () => string },
  connection: ConnectionId,
  schema: z.ZodType<Value>,
): CredentialSource<Value> {
  const stored = createStoredCredential(dependencies, connection, schema);
  return {
    current: stored.current,
    async rotate(exchange, outdated, { isRefused = false } = {}) {
      const mayGoOn = (): boolean => !isRefused && isUsable(outdated, stored.now());
      // First, so that after the exchange only the table can fail.
      const encrypt = await stored.prepare();
      const leaseId = dependencies.newLeaseId();
      const other = await takeLease(stored, outdated, leaseId);
      if (other !== undefined) {
        if (other.version !== outdated.version) {
          return stored.open(other);
        }
        if (mayGoOn()) {
          return outdated;
        }
        throw notRenewable(other, stored.now());
      }
      let issued: IssuedCredential<Value>;
      try {
        issued = await exchange(outdated);
      } catch (error) {
        const newer = await noteFailure(stored, outdated, leaseId, error);
        if (newer !== undefined) {
          return newer;
        }
        if (error instanceof ForgeError && mayGoOn()) {
          return outdated;
        }
        throw error;
      }
      return keepSuccessor(stored, outdated, issued, encrypt);
    },
    reject: (code, rejected) => reject(stored, code, rejected),
  };
}

/** @returns undefined when the lease is taken; else what stands in the way */
async function takeLease(
  stored: StoredCredential<unknown>,
  outdated: Credential<unknown>,
  leaseId: string,
): Promise<CredentialItem | undefined> {
  const now = stored.now();
  return stored.write(
    { leaseId, leaseUntil: now + exchangeMaxMs },
    all(
      equal('version', outdated.version),
      // Ours already: the client sends a request again whose answer was lost.
      any(missingOrLess('leaseUntil', now), equal('leaseId', leaseId)),
      missingOrLess('renewAfter', now),
    ),
  );
}

/**
 * Keeps what the forge issued, whoever holds the lease by now: it is worth more than a second try with what it has replaced.
 *
 * @returns the newest value, which is another when the value was replaced meanwhile
 */
async function keepSuccessor<Value>(
  stored: StoredCredential<Value>,
  outdated: Credential<Value>,
  issued: IssuedCredential<Value>,
  encrypt: (text: string) => EncryptedText,
): Promise<Credential<Value>> {
  const version = outdated.version + 1;
  const issuedAt = stored.now();
  const set = {
    ...forgotten,
    version,
    encrypted: encrypt(JSON.stringify(issued.secret.reveal())),
    issuedAt,
    validUntil: issued.validUntil,
  };
  for (let tries = 1; ; tries++) {
    try {
      const other = await stored.write(set, equal('version', outdated.version));
      // The other is our own when only the answer to the first write was lost.
      return other === undefined ? { ...issued, version, issuedAt } : await stored.open(other);
    } catch (error) {
      if (tries === writesMax || error instanceof ForgeError) {
        throw error;
      }
    }
  }
}

/** Notes that an exchange failed. @returns the successor, when another worker got one: then a refusal says nothing */
async function noteFailure<Value>(
  stored: StoredCredential<Value>,
  outdated: Credential<Value>,
  leaseId: string,
  error: unknown,
): Promise<Credential<Value> | undefined> {
  if (!(error instanceof ForgeError)) {
    return undefined;
  }
  const now = stored.now();
  const renewalRefused = error.code === 'credential-rejected';
  const renewAfter = renewalRefused ? now + believedMs : Math.max(error.notBefore ?? 0, now + retryMs);
  const other = await stored.write(
    { leaseId: undefined, leaseUntil: undefined, renewAfter, renewalRefused },
    all(equal('version', outdated.version), equal('leaseId', leaseId)),
  );
  return other === undefined || other.version === outdated.version ? undefined : stored.open(other);
}

async function reject(
  stored: StoredCredential<unknown>,
  code: CredentialFault,
  rejected: Credential<unknown>,
): Promise<ForgeError> {
  const now = stored.now();
  const other = await stored.write(
    { rejectedAs: code, rejectedUntil: now + believedMs },
    all(equal('version', rejected.version), missingOrLess('leaseUntil', now)),
  );
  if (other === undefined) {
    return rejection(code);
  }
  return other.version === rejected.version
    ? notRenewable(other, now)
    : new ForgeError('unavailable', 'the credential was renewed meanwhile', { notBefore: now });
}

/**
 * For a reader that may write nothing: it goes on with what there is, and leaves renewing to others.
 *
 * @param schema the adapter's own, of the secret's JSON
 */
export function createCredentialView<Value>(
  dependencies: CredentialDependencies,
  connection: ConnectionId,
  schema: z.ZodType<Value>,
): CredentialSource<Value> {
  const { clock } = dependencies;
  const stored = createStoredCredential(dependencies, connection, schema);
  return {
    current: stored.current,
    async rotate(_, outdated, { isRefused = false } = {}) {
      const newest = await stored.current();
      const now = clock.now();
      if (newest.version !== outdated.version || (!isRefused && isUsable(newest, now))) {
        return newest;
      }
      throw new ForgeError('unavailable', 'the next run has to renew the credential first', {
        notBefore: now + lookAgainMs,
      });
    },
    reject: async (code) => rejection(code),
  };
}

type StoredCredential<Value> = ReturnType<typeof createStoredCredential<Value>>;

/** The item of one connection. */
function createStoredCredential<Value>(
  { table, cipher, clock }: CredentialDependencies,
  connection: ConnectionId,
  schema: z.ZodType<Value>,
) {
  const key = keys.credential(connection);

  async function open(item: CredentialItem): Promise<Credential<Value>> {
    const { encrypted, version, issuedAt, validUntil } = item;
    const text = await cipher.decrypt(encrypted, contextOf(connection));
    return { secret: new Secret(parseSecret(text, schema)), version, issuedAt, validUntil };
  }

  return {
    open,
    now: () => clock.now(),
    prepare: () => cipher.prepare(contextOf(connection)),
    /**
     * @returns the item as it is, when the condition does not hold; else undefined
     * @throws ForgeError when there is none
     */
    async write(set: Item, when: Condition): Promise<CredentialItem | undefined> {
      try {
        await table.update({ key, set }, when);
        return undefined;
      } catch (error) {
        if (error instanceof ConflictError) {
          return parseItem(error.item);
        }
        throw error;
      }
    },
    async current(): Promise<Credential<Value>> {
      const item = parseItem(await table.get(key));
      const now = clock.now();
      if (item.rejectedAs !== undefined && now < item.rejectedUntil) {
        throw rejection(item.rejectedAs);
      }
      if (item.renewalRefused && now < item.renewAfter && !isUsable(item, now)) {
        throw notRenewable(item, now);
      }
      return open(item);
    },
  };
}

/** @throws ForgeError when there is none */
function parseItem(item: Item | undefined): CredentialItem {
  if (item === undefined) {
    throw new ForgeError('credential-rejected', 'the connection has no credential');
  }
  return CredentialItem.parse(item);
}

/** The errors of both parsers show what they parse. */
function parseSecret<Value>(text: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error("a stored credential does not fit its adapter's schema");
  }
}

const rejection = (code: CredentialFault): ForgeError =>
  new ForgeError(code, 'the forge does not take the credential of the connection');

/** Why a value that is over has no successor yet. */
function notRenewable(item: CredentialItem, now: number): ForgeError {
  if (item.leaseUntil >= now) {
    return new ForgeError('unavailable', 'another worker is renewing the credential', {
      notBefore: Math.min(item.leaseUntil, now + lookAgainMs),
    });
  }
  return item.renewalRefused
    ? new ForgeError('credential-rejected', 'the forge does not renew the credential of the connection')
    : new ForgeError('unavailable', 'the credential could not be renewed', { notBefore: item.renewAfter });
}
