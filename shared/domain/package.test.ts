import { describe, expect, it } from 'vitest';
import { decidePackage } from './package.ts';

/** A repository from before the synchronization, not a fork and without an owner's choice, in an organization that owns `acme`. */
const found = {
  name: 'acme/billing',
  repository: { fork: false },
  isNew: false,
  takesNew: true,
  chosen: undefined,
  choiceOfSynchronization: 'some',
  ownedVendors: ['acme'],
} as const;

describe('decidePackage', () => {
  it.each([
    ['an existing repository that nobody chose waits', {}, 'not-chosen'],
    ['an existing one is accepted when all are chosen', { choiceOfSynchronization: 'all' }, undefined],
    ['an existing one is accepted when it was chosen', { chosen: true }, undefined],
    [
      'an existing one that was refused is not accepted, even if all are chosen',
      { choiceOfSynchronization: 'all', chosen: false },
      'not-chosen',
    ],
    ['a new one is accepted automatically', { isNew: true }, undefined],
    ['a new one that was refused is not accepted', { isNew: true, chosen: false }, 'not-chosen'],
    ['a new one waits where new ones are added by hand', { isNew: true, takesNew: false }, 'not-chosen'],
    [
      'a new one waits there although all that were there were chosen',
      { isNew: true, takesNew: false, choiceOfSynchronization: 'all' },
      'not-chosen',
    ],
    ['a new fork waits', { isNew: true, repository: { fork: true } }, 'fork'],
    [
      'a fork waits when all are chosen',
      { choiceOfSynchronization: 'all', repository: { fork: true } },
      'fork',
    ],
    [
      'a fork is accepted when an owner chose that very repository',
      { chosen: true, repository: { fork: true } },
      undefined,
    ],
    [
      'a chosen fork of a foreign vendor waits',
      { chosen: true, repository: { fork: true }, name: 'symfony/console' },
      'vendor-not-owned',
    ],
    ['a new one of a foreign vendor waits', { isNew: true, name: 'symfony/console' }, 'vendor-not-owned'],
    [
      'a vendor that only starts like an owned one is foreign',
      { isNew: true, name: 'acme-tools/x' },
      'vendor-not-owned',
    ],
    ['without owned vendors nothing is accepted', { isNew: true, ownedVendors: [] }, 'vendor-not-owned'],
    ['a name with capitals is invalid', { chosen: true, name: 'Acme/billing' }, 'invalid-name'],
    ['a name without a vendor is invalid', { chosen: true, name: 'billing' }, 'invalid-name'],
    ['a name with a path is invalid', { chosen: true, name: 'acme/../x' }, 'invalid-name'],
  ] as const)('%s', (_, difference, reason) => {
    expect(decidePackage({ ...found, ...difference })).toEqual(
      reason === undefined ? { accept: true } : { accept: false, reason },
    );
  });
});
