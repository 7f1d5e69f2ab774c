import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { authorize } from './authorize.ts';

it.each([
  [99_999, 200],
  [100_000, 401],
  [100_001, 401],
])('a token that expires in second 100 is asked for at %i ms: %i', async (now, status) => {
  const token = `rprt_u_${'0'.repeat(68)}`;
  const values = new Map([['v/acme/u.ann/0', 'AA']]);
  const store = {
    get: async (key: string) => (key.startsWith('t/') ? 'u.ann|100' : (values.get(key) ?? '')),
  };
  const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
  const answer = await authorize(
    {
      method: 'GET',
      uri: '/acme/packages.json',
      querystring: {},
      headers: { authorization: { value: `Bearer ${token}` } },
      cookies: {},
    },
    store,
    sha256,
    now,
  );
  expect('statusCode' in answer ? answer.statusCode : 200).toBe(status);
});
