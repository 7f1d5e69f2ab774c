import { expect, it } from 'vitest';
import { outcomeOf, remedyOf } from './outcome.ts';

const repository = {
  ...{ id: 's1~1', name: 'acme/reports', synchronization: 's1', visibility: 'private' as const },
  ...{
    isFork: false,
    isArchived: false,
    packages: [],
    waiting: [],
    leftOut: 0,
    foldersWithManifests: 0,
    isScanPending: false,
  },
};
const failure = { code: 'unavailable', message: 'did not answer' };

it('is installable once the package is available', () => {
  const scanned = { ...repository, packages: ['acme/reports'] };
  const at = (state: 'accepted' | 'available') => outcomeOf(scanned, { name: 'acme/reports', state }, 0).kind;
  expect([at('accepted'), at('available')]).toEqual(['publishing', 'installable']);
  expect(remedyOf(scanned)).toBe(undefined);
});

it('waits for the scan, which an older failure does not end', () => {
  const pending = { ...repository, isScanPending: true };
  const failed = { ...pending, lastFailure: { ...failure, at: '2026-11-28T10:00:00Z' } };
  const since = Date.parse('2026-11-28T10:00:00Z');
  expect(outcomeOf(pending, undefined, since).kind).toBe('scanning');
  expect(outcomeOf(failed, undefined, since + 1).kind).toBe('scanning');
  expect(outcomeOf(failed, undefined, since).kind).toBe('none');
});

it('says what helps', () => {
  expect(remedyOf(repository)).toBe('add');
  expect(remedyOf({ ...repository, reason: 'fork' })).toBe('add');
  expect(remedyOf({ ...repository, reason: 'no-manifest' })).toBe('scan');
  expect(remedyOf({ ...repository, reason: 'name-taken' })).toBe('see-name');
});
