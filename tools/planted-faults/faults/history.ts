import type { PlantedFault } from '../plant.ts';

/** Faults of the history: what a run changed and why, shown later, and put back. */
export const historyFaults: readonly PlantedFault[] = [
  {
    id: 'history-of-words-lost',
    proof: 'history',
    file: 'shared/store/run-store.ts',
    find: '  ...removed.map(({ fact, reason })',
    replace: '  ...removed.slice(1).map(({ fact, reason })',
    tests: ['shared/organizations/undo-run.test.ts'],
    standsFor: 'an update after which nobody can ask back what went before it',
  },
  {
    id: 'history-plan-of-words-is-mere-absence',
    proof: 'history',
    file: 'shared/sync/run/resume-plan.ts',
    find: "? evidenceIn(reason) : ['read']",
    replace: "? ['list'] : ['read']",
    tests: ['shared/sync/run/resume-plan.test.ts'],
    standsFor: 'what an event stated before an update, counted by the removal guard after it',
  },
  {
    id: 'history-names-of-then',
    proof: 'history',
    file: 'shared/organizations/display-names.ts',
    find: 'displayNames([...recorded, ...members, ...teams, ...repositories])',
    replace: 'displayNames([...members, ...teams, ...repositories, ...recorded])',
    tests: ['shared/organizations/change-text.test.ts'],
    standsFor: 'a history that calls a person by a login which somebody else has by now',
  },
];
