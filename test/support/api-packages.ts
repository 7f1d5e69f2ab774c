/** Packages in the table of the API's tests, as scans and publishers leave them. */
import type { PackageSource } from '../../shared/domain/package.ts';
import { repositoryKey } from '../../shared/domain/repository-key.ts';
import { putSource } from '../../shared/scan/apply-scan.ts';
import { absent } from '../../shared/store/condition.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { putName, putNameClaim } from '../../shared/store/name-store.ts';
import type { StoredPackage, StoredVersion } from '../../shared/store/package-store.ts';
import { putReadme } from '../../shared/store/readme-store.ts';
import { putRequirement } from '../../shared/store/requirement-store.ts';
import type { Operation, Table } from '../../shared/store/table.ts';
import type { Example } from './api-example.ts';
import type { ApiWorld } from './api-world.ts';
import { commitOf } from './memory-contents.ts';
import { aFact, repository } from './memory-forge.ts';
import { organizationId, synchronizationId } from './synchronized.ts';

export const sourceOf = (id: number): PackageSource => ({
  synchronization: synchronizationId,
  repository: repository(id),
  directory: '',
});
export const repositoryIdOf = (id: number): string => repositoryKey(sourceOf(id));

/** A repository that every read since the first has seen. */
export const aRepository = (id: number): Operation =>
  putFact(synchronizationId, aFact.repository(id), 1, { changedAt: 0, gives: true });

/** The package of a repository, whose id is its number too. */
export function aPackage(id: number, name: string, differences: Partial<StoredPackage> = {}): Operation[] {
  const item = {
    number: id,
    name,
    ...sourceOf(id),
    state: 'available',
    versionCount: 1,
    imported: true,
    archived: false,
    ...differences,
  };
  return [
    { put: keys.package(organizationId, id), item },
    putName(organizationId, name, { number: id, source: sourceOf(id), isGiven: false }, absent),
    putSource(organizationId, name, sourceOf(id), id),
  ];
}

export function aVersion(
  number: number,
  version: string,
  differences: Partial<StoredVersion> = {},
): Operation {
  const normalized = `${version}.0`;
  const item: StoredVersion = {
    version,
    versionNormalized: normalized,
    isDev: false,
    refKind: 'tag',
    refName: version,
    commit: commitOf('a'),
    time: '2026-11-01T00:00:00+00:00',
    isDefaultBranch: false,
    manifest: JSON.stringify({ name: 'acme/one', require: { php: '^8.2', 'acme/two': '^1.0' } }),
    state: 'published',
    shasum: '',
    ...differences,
  };
  return { put: keys.version(organizationId, number, normalized), item: { ...item } };
}

/**
 * `acme/one` of repository 5, whose tag 1.0.0 moved, and which the outside collaborator may read; `acme/two` of repository 6, which he may
 * not; repository 7, which claims the name of the first.
 */
export async function addPackages(table: Table): Promise<void> {
  const collaborator = aFact.collaborator(5, 3);
  await table.transact([
    ...[5, 6, 7].map(aRepository),
    putFact(synchronizationId, collaborator, 1, { changedAt: 0, gives: true }),
    ...aPackage(5, 'acme/one'),
    ...aPackage(6, 'acme/two'),
    aVersion(5, '1.0.0', { movedTo: commitOf('b') }),
    putNameClaim(organizationId, 'acme/one', sourceOf(7)),
    ...[5, 6].map((number) =>
      putRequirement(organizationId, {
        required: 'acme/one',
        number,
        constraint: '^1.0',
        isForDevelopment: false,
      }),
    ),
    {
      put: keys.scan(synchronizationId, repository(5)),
      item: {
        wanted: 1,
        done: 1,
        lastScannedAt: 1,
        skipped: [
          { ref: 'tag nightly', reason: '"nightly" is not a version number.' },
          { ref: 'branch a,b', reason: 'No version can be named after "a,b".' },
        ],
        skippedCount: 2,
      },
    },
  ]);
}

export async function withPackages({ table }: ApiWorld): Promise<undefined> {
  await addPackages(table);
  return undefined;
}

const one = { params: { vendor: 'acme', name: 'one' }, prepare: withPackages };
const why = 'it has a password in it';
const commit = commitOf('a');

/** Requests for the operations on packages and repositories. */
export const packageExamples: Readonly<Record<string, Example>> = {
  listPackages: { query: 'name=acme&state=available&limit=10', prepare: withPackages },
  readPackage: one,
  readReadme: {
    ...one,
    prepare: async (world) => {
      await withPackages(world);
      await world.table.transact([
        putReadme(organizationId, 5, { file: 'README.md', text: '# One', commit }),
      ]);
    },
  },
  listVersions: one,
  listLeftOutRefs: { ...one, query: 'limit=1' },
  listDependents: one,
  listScans: { ...one, query: 'limit=5' },
  readDownloads: { ...one, query: 'days=7' },
  readNameClaims: one,
  givePackageName: { ...one, body: { repository: repositoryIdOf(7), why: 'the other is a copy' } },
  acceptMovedTag: {
    ...one,
    params: { ...one.params, version: '1.0.0.0' },
    body: { commit: commitOf('b'), why: 'we tagged the wrong commit' },
  },
  deletePackage: { ...one, body: { confirm: 'acme/one', why, keepArchives: true } },
  deleteVersions: { ...one, body: { confirm: 'acme/one', why, versions: ['1.0.0'] } },
  listRepositories: { query: 'package=none&reason=no-manifest', prepare: withPackages },
  readRepository: { params: { id: repositoryIdOf(5) }, prepare: withPackages },
  listLeftOutRefsOfRepository: {
    params: { id: repositoryIdOf(5) },
    query: 'limit=1',
    prepare: withPackages,
  },
  scanRepository: { params: { id: repositoryIdOf(5) }, prepare: withPackages },
  readPackageFolders: {
    params: { id: repositoryIdOf(5) },
    query: `patterns=${encodeURIComponent('packages/*\nlib/**/composer.json')}`,
    prepare: withPackages,
  },
  setPackageFolders: {
    params: { id: repositoryIdOf(5) },
    body: { patterns: ['packages/*/composer.json'] },
    prepare: withPackages,
  },
  addPackages: { body: { repositories: [repositoryIdOf(7)] }, namesObject: true, prepare: withPackages },
  listRefusedCommits: { query: 'limit=10' },
  refuseCommits: { body: { confirm: commit, why, commits: [commit] }, prepare: withPackages },
  allowCommit: {
    params: { commit },
    body: { why: 'the password was changed' },
    async prepare(world) {
      await withPackages(world);
      await world.ask('operator', {
        method: 'POST',
        path: '/organizations/acme/refused-commits',
        body: { confirm: commit, why, commits: [commit] },
      });
      return undefined;
    },
  },
};
