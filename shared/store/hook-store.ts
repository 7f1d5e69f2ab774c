/** Hooks that were installed on a forge for one synchronization, each with a secret of its own. */
import { z } from 'zod';
import { asId, isId, type SynchronizationId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { type Cipher, EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Secret } from '../runtime/secret.ts';
import { absent, equal } from './condition.ts';
import { keys, ranges } from './keys.ts';
import type { Operation, Table } from './table.ts';

const HookItem = z.object({
  baseUrl: z.string(),
  synchronization: z.string().transform((text) => asId<SynchronizationId>(text)),
  secret: EncryptedText,
  /** Counts the secrets. */
  version: z.number(),
  /** The secret before, and until when it is accepted; milliseconds since the epoch. */
  previousSecret: EncryptedText.optional(),
  previousUntil: z.number().default(0),
});

const ListedHook = z.object({ forge: z.string(), source: z.string() });

/** Which hook; the source stands in the address that the forge delivers to. */
export interface HookName {
  readonly forge: string;
  /** Ours, and hard to guess. */
  readonly source: string;
}

/** Whether the text may name a hook: no key of the table holds whatever stands in an address. */
export const isHookSource = (text: string): boolean => isId(text) && text.length <= 64;

export interface HookDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
}

/** What was under way with the old secret arrives: no forge tries again for longer. Milliseconds. */
const previousMs = 24 * 3600_000;

const contextOf = ({ forge, source }: HookName): EncryptionContext => ({
  hook: `${forge}/${source}`,
  purpose: 'webhook',
});

/** The operations that keep a new hook, in one transaction. They come before the hook is installed on the forge, so that its first delivery is known. */
export async function addHook(
  { cipher }: Pick<HookDependencies, 'cipher'>,
  name: HookName,
  { baseUrl }: Pick<ForgeHost, 'baseUrl'>,
  synchronization: SynchronizationId,
  secret: Secret<string>,
): Promise<readonly Operation[]> {
  const encrypt = await cipher.prepare(contextOf(name));
  return [
    {
      put: keys.hook(name.forge, name.source),
      item: { baseUrl, synchronization, secret: encrypt(secret.reveal()), version: 1 },
      when: absent,
    },
    { put: keys.hookOf(synchronization, name.forge, name.source), item: { ...name } },
  ];
}

/**
 * The hook has another secret from now on; the one before is accepted for a day.
 *
 * @throws Error when there is no such hook
 * @throws ConflictError when somebody else changes it at the same moment
 */
export async function changeHookSecret(
  { table, cipher, clock }: HookDependencies,
  name: HookName,
  secret: Secret<string>,
): Promise<void> {
  const key = keys.hook(name.forge, name.source);
  const item = await table.get(key);
  if (item === undefined) {
    throw new Error('there is no such hook');
  }
  const { version, secret: previousSecret } = HookItem.parse(item);
  const encrypt = await cipher.prepare(contextOf(name));
  await table.update(
    {
      key,
      set: {
        secret: encrypt(secret.reveal()),
        version: version + 1,
        previousSecret,
        previousUntil: clock.now() + previousMs,
      },
    },
    equal('version', version),
  );
}

/** The hooks of a synchronization. */
export async function hooksOf(
  table: Table,
  synchronization: SynchronizationId,
): Promise<readonly HookName[]> {
  const { pk, sk } = ranges.hooks(synchronization);
  return (await table.query(pk, sk)).map((item) => ListedHook.parse(item));
}

/** Deletes a hook of the synchronization. */
export function removeHook(
  synchronization: SynchronizationId,
  { forge, source }: HookName,
): readonly Operation[] {
  return [{ delete: keys.hook(forge, source) }, { delete: keys.hookOf(synchronization, forge, source) }];
}

/**
 * Who delivers to an address of ours that names a hook, if there is one.
 *
 * @returns the accepted secrets, the current one first
 */
export async function findHook({ table, cipher, clock }: HookDependencies, name: HookName) {
  const item = await table.get(keys.hook(name.forge, name.source));
  if (item === undefined) {
    return undefined;
  }
  const { baseUrl, synchronization, secret, previousSecret, previousUntil } = HookItem.parse(item);
  const accepted =
    previousSecret !== undefined && clock.now() < previousUntil ? [secret, previousSecret] : [secret];
  const secrets = await Promise.all(accepted.map((one) => cipher.decrypt(one, contextOf(name))));
  return { forge: name.forge, baseUrl, synchronization, secrets };
}
