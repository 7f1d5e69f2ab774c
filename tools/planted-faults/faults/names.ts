import type { PlantedFault } from '../plant.ts';

const rule = 'shared/domain/name-holder.ts';
const ruleTests = ['shared/domain/name-holder.test.ts'];
const claiming = 'shared/scan/claim-name.ts';
const publishing = 'shared/publish/publish-package.ts';
const useCases = ['test/integration/package-names.test.ts', 'test/integration/give-name.test.ts'];

/** Faults of who has a package's name. */
export const namesFaults: readonly PlantedFault[] = [
  {
    id: 'names-forks-first',
    proof: 'names',
    file: rule,
    find: 'Number(one.fork) - Number(other.fork) ||',
    replace: '',
    tests: ruleTests,
    standsFor: 'a fork that has the name of what it was forked from, because it is older here',
  },
  {
    id: 'names-contest-forgotten',
    proof: 'names',
    file: rule,
    find: 'isSole && !wasContested',
    replace: 'isSole',
    tests: [...ruleTests, ...useCases],
    standsFor: 'a name that was left to an owner, and goes to whoever of the claimants is left',
  },
  {
    id: 'names-given-is-replaced',
    proof: 'names',
    file: rule,
    find: '!holder.isGiven &&',
    replace: '',
    tests: [...ruleTests, ...useCases],
    standsFor: 'an owner’s word that an older repository overrules while an import goes on',
  },
  {
    id: 'names-pass-from-unreadable',
    proof: 'names',
    file: 'shared/scan/name-state.ts',
    find: "return absent('unreadable');",
    replace: "return absent('deleted-on-forge');",
    tests: useCases,
    standsFor: 'a name that passes because its repository was taken out of the selection',
  },
  {
    id: 'names-any-absence-is-deletion',
    proof: 'names',
    file: 'shared/sync/run/confirm-deletions.ts',
    find: "(absence === 'gone' || hasConfirmation)",
    replace: "['gone', 'not-found'].includes(absence)",
    tests: ['test/integration/confirmed-deletions.test.ts'],
    standsFor: 'a repository out of a narrowed selection that counts as deleted',
  },
  {
    id: 'names-restored-stays-deleted',
    proof: 'names',
    file: 'shared/sync/run/confirm-deletions.ts',
    find: ' && !isRestored',
    replace: '',
    tests: ['test/integration/confirmed-deletions.test.ts'],
    standsFor: 'a repository deleted, restored and deselected within an hour, whose name passes by itself',
  },
  {
    id: 'names-claim-not-stored-first',
    proof: 'names',
    file: claiming,
    find: 'await storeClaim(dependencies, lease, organization.id, name, source);',
    replace: '',
    tests: useCases,
    standsFor: 'a claimant that nobody messages when its name is free',
  },
  {
    id: 'names-published-while-others-are-served',
    proof: 'names',
    file: publishing,
    find: "found.state === 'accepted' && found.passedFrom !== undefined",
    replace: 'false',
    tests: useCases,
    standsFor: 'a number that follows another under one address before that one’s files are gone',
  },
];
