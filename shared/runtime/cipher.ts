/**
 * Envelope encryption: each text is encrypted with its own data key (AES-256-GCM), which is stored beside it, encrypted by a key
 * that never leaves its service. So a text may be longer than the 4 KB that such a service encrypts.
 *
 * https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html#enveloping
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * Identifies what a text belongs to, unencrypted. It is bound to the data key and to the text, so a copy of an encrypted text in
 * another place cannot be decrypted. The key service logs it, so it must hold no secret.
 */
export type EncryptionContext = Readonly<Record<string, string>>;

/** An encrypted text as it is stored; base64. */
export const EncryptedText = z.object({
  /** The data key, encrypted. */
  dataKey: z.string(),
  iv: z.string(),
  tag: z.string(),
  text: z.string(),
});
export type EncryptedText = z.infer<typeof EncryptedText>;

export interface Cipher {
  /**
   * Gets a data key. The returned function encrypts one text and cannot fail, so a text that exists only once can be stored as
   * soon as it is received.
   */
  prepare(context: EncryptionContext): Promise<(text: string) => EncryptedText>;
  /** @throws CipherError when it was encrypted with another context or key, or was changed */
  decrypt(encrypted: EncryptedText, context: EncryptionContext): Promise<string>;
}

/** The encrypted text does not match its context, or is not ours. The message contains nothing of either. */
export class CipherError extends Error {
  override readonly name = 'CipherError';
}

/** Creates and decrypts data keys of 32 bytes. */
export interface DataKeys {
  generate(context: EncryptionContext): Promise<{ plain: Uint8Array; encrypted: Uint8Array }>;
  /** @throws CipherError when the context or the key is another */
  decrypt(encrypted: Uint8Array, context: EncryptionContext): Promise<Uint8Array>;
}

const algorithm = 'aes-256-gcm';
/** https://doi.org/10.6028/NIST.SP.800-38D section 5.2.1.1: 96 bits are the recommended length. */
const ivBytes = 12;

export function createEnvelopeCipher(dataKeys: DataKeys): Cipher {
  return {
    async prepare(context) {
      const { plain, encrypted } = await dataKeys.generate(context);
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, plain, iv).setAAD(contextBytes(context));
      plain.fill(0);
      return (text) => ({
        dataKey: base64(encrypted),
        iv: base64(iv),
        text: base64(Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])),
        tag: base64(cipher.getAuthTag()),
      });
    },
    async decrypt({ dataKey, iv, tag, text }, context) {
      const plain = await dataKeys.decrypt(bytes(dataKey), context);
      try {
        const decipher = createDecipheriv(algorithm, plain, bytes(iv), { authTagLength: 16 })
          .setAAD(contextBytes(context))
          .setAuthTag(bytes(tag));
        return Buffer.concat([decipher.update(bytes(text)), decipher.final()]).toString('utf8');
      } catch {
        throw new CipherError('an encrypted text does not match its context, or was changed');
      } finally {
        plain.fill(0);
      }
    },
  };
}

/** The same bytes for the same context, in any order of its keys. */
export function contextBytes(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify(entries));
}

const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
