import type { PlantedFault } from '../plant.ts';

const refused = ['test/integration/refused-commits.test.ts'];
const renumbering = ['test/integration/renumbering.test.ts'];
const deletions = ['test/integration/deletions.test.ts'];

/** Faults of refusals and deletions. */
export const removalFaults: readonly PlantedFault[] = [
  {
    id: 'removal-build-unchecked',
    proof: 'removal',
    file: 'shared/publish/build-dist.ts',
    find: '      notRefused(organization, commit),\n',
    replace: '      notRefused(organization, commit.slice(1)),\n',
    tests: refused,
    standsFor: 'an archive that is built because its commit was refused between the look and the lease',
  },
  {
    id: 'removal-cached-copies',
    proof: 'removal',
    file: 'shared/organizations/narrow-refused.ts',
    find: 'packageEdgeValue(next),',
    replace: 'packageEdgeValue(found),',
    tests: refused,
    standsFor: 'copies of a refused archive that caches go on serving',
  },
  {
    id: 'removal-upload-forgotten',
    proof: 'removal',
    file: 'shared/publish/build-dist.ts',
    find: '    mayBeStored = true;\n',
    replace: '    mayBeStored = lease.mayBeStored;\n',
    tests: ['test/integration/dists.test.ts', ...refused],
    standsFor:
      'an archive whose upload ended without an answer, and whose cached copies a refusal then misses',
  },
  {
    id: 'removal-left-to-scan',
    proof: 'removal',
    file: 'shared/publish/publish-package.ts',
    find: ' && !refused.has(commit));',
    replace: ');',
    tests: refused,
    standsFor: 'a refused version that stays in the metadata until its repository is scanned',
  },
  {
    id: 'removal-renumbering-builds-again',
    proof: 'removal',
    file: 'shared/organizations/deletion/copy-package.ts',
    find: 'if (await storedObjects.copy(String(from), String(to))) {',
    replace: 'if (from === to) {',
    tests: renumbering,
    standsFor: 'archives that are built again under a new number, with other bytes than lock files know',
  },
  {
    id: 'removal-renumbering-keeps-files',
    proof: 'removal',
    file: 'shared/organizations/deletion/renumber-package.ts',
    find: '...requestWork(before, clock.now(), { successor: undefined }),',
    replace: '...requestWork(before, clock.now()),',
    tests: renumbering,
    standsFor: 'a package deleted while it was copied, whose files stay and block its name',
  },
  {
    id: 'removal-before-edge',
    proof: 'removal',
    file: 'shared/organizations/deletion/remove-package.ts',
    find: 'if (await isAtEdge(table, organization.slug, found)) {',
    replace: 'if (Number.isNaN(now) && (await isAtEdge(table, organization.slug, found))) {',
    tests: deletions,
    standsFor: 'files and archives that are removed while the edge still leads there',
  },
  {
    id: 'removal-scan-not-waited-for',
    proof: 'removal',
    file: 'shared/organizations/deletion/remove-package.ts',
    find: "scanUntil <= deletedAt + leaseMsOf('scan-repository') ? scanUntil : 0,",
    replace: 'scanUntil <= deletedAt ? scanUntil : 0,',
    tests: deletions,
    standsFor: 'records that a scan writes of a package after these were removed',
  },
  {
    id: 'removal-time-up-is-empty',
    proof: 'removal',
    file: 'shared/organizations/deletion/portion.ts',
    find: 'return { removed: 0, isMore: true };',
    replace: 'return { removed: 0, isMore: false };',
    tests: deletions,
    standsFor: 'a removal that ends with records left, because its time was up before it looked for them',
  },
];
