import { expect, test } from 'vitest';
import { createMemoryDataKeys } from '../../test/support/memory-data-keys.ts';
import { CipherError, createEnvelopeCipher, type DataKeys, type EncryptedText } from './cipher.ts';

const context = { connection: 'c1', purpose: 'credential' };
/** Two Bitbucket tokens exceed the 4 KB that KMS encrypts at once. */
const long = 'ü'.repeat(6000);

const encrypted = async (dataKeys: DataKeys, text = long) =>
  (await createEnvelopeCipher(dataKeys).prepare(context))(text);

test('a text is decrypted with its context, in any order of its keys', async () => {
  const dataKeys = createMemoryDataKeys();
  const kept: EncryptedText = JSON.parse(JSON.stringify(await encrypted(dataKeys)));
  const { decrypt } = createEnvelopeCipher(dataKeys);
  expect(await decrypt(kept, context)).toBe(long);
  expect(await decrypt(kept, { purpose: 'credential', connection: 'c1' })).toBe(long);
});

test('the same text is encrypted differently each time', async () => {
  const dataKeys = createMemoryDataKeys();
  const [one, other] = [await encrypted(dataKeys), await encrypted(dataKeys)];
  expect(new Set([one.text, other.text, one.iv, other.iv, one.dataKey, other.dataKey]).size).toBe(6);
});

test.each([
  ['another connection', { ...context, connection: 'c2' }],
  ['another purpose', { ...context, purpose: 'webhook' }],
  ['less context', { connection: 'c1' }],
  ['more context', { ...context, more: 'x' }],
])('%s does not decrypt it, even if the key service would', async (_, other) => {
  const dataKeys = createMemoryDataKeys();
  const kept = await encrypted(dataKeys);
  await expect(createEnvelopeCipher(dataKeys).decrypt(kept, other)).rejects.toThrow(CipherError);
  // A service that ignores the context: the text itself is bound to it.
  const careless = { ...dataKeys, decrypt: (key: Uint8Array) => dataKeys.decrypt(key, context) };
  await expect(createEnvelopeCipher(careless).decrypt(kept, other)).rejects.toThrow(CipherError);
});

test.each(['iv', 'tag', 'text'] as const)('a changed %s is detected, and not printed', async (part) => {
  const dataKeys = createMemoryDataKeys();
  const kept = await encrypted(dataKeys);
  const changed = { ...kept, [part]: Buffer.from(kept[part], 'base64').fill(7).toString('base64') };
  const failed = createEnvelopeCipher(dataKeys).decrypt(changed, context);
  await expect(failed).rejects.toThrow('does not match its context');
  await expect(failed).rejects.not.toHaveProperty('cause');
});

test('the data key is erased from memory after use', async () => {
  const given: Uint8Array[] = [];
  const dataKeys = createMemoryDataKeys();
  const watched: DataKeys = {
    async generate(of) {
      const made = await dataKeys.generate(of);
      given.push(made.plain);
      return made;
    },
    async decrypt(key, of) {
      const plain = await dataKeys.decrypt(key, of);
      given.push(plain);
      return plain;
    },
  };
  await createEnvelopeCipher(watched).decrypt(await encrypted(watched), context);
  expect(given).toEqual([new Uint8Array(32), new Uint8Array(32)].map((zero) => Buffer.from(zero)));
});
