import { beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { createSecretCheck, type SecretCheck, type SecretVersions } from './secret-versions.ts';

const minute = 60_000;
const hour = 60 * minute;
let now: number;
let stored: SecretVersions | Error;
let read: Mock<() => Promise<SecretVersions>>;
let check: SecretCheck;
beforeEach(() => {
  now = Date.parse('2026-11-28T12:00:00Z');
  stored = { current: 'first' };
  read = vi.fn(async () => {
    if (stored instanceof Error) {
      throw stored;
    }
    return stored;
  });
  check = createSecretCheck(read, { now: () => now });
});

describe('a secret that was rotated', () => {
  it('is accepted at once, although the one before it was read a moment ago', async () => {
    expect(await check('first')).toBe(true);
    stored = { current: 'second' };
    expect(await check('second')).toBe(true);
  });

  it('is accepted beside the one before it for an hour', async () => {
    stored = { current: 'second', previous: { text: 'first', until: now + hour } };
    expect([await check('second'), await check('first'), await check('zeroth')]).toEqual([true, true, false]);
    now += hour;
    expect([await check('second'), await check('first')]).toEqual([true, false]);
  });

  it('replaces a set-up code at once', async () => {
    check = createSecretCheck(read, { now: () => now }, { acceptsPrevious: false });
    stored = { current: 'second', previous: { text: 'first', until: now + hour } };
    expect([await check('second'), await check('first')]).toEqual([true, false]);
  });

  it('is noticed within five minutes, although nobody shows another', async () => {
    await check('first');
    stored = { current: 'second' };
    now += 5 * minute;
    expect(await check('first')).toBe(false);
  });
});

it('is read once a minute, however many show a wrong one', async () => {
  await check('first');
  for (let count = 0; count < 300; count++) {
    expect(await check(`wrong ${count}`)).toBe(false);
    now += 1000;
  }
  // At first, after each minute, and after five minutes.
  expect(read.mock.calls.length).toBeLessThanOrEqual(7);
  const before = read.mock.calls.length;
  expect(await check('')).toBe(false);
  expect(read).toHaveBeenCalledTimes(before);
});

it('is read once for all who ask at the same moment', async () => {
  await Promise.all([check('first'), check('first'), check('wrong')]);
  expect(read).toHaveBeenCalledTimes(1);
});

it('stays as it was while it cannot be read, and is read for the next caller if it never could be', async () => {
  stored = new Error('the service is down');
  await expect(check('first')).rejects.toThrow('the service is down');
  stored = { current: 'first' };
  expect(await check('first')).toBe(true);
  stored = new Error('the service is down');
  now += 5 * minute;
  expect([await check('first'), await check('wrong')]).toEqual([true, false]);
});
