import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKmsDataKeys } from '../../../shared/composition/encryption.ts';
import { CipherError, createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import type { EncryptionKeyEngine } from '../runtime/service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createEncryptionKeyService } from './encryption-keys.ts';

let setup: ContractSetup;
let engine: EncryptionKeyEngine;
let kms: KMSClient;

const key = (digit: string) => {
  const id = `${digit.repeat(8)}-0000-4000-8000-000000000000`;
  return { id, arn: `arn:aws:kms:eu-central-1:000000000000:key/${id}` };
};
const [first, second] = [key('1'), key('2')];
const context = { connection: 'c1', purpose: 'credential' };

beforeAll(async () => {
  setup = await startContractSetup(({ directory }) => {
    engine = createEncryptionKeyService({ directory });
    return { encryptionKeys: engine };
  });
  engine.createKey(first);
  engine.createKey(second);
  kms = new KMSClient(setup.client);
});
afterAll(() => setup.close());

const generate = (KeyId = first.arn, EncryptionContext: Record<string, string> = context) =>
  kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }));
const decrypt = (CiphertextBlob: Uint8Array | undefined, more: object = {}) =>
  kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context, ...more }));

const refused = { name: 'InvalidCiphertextException', status: 400 };

it('makes data keys that nobody else can decrypt', async () => {
  const made = await generate();
  expect(made.KeyId).toBe(first.arn);
  expect(made.Plaintext).toHaveLength(32);
  const back = await decrypt(made.CiphertextBlob, {
    EncryptionContext: { purpose: 'credential', connection: 'c1' },
  });
  expect(back).toMatchObject({ KeyId: first.arn, Plaintext: made.Plaintext });
  expect((await generate(first.id)).Plaintext).not.toEqual(made.Plaintext);
});

it.each([
  ['another one', { ...context, connection: 'c2' }],
  ['a part of it', { connection: 'c1' }],
  ['none', {}],
  ['more', { ...context, more: 'x' }],
  ['other letters', { ...context, connection: 'C1' }],
])('enforces the encryption context: %s is refused', async (_, EncryptionContext) => {
  const { CiphertextBlob } = await generate();
  expect(await failure(decrypt(CiphertextBlob, { EncryptionContext }))).toEqual(refused);
});

it('refuses what is not its own, and another key than the one that it was encrypted with', async () => {
  const { CiphertextBlob = new Uint8Array() } = await generate();
  const changed = Uint8Array.from(CiphertextBlob);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  for (const blob of [changed, CiphertextBlob.subarray(0, 60), Buffer.from('none'), Buffer.alloc(200)]) {
    expect(await failure(decrypt(blob))).toEqual(refused);
  }
  expect(await failure(decrypt(CiphertextBlob, { KeyId: second.arn }))).toEqual({
    name: 'IncorrectKeyException',
    status: 400,
  });
  const missing = { name: 'NotFoundException', status: 400 };
  expect(await failure(generate(key('3').arn))).toEqual(missing);
  expect(await failure(decrypt(CiphertextBlob, { KeyId: key('3').arn }))).toEqual(missing);
});

it('decrypts what it encrypted before a rotation, and after a new start, from files that only their owner can read', async () => {
  const old = await generate();
  expect(await kms.send(new RotateKeyOnDemandCommand({ KeyId: first.arn }))).toMatchObject({
    KeyId: first.arn,
  });
  expect(await decrypt(old.CiphertextBlob)).toMatchObject({ Plaintext: old.Plaintext });
  const young = await generate();
  const material = (blob: Uint8Array = new Uint8Array()) => Buffer.from(blob).toString('latin1', 36, 72);
  expect(material(young.CiphertextBlob)).not.toBe(material(old.CiphertextBlob));

  const again = createEncryptionKeyService({ directory: setup.directory });
  again.createKey(first);
  for (const { CiphertextBlob = new Uint8Array(), Plaintext = new Uint8Array() } of [old, young]) {
    const answer = await again.handle({
      method: 'POST',
      target: '/',
      headers: { 'x-amz-target': 'TrentService.Decrypt' },
      body: Buffer.from(
        JSON.stringify({
          CiphertextBlob: Buffer.from(CiphertextBlob).toString('base64'),
          EncryptionContext: context,
        }),
      ),
    });
    expect(JSON.parse(String(answer.body))).toMatchObject({
      Plaintext: Buffer.from(Plaintext).toString('base64'),
    });
  }
  const files = readdirSync(setup.directory);
  expect(files).toHaveLength(2);
  for (const file of files) expect(statSync(join(setup.directory, file)).mode & 0o777).toBe(0o600);
  expect(statSync(setup.directory).mode & 0o777).toBe(0o700);
});

it('refuses what it does not know', async () => {
  const unknown = new EncryptCommand({ KeyId: first.arn, Plaintext: Buffer.from('x') });
  expect(await failure(kms.send(unknown))).toMatchObject({ name: 'UnsupportedOperationException' });
  const shorter = new GenerateDataKeyCommand({ KeyId: first.arn, KeySpec: 'AES_128' });
  expect(await failure(kms.send(shorter))).toMatchObject({ name: 'ValidationException' });
});

it('serves the cipher of the functions', async () => {
  const { prepare, decrypt: open } = createEnvelopeCipher(createKmsDataKeys(kms, first.arn));
  const long = 'x'.repeat(6000);
  const encrypted = (await prepare(context))(long);
  expect(await open(encrypted, context)).toBe(long);
  await expect(open(encrypted, { ...context, connection: 'c2' })).rejects.toThrow(CipherError);
  const other = createEnvelopeCipher(createKmsDataKeys(kms, second.arn));
  await expect(other.decrypt(encrypted, context)).rejects.toThrow(CipherError);
  const gone = createEnvelopeCipher(createKmsDataKeys(kms, key('3').arn));
  await expect(gone.prepare(context)).rejects.toThrow('does not exist');
});
