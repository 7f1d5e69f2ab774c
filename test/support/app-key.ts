/** A private key of an App: short, since tests make one in each process and sign with it at each request. It protects nothing. */
import { generateKeyPairSync } from 'node:crypto';

export const { privateKey: appKeyPem } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
