/**
 * The secret parts of connections: encrypted, and renewed by one worker for all. An item holds one numbered value. Every write
 * names the number that it replaces, so a late write never overwrites a newer value.
 */
import type { z } from 'zod';
import type { ConnectionId } from '../domain/ids.ts';
import {
  type Credential,
  type CredentialFault,
  type CredentialSource,
  exchangeMaxMs,
  type IssuedCredential,
  isUsable,
  usableUntil,
} from '../forge/credential.ts';
import { ForgeError, type ForgeErrorCode } from '../forge/errors.ts';
import type { Cipher, EncryptedText } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { Secret } from '../runtime/secret.ts';
import { absent, all, any, type Condition, equal, missingOrLess } from './condition.ts';
import { CredentialItem, credentialContext } from './credential-item.ts';
import { keys } from './keys.ts';
import { ConflictError, type Item, type Table } from './table.ts';

/** The state of one value, which does not apply to its successor. */
const noState = {
  leaseId: undefined,
  leaseUntil: undefined,
  renewAfter: undefined,
  renewalRefused: undefined,
  renewalRefusedSince: undefined,
  rejectedAs: undefined,
  rejectedUntil: undefined,
} as const satisfies Partial<Record<keyof CredentialItem, undefined>>;

export interface CredentialDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

/**
 * How long a rejection is believed: each reconcile asks once, and an outage that looked like a rejection passes by itself;
 * milliseconds.
 */
const rejectionBelievedMs = 5 * 60_000;
/**
 * How long a refused renewal is believed while the old value is good, which may be a week: an hour on the first day, then a day;
 * milliseconds.
 */
const [refusalMs, laterRefusalMs] = [3600_000, 24 * 3600_000];
/** After an exchange failed otherwise, it is retried after this, unless the forge named a time; milliseconds. */
const retryMs = 60_000;
/** How long others wait before they check again for a value that another worker exchanges; milliseconds. */
const recheckMs = 5_000;
/** Attempts to write a new value, since the old one may be invalid by then. */
const writesMax = 3;

/**
 * Stores a credential that its owner has just given. It replaces the previous one, and supersedes a renewal under way.
 *
 * @throws ConflictError when another one is given at the same moment
 */
export async function storeCredential<Value>(
  { table, cipher, clock }: CredentialDependencies,
  connection: ConnectionId,
  issued: IssuedCredential<Value>,
): Promise<void> {
  const key = keys.credential(connection);
  const encrypt = await cipher.prepare(credentialContext(connection));
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
        readsContents: issued.readsContents,
      },
      when: item === undefined ? absent : equal('version', version),
    },
  ]);
}

/** @param schema of the secret's JSON, from the adapter */
export function createCredentialSource<Value>(
  dependencies: CredentialDependencies & { readonly newLeaseId: () => string },
  connection: ConnectionId,
  schema: z.ZodType<Value>,
): CredentialSource<Value> {
  const stored = createStoredCredential(dependencies, connection, schema);
  return {
    current: stored.current,
    async rotate(exchange, outdated, { isRefused = false } = {}) {
      const canUseOld = (): boolean => !isRefused && isUsable(outdated, stored.now());
      // Before the exchange, so that after it only the table can fail.
      const encrypt = await stored.prepare();
      const leaseId = dependencies.newLeaseId();
      const other = await takeLease(stored, outdated, leaseId);
      if (other !== undefined) {
        if (other.version !== outdated.version) {
          return stored.open(other);
        }
        if (canUseOld()) {
          return outdated;
        }
        throw notRenewable(other, stored.now());
      }
      let issued: IssuedCredential<Value>;
      try {
        issued = await exchange(outdated);
      } catch (error) {
        const newer = await noteFailure(stored, outdated, leaseId, error, canUseOld());
        if (newer !== undefined) {
          return newer;
        }
        if (error instanceof ForgeError && canUseOld()) {
          return outdated;
        }
        throw error;
      }
      return keepSuccessor(stored, outdated, issued, encrypt);
    },
    reject: (code, rejected) => reject(stored, code, rejected),
    async noteContents({ version }, isAccepted) {
      const now = stored.now();
      const [contentsRejectedAt, contentsRejectedUntil] = isAccepted ? [] : [now, now + rejectionBelievedMs];
      await stored.write({ contentsRejectedAt, contentsRejectedUntil }, equal('version', version));
    },
  };
}

/** @returns undefined when the lease is taken; else the item that prevented it */
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
      // It may be our own lease: the client repeats a request whose answer was lost.
      any(missingOrLess('leaseUntil', now), equal('leaseId', leaseId)),
      missingOrLess('renewAfter', now),
    ),
  );
}

