import type { PlantedFault } from '../plant.ts';

const lookUp = 'shared/publish/look-up-commit.ts';
const gitHub = 'shared/forge/github/containment.ts';
const pinnedTests = ['test/integration/pinned-commits.test.ts', 'test/integration/commit-look-ups.test.ts'];
const checksumTests = ['test/integration/checksums.test.ts'];
const gitHubTests = ['shared/forge/github/containment.test.ts'];

/** Faults of what Composer gets for a pinned commit, and of checksums. */
export const pinnedFaults: readonly PlantedFault[] = [
  {
    id: 'pinned-gets-the-tip',
    proof: 'pinned',
    file: 'shared/publish/published-versions.ts',
    find: "distUrl(version.refKind === 'branch' ? '%reference%' : version.commit)",
    replace: 'distUrl(version.commit)',
    tests: checksumTests,
    standsFor: "a branch's address with its tip in it, which Composer does not rewrite for this host",
  },
  {
    id: 'pinned-existence-is-proof',
    proof: 'pinned',
    file: gitHub,
    find: "return defaultBranchRef !== null && contains(defaultBranchRef, commit)\n    ? 'contains'",
    replace: "return defaultBranchRef !== null\n    ? 'contains'",
    tests: gitHubTests,
    standsFor: 'a commit of a fork, which the forge serves under the name of its parent',
  },
  {
    id: 'pinned-ahead-is-contained',
    proof: 'pinned',
    file: gitHub,
    find: "compare.status === 'BEHIND' ||",
    replace: "compare.status === 'AHEAD' ||",
    tests: gitHubTests,
    standsFor: 'base and head of a comparison taken for each other',
  },
  {
    id: 'pinned-failure-is-no',
    proof: 'pinned',
    file: gitHub,
    find: "(type === 'NOT_FOUND' || /no common ancestor/i.test(message))",
    replace: 'message.length + String(type).length > 0',
    tests: gitHubTests,
    standsFor: 'an outage taken for a commit that is nowhere',
  },
  {
    id: 'pinned-look-ups-uncounted',
    proof: 'pinned',
    file: 'shared/store/lookup-store.ts',
    find: "when: missingOrLess('count', perHour),",
    replace: "when: missingOrLess('count', perHour * 1000),",
    tests: pinnedTests,
    standsFor: 'somebody with a token who uses the budget up with invented hashes',
  },
  {
    id: 'pinned-retries-ask-again',
    proof: 'pinned',
    file: lookUp,
    find: 'return known.notBefore > now',
    replace: 'return known.notBefore > now + 3600_000',
    tests: pinnedTests,
    standsFor: "Composer's 16 tries within five seconds, each asking a forge that fails",
  },
  {
    id: 'pinned-retries-queue-again',
    proof: 'pinned',
    file: lookUp,
    find: 'begun.queuedUntil > now;',
    replace: 'begun.queuedUntil > now + 3600_000;',
    tests: pinnedTests,
    standsFor: "Composer's 16 tries, each of which leaves a message that goes round in the queue",
  },
  {
    id: 'pinned-scan-unheard',
    proof: 'pinned',
    file: lookUp,
    find: '(scannedAt ?? 0) > notContainedAt',
    replace: '(scannedAt ?? 0) > notContainedAt + notContainedMs',
    tests: pinnedTests,
    standsFor: 'a commit that was pushed after somebody asked for it too early',
  },
  {
    id: 'pinned-abbreviation-forgotten',
    proof: 'pinned',
    file: lookUp,
    find: 'if (known?.commit !== undefined) {',
    replace: "if (known?.commit === 'none') {",
    tests: pinnedTests,
    standsFor: 'a lock file with an abbreviated hash that a later commit makes ambiguous',
  },
  {
    id: 'checksum-of-the-commit',
    proof: 'pinned',
    file: 'shared/store/package-store.ts',
    find: 'const shasum = version.shasum ?? dist?.commitShasum;',
    replace: 'const shasum = version.shasum || dist?.shasum;',
    tests: checksumTests,
    standsFor: 'an imported version that gets a checksum with its first download',
  },
  {
    id: 'checksum-of-old-versions-lost',
    proof: 'pinned',
    file: 'shared/store/package-store.ts',
    find: 'const shasum = version.shasum ?? dist?.commitShasum;',
    replace: 'const shasum = version.shasum;',
    tests: checksumTests,
    standsFor: 'lock files of an installation from before, which all change',
  },
];
