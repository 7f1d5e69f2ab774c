import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKmsDataKeys } from '../../../shared/composition/encryption.ts';
import { CipherError, createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import type { EncryptionKeyEngine } from '../runtime/service.ts';
import { describeContract } from './contract-checks.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createEncryptionKeyService } from './encryption-keys.ts';
import { encryptionKeyContract } from './encryption-keys-contract.ts';

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

const generate = () =>
  kms.send(new GenerateDataKeyCommand({ KeyId: first.arn, KeySpec: 'AES_256', EncryptionContext: context }));

describeContract('encryption keys', encryptionKeyContract, {
  client: () => kms,
  keys: () => [first.arn, second.arn],
});

it('encrypts with new material after a rotation, and keeps all of it across a restart, in files that only their owner can read', async () => {
  const old = await generate();
  await kms.send(new RotateKeyOnDemandCommand({ KeyId: first.arn }));
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

it('refuses unknown operations and keys', async () => {
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
