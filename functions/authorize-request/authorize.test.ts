import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { handler, runOn } from './authorize.ts';

it.each([
  [99_999, 200],
  [100_000, 401],
  [100_001, 401],
])('a token that expires in second 100 is answered at %i ms with status %i', async (now, status) => {
  const token = `rprt_m_${'0'.repeat(68)}`;
  const values = new Map([
    ['v/acme/u.ann/0', 'AA'],
    ['o/acme', 'open'],
  ]);
  runOn({
    store: {
      get: async (key) => (key.startsWith('t/') ? 'own|u.ann|100|only:acme' : (values.get(key) ?? '')),
    },
    sha256: (text) => createHash('sha256').update(text).digest('base64url'),
    now: () => now,
  });
  const answer = await handler({
    request: {
      method: 'GET',
      uri: '/acme/packages.json',
      querystring: {},
      headers: { authorization: { value: `Bearer ${token}` } },
      cookies: {},
    },
  });
  expect('statusCode' in answer ? answer.statusCode : 200).toBe(status);
});
