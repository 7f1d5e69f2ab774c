import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasPushSecret } from './push-signature.ts';

const body = Buffer.from('{"ref":"refs/heads/main"}\r\n');
const secret = 'the secret';
const hmac = (bytes: Uint8Array, key = secret) => createHmac('sha256', key).update(bytes).digest('hex');
const other = Buffer.from('{"ref":"refs/heads/other"}');

describe('a push', () => {
  it.each([
    ['Forgejo signs the raw body', { 'x-forgejo-signature': hmac(body), 'x-gitea-signature': hmac(body) }],
    ['Gitea does', { 'x-gitea-signature': hmac(body) }],
    ['others do, with the name of the algorithm', { 'x-hub-signature-256': `sha256=${hmac(body)}` }],
    ['a script sends the secret', { 'x-repertoire-secret': secret }],
  ])('is believed: %s', (_, headers) => {
    expect(hasPushSecret(body, headers, secret)).toBe(true);
    expect(hasPushSecret(body, headers, 'another')).toBe(false);
  });

  it.each([
    ['nothing', {}],
    ['the signature of another body', { 'x-gitea-signature': hmac(other) }],
    ['a signature by another secret', { 'x-forgejo-signature': hmac(body, 'x') }],
    ['an empty one', { 'x-gitea-signature': '' }],
    ['one without its prefix', { 'x-hub-signature-256': hmac(body) }],
    ['a wrong signature beside a right one', { 'x-forgejo-signature': '0', 'x-gitea-signature': hmac(body) }],
    ['a wrong signature beside the secret', { 'x-gitea-signature': '0', 'x-repertoire-secret': secret }],
    ['the start of the secret', { 'x-repertoire-secret': 'the' }],
  ])('is not believed with %s', (_, headers) => {
    expect(hasPushSecret(body, headers, secret)).toBe(false);
  });
});
