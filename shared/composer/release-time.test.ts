import { describe, expect, it } from 'vitest';
import { formatReleaseTime, parseReleaseTime } from './release-time.ts';

describe('parseReleaseTime', () => {
  it.each([
    ['2024-01-02', '2024-01-02T00:00:00+00:00'],
    ['2024-01-02 03:04:05', '2024-01-02T03:04:05+00:00'],
    ['2024-01-02T03:04', '2024-01-02T03:04:00+00:00'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05+00:00'],
    ['2024-01-02T03:04:05.678+01:30', '2024-01-02T01:34:05+00:00'],
    ['2024-01-02T03:04:05-0800', '2024-01-02T11:04:05+00:00'],
    ['2024-01-02 03:04:05 UTC', '2024-01-02T03:04:05+00:00'],
    ['2024-01-02 03:04:05-25', '2024-01-03T04:04:05+00:00'],
    ['2024-02-31', '2024-03-02T00:00:00+00:00'],
    ['2024-01-01 24:00:00', '2024-01-02T00:00:00+00:00'],
  ])('%j is %s', (text, time) => {
    const parsed = parseReleaseTime(text);
    expect(typeof parsed === 'number' && formatReleaseTime(parsed)).toBe(time);
  });

  it.each([
    '2024-13-01',
    '2024-01-32',
    '2024-01-01 25:00:00',
    '2024-01-01 10:61:00',
    '2024-01-01 10:00:00-1060',
    '2024-01-01 10:00:00+25:00',
  ])('%j is refused', (text) => {
    expect(parseReleaseTime(text)).toBe('invalid');
  });

  it.each([
    '',
    'now',
    'last monday',
    '1700000000',
    '@1700000000',
    '2024/01/02',
    '0001-01-01',
    '2024-01-02T03:04:05 Europe/Berlin',
  ])('%j is not understood', (text) => expect(parseReleaseTime(text)).toBe('unknown'));
});
