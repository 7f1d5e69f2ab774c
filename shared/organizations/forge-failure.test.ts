import { expect, it } from 'vitest';
import { ForgeError, type ForgeErrorCode } from '../forge/errors.ts';
import { forgeFailure } from './forge-failure.ts';

it.each<[ForgeErrorCode, string]>([
  ['credential-rejected', 'forbidden'],
  ['insufficient-scope', 'forbidden'],
  ['sso-required', 'forbidden'],
  ['rate-limited', 'too-early'],
  ['unavailable', 'too-early'],
  ['incomplete', 'too-early'],
  ['not-found', 'not-found'],
  ['organization-not-found', 'not-found'],
  ['gone', 'conflict'],
  ['unexpected', 'conflict'],
])('the forge error %s becomes the caller error %s', (code, expected) => {
  expect(forgeFailure('the list', new ForgeError(code, 'no'))).toMatchObject({
    code: expected,
    message: `the list could not be read: ${code}: no`,
  });
});

it('says when a rate limit ends', () => {
  const notBefore = Date.parse('2026-11-27T12:00:00Z');
  expect(forgeFailure('the forge', new ForgeError('rate-limited', 'wait', { notBefore }))).toMatchObject({
    message: 'the forge could not be read: rate-limited: wait; not before 2026-11-27T12:00:00.000Z',
    notBefore,
  });
});
