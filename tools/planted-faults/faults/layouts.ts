import type { PlantedFault } from '../plant.ts';

const tests = ['test/integration/permission-lists.test.ts'];
const accessTests = ['shared/domain/access.test.ts'];

/** Faults of what other forges have than GitHub: scopes of another layout, people from outside, rights with a cap or an end. */
export const layoutFaults: readonly PlantedFault[] = [
  {
    id: 'layouts-part-of-one-list',
    proof: 'layouts',
    file: 'shared/sync/run/apply-scopes.ts',
    find: 'if (listsOf(run.traits.scopes, one.scope).every((list) => whole.includes(list))) {',
    replace: 'if (whole.length > 0) {',
    tests,
    standsFor: 'a repository that counts as read although its list could not be',
  },
  {
    id: 'layouts-any-list-forgets-held',
    proof: 'layouts',
    file: 'shared/sync/run/note-held.ts',
    find: "if (![...known].every((key) => kinds.includes(key.split('#')[0] ?? ''))) {",
    replace: 'if (kinds.length === 0) {',
    tests,
    standsFor: 'removals that wait for a person, forgotten because of a list that says nothing of them',
  },
  {
    id: 'layouts-rows-without-repository',
    proof: 'layouts',
    file: 'shared/sync/plan/orphans.ts',
    find: '...(isApart ? [repositoryPart(fact.repository)] : [])',
    replace: '',
    tests,
    standsFor: 'an alarm for each large repository that is deleted',
  },
  {
    id: 'layouts-read-each-time',
    proof: 'layouts',
    file: 'shared/sync/schedule/reconcile.ts',
    find: '<= now - everyMs',
    replace: '<= now - Math.min(0, everyMs)',
    tests,
    standsFor: 'a list that costs an hour of the budget, read every ten minutes',
  },
  {
    id: 'access-outside-is-member',
    proof: 'access',
    file: 'shared/domain/access.ts',
    find: "listed?.role === 'outside' ? undefined : listed;",
    replace: 'listed;',
    tests: accessTests,
    standsFor: 'what is internal, for people from outside',
  },
  {
    id: 'access-levels-ignored',
    proof: 'access',
    file: 'shared/domain/access.ts',
    find: 'return teams.has(team) && isReader;',
    replace: 'return teams.has(team);',
    tests: accessTests,
    standsFor: 'a guest of a group who reads what only its developers may',
  },
  {
    id: 'access-ended-rows-count',
    proof: 'access',
    file: 'shared/domain/access.ts',
    find: 'withoutWithdrawn(unexpired(all, now))',
    replace: 'withoutWithdrawn(all)',
    tests: accessTests,
    standsFor: 'a right that goes on after its end',
  },
  {
    id: 'access-end-unseen',
    proof: 'access',
    file: 'shared/sync/schedule/reconcile.ts',
    find: 'await reviewExpiries(dependencies, known);',
    replace: '',
    tests: ['shared/sync/schedule/review-expiries.test.ts'],
    standsFor: 'a right that has ended, and goes on at the edge while the forge cannot be read',
  },
];