/**
 * Stores what the forge issued, whoever holds the lease by now: the value that it replaces may be invalid.
 *
 * @returns the newest value, which is a different one if another worker stored it meanwhile
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
    ...noState,
    version,
    encrypted: encrypt(JSON.stringify(issued.secret.reveal())),
    issuedAt,
    validUntil: issued.validUntil,
  };
  for (let tries = 1; ; tries++) {
    try {
      const other = await stored.write(set, equal('version', outdated.version));
      // It is our own value if only the answer to the first write was lost.
      return other === undefined ? { ...issued, version, issuedAt } : await stored.open(other);
    } catch (error) {
      if (tries === writesMax || error instanceof ForgeError) {
        throw error;
      }
    }
  }
}

/** What the forge says of the credential; all else passes, or says nothing. */
const refusals: ReadonlySet<ForgeErrorCode> = new Set([
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
  'not-found',
  'gone',
]);

/** Records a failed exchange. @returns the successor if another worker got one: then the failure does not matter */
async function noteFailure<Value>(
  stored: StoredCredential<Value>,
  outdated: Credential<Value>,
  leaseId: string,
  error: unknown,
  canUseOld: boolean,
): Promise<Credential<Value> | undefined> {
  if (!(error instanceof ForgeError)) {
    return undefined;
  }
  const now = stored.now();
  const renewalRefused = refusals.has(error.code);
  const since = renewalRefused ? ((await stored.item()).renewalRefusedSince ?? now) : undefined;
  const renewAfter =
    since === undefined
      ? Math.max(error.notBefore ?? 0, now + retryMs)
      : now + (canUseOld ? refusalBelievedMs(outdated, since, now) : rejectionBelievedMs);
  const other = await stored.write(
    { leaseId: undefined, leaseUntil: undefined, renewAfter, renewalRefused, renewalRefusedSince: since },
    all(equal('version', outdated.version), equal('leaseId', leaseId)),
  );
  return other === undefined || other.version === outdated.version ? undefined : stored.open(other);
}

/** How long a refused renewal of a value that is still good is believed. @param since when it was refused first; milliseconds since the epoch */
function refusalBelievedMs(outdated: Credential<unknown>, since: number, now: number): number {
  const believedMs = now < since + laterRefusalMs ? refusalMs : laterRefusalMs;
  // Once the old value has ended, nothing works until it is renewed.
  const leftMs = (usableUntil(outdated) ?? Number.POSITIVE_INFINITY) - now;
  return Math.max(rejectionBelievedMs, Math.min(believedMs, leftMs));
}

async function reject(
  stored: StoredCredential<unknown>,
  code: CredentialFault,
  rejected: Credential<unknown>,
): Promise<ForgeError> {
  const now = stored.now();
  const other = await stored.write(
    { rejectedAs: code, rejectedUntil: now + rejectionBelievedMs },
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
 * A read-only source: continues with the current value, and leaves renewing to others.
 *
 * @param schema of the secret's JSON, from the adapter
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
      throw new ForgeError('unavailable', 'the credential must be renewed by the next run first', {
        notBefore: now + recheckMs,
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
    const { encrypted, version, issuedAt, validUntil, contentsRejectedUntil } = item;
    const text = await cipher.decrypt(encrypted, credentialContext(connection));
    return {
      secret: new Secret(parseSecret(text, schema)),
      version,
      issuedAt,
      validUntil,
      contentsRejectedUntil,
    };
  }

  const load = async (): Promise<CredentialItem> => parseItem(await table.get(key));

  return {
    open,
    now: () => clock.now(),
    item: load,
    prepare: () => cipher.prepare(credentialContext(connection)),
    /**
     * @returns the current item if the condition does not hold; else undefined
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
    async current(use?: 'contents'): Promise<Credential<Value>> {
      const item = await load();
      const now = clock.now();
      if (use === 'contents' && item.readsContents) {
        return open(item);
      }
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

/** The errors of JSON and schema parsing show their input, so they are replaced. */
function parseSecret<Value>(text: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Error("a stored credential does not match its adapter's schema");
  }
}

const rejection = (code: CredentialFault): ForgeError =>
  new ForgeError(code, 'the forge rejected the credential of the connection');

/** The error for an expired value that has no successor yet. */
function notRenewable(item: CredentialItem, now: number): ForgeError {
  if (item.leaseUntil >= now) {
    return new ForgeError('unavailable', 'another worker is renewing the credential', {
      notBefore: Math.min(item.leaseUntil, now + recheckMs),
    });
  }
  return item.renewalRefused
    ? new ForgeError('credential-rejected', 'the forge refused to renew the credential of the connection')
    : new ForgeError('unavailable', 'the credential could not be renewed', { notBefore: item.renewAfter });
}
