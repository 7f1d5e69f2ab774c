import {
  DecryptCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';

export interface EncryptionKeyTarget {
  client(): KMSClient;
  /** ARNs of two keys. */
  keys(): readonly [string, string];
}

const context = { connection: 'c1', purpose: 'credential' };
const missing = 'arn:aws:kms:eu-central-1:000000000000:key/33333333-0000-4000-8000-000000000000';
const refused = { name: 'InvalidCiphertextException', status: 400 };

/** What we rely on of KMS: data keys are bound to their context and to their key, across rotations. */
export function encryptionKeyContract(target: EncryptionKeyTarget, check: RegisterCheck): void {
  const generate = (KeyId = target.keys()[0]) =>
    target
      .client()
      .send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: context }));
  const decrypt = (CiphertextBlob: Uint8Array | undefined, more: object = {}) =>
    target.client().send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context, ...more }));

  check('a data key is decrypted with its context, whatever the order of its entries', async () => {
    const [arn] = target.keys();
    const made = await generate();
    expect(made.KeyId).toBe(arn);
    expect(made.Plaintext).toHaveLength(32);
    const EncryptionContext = { purpose: 'credential', connection: 'c1' };
    expect(await decrypt(made.CiphertextBlob, { EncryptionContext })).toMatchObject({
      KeyId: arn,
      Plaintext: made.Plaintext,
    });
    expect((await generate(arn.split('/')[1])).Plaintext).not.toEqual(made.Plaintext);
  });

  const others: Readonly<Record<string, Record<string, string>>> = {
    another: { ...context, connection: 'c2' },
    'a part of the': { connection: 'c1' },
    no: {},
    'a larger': { ...context, more: 'x' },
    'an upper-case': { ...context, connection: 'C1' },
  };
  for (const [name, EncryptionContext] of Object.entries(others)) {
    check(`a data key is not decrypted with ${name} context`, async () => {
      const { CiphertextBlob } = await generate();
      expect(await failure(decrypt(CiphertextBlob, { EncryptionContext }))).toEqual(refused);
    });
  }

  check('a modified data key is refused', async () => {
    const { CiphertextBlob = new Uint8Array() } = await generate();
    const changed = Uint8Array.from(CiphertextBlob);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await failure(decrypt(changed))).toEqual(refused);
  });

  check('anything that is no data key is refused', async () => {
    for (const blob of [Buffer.from('none'), Buffer.alloc(200)]) {
      expect(await failure(decrypt(blob))).toEqual(refused);
    }
  });

  check('a data key is not decrypted by another key', async () => {
    const { CiphertextBlob } = await generate();
    expect(await failure(decrypt(CiphertextBlob, { KeyId: target.keys()[1] }))).toEqual({
      name: 'IncorrectKeyException',
      status: 400,
    });
  });

  check('a missing key is reported as not found', async () => {
    const { CiphertextBlob } = await generate();
    const notFound = { name: 'NotFoundException', status: 400 };
    expect(await failure(generate(missing))).toEqual(notFound);
    expect(await failure(decrypt(CiphertextBlob, { KeyId: missing }))).toEqual(notFound);
  });

  check('a data key from before a rotation is decrypted', async () => {
    const [arn] = target.keys();
    const old = await generate();
    const rotated = await target.client().send(new RotateKeyOnDemandCommand({ KeyId: arn }));
    expect(rotated.KeyId).toBeDefined();
    expect(await decrypt(old.CiphertextBlob)).toMatchObject({ Plaintext: old.Plaintext });
    const young = await generate();
    expect(await decrypt(young.CiphertextBlob)).toMatchObject({ Plaintext: young.Plaintext });
  });
}
