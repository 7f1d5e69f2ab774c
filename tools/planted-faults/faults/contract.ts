import type { PlantedFault } from '../plant.ts';

const gitHub = 'shared/forge/github';
const contract = ['test/contracts/github-contract.test.ts'];

/** Faults of an adapter that the contract of all forges notices. */
export const contractFaults: readonly PlantedFault[] = [
  {
    id: 'contract-total-unchecked',
    proof: 'contract',
    file: `${gitHub}/pages.ts`,
    find: 'const addsUp = state.totals.every((total) => total === state.items.length);',
    replace: 'const addsUp = state.totals.length > 0;',
    tests: contract,
    only: 'as long as a page is short',
    standsFor: 'a list that is believed although its total says that something is missing',
  },
  {
    id: 'contract-absent-is-present',
    proof: 'contract',
    file: `${gitHub}/parts.ts`,
    find: "answers.set(part, { is: 'absent', absence: notFound(account) });",
    replace: "answers.set(part, { is: 'present' });",
    tests: contract,
    only: 'what is gone',
    standsFor: 'a look-up that finds what is deleted',
  },
  {
    id: 'contract-any-signature',
    proof: 'contract',
    file: `${gitHub}/webhook.ts`,
    find: 'return verify(secret, text, signature);',
    replace: "return verify(secret, text, signature).then(() => signature.startsWith('sha256='));",
    tests: contract,
    only: 'a delivery is taken',
    standsFor: 'deliveries that anybody can make',
  },
  {
    id: 'contract-limit-forgotten',
    proof: 'contract',
    file: `${gitHub}/limits.ts`,
    find: 'if (known.notBefore > now) {',
    replace: 'if (known.notBefore > now + 3_600_000) {',
    tests: contract,
    only: 'one limit silences',
    standsFor: 'an adapter that asks on during a limit which another process has met',
  },
  {
    id: 'contract-removal-not-told',
    proof: 'contract',
    file: `${gitHub}/webhook-table.ts`,
    find: 'removed_from_repository: { read: aTeam, removed: teamRepositoryGone },',
    replace: 'removed_from_repository: { read: aTeam },',
    tests: contract,
    only: 'when a team-repository comes and when it goes',
    standsFor: 'an event that only causes a read, although it says which right is gone',
  },
];
