/** The keys that sign sessions: encrypted, one for each period. */
import { type Cipher, EncryptedText } from '../runtime/cipher.ts';
import { absent } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

interface SessionKeyDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
}

/** Binds an encrypted key to its purpose and period. */
const contextOf = (period: number) => ({ purpose: 'session-keys', period: String(period) });

/** The key's bytes, if there is one. @throws CipherError when the item was changed or comes from elsewhere */
export async function findSessionKey(
  { table, cipher }: SessionKeyDependencies,
  period: number,
): Promise<Uint8Array | undefined> {
  const item = await table.get(keys.sessionKey(period));
  return item === undefined
    ? undefined
    : Buffer.from(await cipher.decrypt(EncryptedText.parse(item.encrypted), contextOf(period)), 'base64');
}

/**
 * Stores a new key. If several callers do so at once, all get the first one's.
 *
 * @param until after which the table may remove it; milliseconds since the epoch
 * @returns the key of the period
 */
export async function addSessionKey(
  dependencies: SessionKeyDependencies,
  period: number,
  bytes: Uint8Array,
  until: number,
): Promise<Uint8Array> {
  const { table, cipher } = dependencies;
  const encrypt = await cipher.prepare(contextOf(period));
  const encrypted = encrypt(Buffer.from(bytes).toString('base64'));
  const item = { encrypted, [tableKeys.expiry]: Math.ceil(until / 1000) };
  try {
    await table.transact([{ put: keys.sessionKey(period), item, when: absent }]);
    return bytes;
  } catch (error) {
    const first = error instanceof ConflictError ? await findSessionKey(dependencies, period) : undefined;
    if (first === undefined) {
      throw error;
    }
    return first;
  }
}
