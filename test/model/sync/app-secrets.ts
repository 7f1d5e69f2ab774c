/** What the App of a world keeps secret. */
import { generateKeyPairSync } from 'node:crypto';

/** A short key, since a token of the app is signed for each request: what it keeps secret is nothing. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
export const app = { privateKey, webhookSecret: 'webhook-secret-of-the-model' };
