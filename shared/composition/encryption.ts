/** The key that encrypts what must not be in the table in clear text. */
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import { type Cipher, CipherError, createEnvelopeCipher, type DataKeys } from '../runtime/cipher.ts';
import { required } from '../runtime/config.ts';

/** Data keys of one KMS key, which can still decrypt those from before its rotation. */
export function createKmsDataKeys(client: KMSClient, keyArn: string): DataKeys {
  return {
    async generate(context) {
      const { Plaintext: plain, CiphertextBlob: encrypted } = await client.send(
        new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: context }),
      );
      if (plain === undefined || encrypted === undefined) {
        throw new Error('KMS returned no data key');
      }
      return { plain, encrypted };
    },
    async decrypt(encrypted, context) {
      try {
        const { Plaintext: plain } = await client.send(
          new DecryptCommand({ KeyId: keyArn, CiphertextBlob: encrypted, EncryptionContext: context }),
        );
        if (plain === undefined) {
          throw new Error('KMS returned no data key');
        }
        return plain;
      } catch (error) {
        if (error instanceof InvalidCiphertextException || error instanceof IncorrectKeyException) {
          throw new CipherError('a data key does not match its encryption context or key', { cause: error });
        }
        throw error;
      }
    },
  };
}

/** The cipher for the credentials of connections. */
export function credentialCipher(): Cipher {
  return createEnvelopeCipher(createKmsDataKeys(new KMSClient({}), required('credentialKeyArn')));
}
