/** Secrets of a world's App. */
import { generateKeyPairSync } from 'node:crypto';

/** A short key, since a token of the App is signed for each request. It protects nothing. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
export const app = { privateKey, webhookSecret: 'webhook-secret-of-the-model' };
