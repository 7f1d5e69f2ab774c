import { expect, it } from 'vitest';
import { type Evidence, evidenceIn, evidenceKinds, evidenceText, hasConfirmation } from './evidence.ts';

it('counts mere absence as no confirmation, and everything else as one', () => {
  expect(hasConfirmation([])).toBe(false);
  const alone = evidenceKinds.filter((one) => !hasConfirmation([one]) && one !== 'read');
  expect(alone).toEqual(['list', 'not-shown']);
  for (const one of [
    'event',
    'own-read',
    'look-up',
    'powerless-role',
    'owner',
    'silence',
    'orphaned',
  ] as const) {
    expect(hasConfirmation(['list', one]), one).toBe(true);
  }
});

it('has a text for each change', () => {
  expect(evidenceText('remove', ['list', 'event'])).toBe(
    'missing from a complete read; confirmed by an event',
  );
  expect(evidenceText('remove', ['not-shown', 'silence'])).toBe(
    'hidden by the forge; no owner decided in time',
  );
  expect(evidenceText('add', ['read'])).toBe('found on the code host');
  expect(evidenceText('add', ['owner', 'read'])).toBe('put back by an undo; the read shows it');
  expect(evidenceText('return', ['read'])).toBe('an event had withdrawn it, but the read shows it');
});

/** All texts of removals from before evidence was stored as data. */
it.each<[string, readonly Evidence[]]>([
  ['not in the whole read', ['list']],
  ['not shown by the forge; nobody said a word', ['not-shown', 'silence']],
  ['not in the whole read; an event says so too; not found by its id', ['list', 'event', 'look-up']],
  ['not in the whole read; the forge says so itself', ['list', 'own-read']],
  ['not in the whole read; the role reads no repositories any more', ['list', 'powerless-role']],
  ['not in the whole read; a person allowed it', ['list', 'owner']],
  ['not in the whole read; what it hangs on is gone', ['list', 'orphaned']],
])('is parsed from the text of an earlier version: %s', (text, evidence) => {
  expect(evidenceIn(text)).toEqual(evidence);
});
