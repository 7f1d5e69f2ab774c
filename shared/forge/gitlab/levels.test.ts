import { expect, test } from 'vitest';
import { levelName, memberLevels, parseVersion, readersThrough, readingLevels } from './levels.ts';

const always = [20, 25, 30, 40, 50];

test.each([
  ['17.5.0-ee', always],
  ['17.7.1', [15, ...always]],
  ['17.8.0', always],
  ['18.6.4-ee', always],
  ['18.7.0-ee', [15, ...always]],
  ['19.0.0-pre', [15, ...always]],
  // Unknown: only what reads in every version.
  ['nightly', always],
])('R16: in %s these levels read code', (version, reading) => {
  expect([...readingLevels(parseVersion(version))]).toEqual(reading);
});

test('R16: an unknown level reads nothing, has a name to show, and lets nobody through', () => {
  const reading = readingLevels(parseVersion('19.5.0'));
  expect(reading.has(35)).toBe(false);
  expect(memberLevels.has(35)).toBe(false);
  expect(levelName(35)).toBe('level 35');
  expect(readersThrough(reading, 35)).toEqual([]);
  expect(readersThrough(reading)).not.toContain('level 35');
});

test('a link lets those read whose level, capped by it, reads', () => {
  const before = readingLevels(parseVersion('18.6.0'));
  const now = readingLevels(parseVersion('18.7.0'));
  expect(readersThrough(before, 20)).toEqual([
    'Reporter',
    'Security Manager',
    'Developer',
    'Maintainer',
    'Owner',
  ]);
  expect(readersThrough(before, 15)).toEqual([]);
  expect(readersThrough(now, 15)).toEqual([
    'Planner',
    'Reporter',
    'Security Manager',
    'Developer',
    'Maintainer',
    'Owner',
  ]);
  expect(readersThrough(now, 10)).toEqual([]);
});

test('whoever has a custom role that views code reads by it where it was given, and as his level elsewhere', () => {
  const reading = readingLevels(parseVersion('19.5.0'));
  const viewers = ['Guest + read_code', 'Planner + read_code'];
  expect(readersThrough(reading, 50, 'own')).toEqual([...readersThrough(reading), ...viewers]);
  expect(readersThrough(reading, 50, 'as-their-level')).not.toContain('Guest + read_code');
  expect(readersThrough(memberLevels, 50, 'as-their-level')).toContain('Guest + read_code');
  expect(readersThrough(reading)).not.toContain('Planner + read_code');
});
