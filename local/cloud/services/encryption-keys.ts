import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EncryptionKeyEngine } from '../runtime/service.ts';
import { AwsError, jsonError, parsedInput } from './aws-error.ts';

const keySchema = z.object({
  arn: z.string(),
  id: z.string(),
  /** Newest first. Older ones still decrypt. */
  materials: z.array(z.object({ id: z.string(), secret: z.string() })).min(1),
});
type Key = z.infer<typeof keySchema>;
type Material = Key['materials'][number];

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
const contextSchema = z.record(z.string(), z.string()).default({});
const schemas = {
  GenerateDataKey: z.object({
    KeyId: z.string(),
    KeySpec: z.literal('AES_256'),
    EncryptionContext: contextSchema,
  }),
  Decrypt: z.object({
    KeyId: z.string().optional(),
    CiphertextBlob: z.base64(),
    EncryptionContext: contextSchema,
  }),
  RotateKeyOnDemand: z.object({ KeyId: z.string() }),
};

const algorithm = 'aes-256-gcm';
const uuidBytes = 36;
const ivBytes = 12;
const tagBytes = 16;

/**
 * A local KMS: symmetric keys that never leave it, in files that only their owner may read. Key policies are not evaluated on one machine.
 * https://docs.aws.amazon.com/kms/latest/APIReference/
 */
export function createEncryptionKeyService({
  directory,
}: {
  readonly directory: string;
}): EncryptionKeyEngine {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const keys = new Map<string, Key>();
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.json')) continue;
    const key = keySchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    keys.set(key.id, key);
  }

  function save(key: Key): void {
    const path = join(directory, `${key.id}.json`);
    writeFileSync(`${path}.new`, JSON.stringify(key), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    keys.set(key.id, key);
  }

  /** Finds a key by id or ARN. */
  function find(id: string): Key {
    const key = keys.get(id) ?? [...keys.values()].find(({ arn }) => arn === id);
    if (key !== undefined) return key;
    throw new AwsError(400, 'NotFoundException', 'The key does not exist.');
  }

  const operations: Readonly<Record<string, (body: unknown) => object>> = {
    GenerateDataKey(body) {
      const input = parsedInput(schemas.GenerateDataKey, body);
      const key = find(input.KeyId);
      const plain = randomBytes(32);
      return {
        KeyId: key.arn,
        Plaintext: plain.toString('base64'),
        CiphertextBlob: encrypt(key, plain, input.EncryptionContext).toString('base64'),
      };
    },
    Decrypt(body) {
      const input = parsedInput(schemas.Decrypt, body);
      const blob = Buffer.from(input.CiphertextBlob, 'base64');
      const key = keys.get(blob.toString('latin1', 0, uuidBytes));
      if (input.KeyId !== undefined && find(input.KeyId) !== key) {
        const message = 'The key ID in the request does not identify a CMK that can perform this operation.';
        throw new AwsError(400, 'IncorrectKeyException', message);
      }
      const plain = key && decrypt(key, blob, input.EncryptionContext);
      if (plain === undefined) throw new AwsError(400, 'InvalidCiphertextException', '');
      return {
        KeyId: key?.arn,
        Plaintext: plain.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
    RotateKeyOnDemand(body) {
      const key = find(parsedInput(schemas.RotateKeyOnDemand, body).KeyId);
      save({ ...key, materials: [createMaterial(), ...key.materials] });
      return { KeyId: key.arn };
    },
  };

  return {
    async handle(request) {
      try {
        const name = request.headers['x-amz-target']?.split('.')[1] ?? '';
        const operation = operations[name];
        if (operation === undefined) {
          const message = `This local service does not know the operation ${name}.`;
          throw new AwsError(400, 'UnsupportedOperationException', message);
        }
        const answer = operation(JSON.parse(request.body.toString('utf8')));
        const headers = { 'content-type': 'application/x-amz-json-1.1' };
        return { status: 200, headers, body: JSON.stringify(answer) };
      } catch (error) {
        if (error instanceof AwsError) return jsonError(error);
        throw error;
      }
    },
    createKey({ id, arn }) {
      if (!keys.has(id)) save({ id, arn, materials: [createMaterial()] });
    },
    async close() {
      keys.clear();
    },
  };
}

const createMaterial = (): Material => ({ id: randomUUID(), secret: randomBytes(32).toString('base64') });

/**
 * Encrypts with the key's newest material. The result starts with the key's id, its material's id, IV and tag; only the service reads it.
 */
function encrypt(key: Key, plain: Buffer, context: Readonly<Record<string, string>>): Buffer {
  const [material] = key.materials;
  if (material === undefined) throw new Error('a key has no material');
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(material.secret, 'base64'), iv);
  cipher.setAAD(boundTo(key, context));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id), Buffer.from(material.id), iv, cipher.getAuthTag(), text]);
}

function decrypt(key: Key, blob: Buffer, context: Readonly<Record<string, string>>): Buffer | undefined {
  const start = 2 * uuidBytes;
  const materialId = blob.toString('latin1', uuidBytes, start);
  const material = key.materials.find(({ id }) => id === materialId);
  if (material === undefined || blob.length < start + ivBytes + tagBytes) return undefined;
  const [iv, tag, text] = [
    blob.subarray(start, start + ivBytes),
    blob.subarray(start + ivBytes, start + ivBytes + tagBytes),
    blob.subarray(start + ivBytes + tagBytes),
  ];
  const decipher = createDecipheriv(algorithm, Buffer.from(material.secret, 'base64'), iv, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(boundTo(key, context)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return undefined;
  }
}

function boundTo({ id }: Key, context: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify([id, entries]));
}
