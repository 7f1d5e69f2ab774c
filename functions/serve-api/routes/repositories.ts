import { z } from 'zod';
import { optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import {
  ChosenRepositories,
  LeftOutRef,
  leftOutFields,
  NamePart,
  NoPackageReason,
  PackageChoice,
  PackageFolders,
  PackageFoldersChoice,
  Repository,
  RepositoryId,
} from '../../../shared/console-api/packages.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { repositoryKey } from '../../../shared/domain/repository-key.ts';
import { vcsSynchronization } from '../../../shared/domain/vcs-repository.ts';
import { choosePackagesAs } from '../../../shared/organizations/choose-packages.ts';
import { leftOutOf } from '../../../shared/organizations/list-left-out.ts';
import {
  describeRepository,
  type ListedRepository,
  listNamedRepositories,
  listRepositories,
  reasonsOf,
  repositoryOf,
} from '../../../shared/organizations/list-repositories.ts';
import {
  folderPatternsOf,
  packageFoldersOf,
  setPackageFolders,
} from '../../../shared/organizations/package-folders.ts';
import { scanNow } from '../../../shared/organizations/scan-now.ts';
import { monitoredAt } from '../frame/base-path.ts';
import { checkUnchanged, ifMatchHeader, taggedAs } from '../frame/etag.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'Repositories', access: 'owner' } as const;
const path = '/organizations/{slug}/repositories';
const params = z.object({ id: RepositoryId });
/** Whoever may add or manage needs to see what there is for it. */
const rights = ['add-packages', 'manage-packages'] as const;

function shown(repository: ListedRepository) {
  const { fact, packages, scan } = repository;
  const failure = scan?.lastFailure;
  return {
    id: repositoryKey(repository),
    name: fact.fullName,
    synchronization: repository.synchronization,
    visibility: fact.visibility,
    isFork: fact.fork,
    isArchived: fact.archived,
    packages: [...packages],
    reason: reasonsOf(repository)[0]?.reason,
    foldersWithManifests: scan?.proposed?.count ?? 0,
    leftOut: scan?.skippedCount ?? scan?.skipped.length ?? 0,
    waiting: (scan?.waiting ?? []).map(({ name, reason }) => ({ name, reason })),
    lastScannedAt: optionalTimeOf(scan?.lastScannedAt),
    isScanPending: scan !== undefined && scan.wanted !== scan.done,
    lastFailure: failure && { ...failure, at: timeOf(failure.at) },
  };
}

/** Where repositories at a URL are found, if there are any. */
const ofVcs = ({ id, hasVcsRepositories }: Organization) =>
  hasVcsRepositories === true ? [{ id: vcsSynchronization(id) }] : [];

const list = defineRoute(
  {
    ...common,
    name: 'listRepositories',
    method: 'get',
    path,
    orRight: { rights, on: 'list' },
    scope: 'read',
    orScopes: ['packages'],
    summary: 'The repositories that the synchronizations see, and those at a URL',
    description: 'With a delegated right: those that it counts on.',
    query: z.strictObject({
      package: z
        .enum(['none', 'some'])
        .optional()
        .meta({ description: 'Only those without, or with, a package.' }),
      reason: NoPackageReason.optional().meta({ description: 'Only those without a package for it.' }),
      name: NamePart.optional(),
      synchronization: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,100}$/, 'is no id')
        .optional(),
      ...pageQuery,
    }),
    answer: { status: 200, schema: pageOf(Repository), description: 'A page of repositories.' },
  },
  async (
    { table },
    { organization, synchronizations, onlyRepositories, query: { cursor, limit, synchronization, ...asked } },
  ) => {
    const paged = { route: 'listRepositories', filter: [organization.id, asked, synchronization] };
    const filter = {
      ...asked,
      synchronization: synchronization === undefined ? undefined : asId<SynchronizationId>(synchronization),
    };
    const page = { limit: limitOf({ limit }), after: placeOf(paged, cursor) };
    const { repositories, next } =
      onlyRepositories === undefined
        ? await listRepositories(
            table,
            organization,
            [...(await synchronizations()), ...ofVcs(organization)],
            filter,
            page,
          )
        : await listNamedRepositories(table, organization, onlyRepositories, filter, page);
    return { body: { items: repositories.map(shown), next: cursorFor(paged, next) } };
  },
);

const read = defineRoute(
  {
    ...common,
    name: 'readRepository',
    method: 'get',
    path: `${path}/{id}`,
    orRight: { rights, on: 'repository' },
    scope: 'read',
    orScopes: ['packages'],
    summary: 'One repository, and how far its scan is',
    params,
    answer: { status: 200, schema: Repository, description: 'The repository.' },
  },
  async ({ table }, { organization, params: { id } }) => ({
    body: shown(await describeRepository(table, organization, id)),
  }),
);

const leftOut = defineRoute(
  {
    ...common,
    name: 'listLeftOutRefsOfRepository',
    method: 'get',
    path: `${path}/{id}/left-out`,
    scope: 'read',
    summary: 'Tags and branches of a repository that give no version, and why',
    description: '409 before its first scan.',
    problems: [409],
    params,
    query: z.strictObject(pageQuery),
    answer: {
      status: 200,
      schema: pageOf(LeftOutRef).extend(leftOutFields),
      description: 'A page of refs, those that can be put right first.',
    },
  },
  async ({ table }, { organization, params: { id }, query }) => {
    const { synchronization, fact } = await repositoryOf(table, organization, id);
    const found = await leftOutOf(table, { synchronization, repository: fact.repository });
    if (found === undefined) {
      throw new CallerError('too-early', `${fact.fullName} has not been scanned to its end yet`);
    }
    const paged = { route: 'listLeftOutRefsOfRepository', filter: [organization.id, id] };
    const from = Number(placeOf(paged, query.cursor) ?? 0);
    const to = from + limitOf(query);
    return {
      body: {
        ...{ repository: fact.fullName, scannedAt: timeOf(found.scannedAt), count: found.count },
        items: found.lines.slice(from, to),
        next: cursorFor(paged, to < found.lines.length ? String(to) : undefined),
      },
    };
  },
);

const scan = defineRoute(
  {
    ...common,
    name: 'scanRepository',
    method: 'post',
    path: `${path}/{id}/scan`,
    orRight: { rights: ['manage-packages'], on: 'repository' },
    scope: 'packages',
    isDangerous: false,
    idempotency: 'natural',
    summary: 'Scan a repository now',
    description: '`isScanPending` of the repository says when it is done.',
    params,
    act: 'scan-repository',
    answer: { status: 202, schema: z.object({ id: z.string() }), description: 'The scan is asked for.' },
  },
  async (dependencies, { organization, params: { id }, accountable }) => {
    const scanned = await scanNow(dependencies, organization, id, await accountable());
    return {
      body: { id: repositoryKey(scanned) },
      headers: monitoredAt(`/organizations/${organization.slug}/repositories/${id}`),
    };
  },
);

const choose = defineRoute(
  {
    ...common,
    name: 'addPackages',
    method: 'post',
    path: '/organizations/{slug}/packages',
    orRight: { rights: ['add-packages'], on: 'repositories' },
    scope: 'packages',
    isDangerous: false,
    idempotency: 'natural',
    summary: 'Make packages of repositories',
    description:
      'Each is scanned, and becomes a package when its composer.json has a name that is free and of an owned vendor; otherwise it says what it waits for.',
    body: PackageChoice,
    act: 'choose-packages',
    answer: { status: 202, schema: ChosenRepositories, description: 'Their scans are asked for.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    const { repositories, forks = false } = body;
    const choice = { repositories, forks };
    const chosen = await choosePackagesAs(dependencies, organization, choice, await accountable());
    return {
      body: { chosen: chosen.length, repositories: chosen.slice(0, 10_000) },
      headers: monitoredAt(`/organizations/${organization.slug}/repositories`),
    };
  },
);

const folders = defineRoute(
  {
    ...common,
    name: 'readPackageFolders',
    method: 'get',
    path: `${path}/{id}/folders`,
    scope: 'read',
    summary: 'Which folders of a repository have packages',
    description:
      'With `patterns`: which folders these patterns would make packages of, as the default branch was when it was last looked through.',
    params,
    query: z.strictObject({
      patterns: z.string().max(5000).optional().meta({ description: 'Patterns to try, one in each line.' }),
    }),
    hasETag: true,
    answer: { status: 200, schema: PackageFolders, description: 'What is set, and what it finds.' },
  },
  async ({ table }, { organization, params: { id }, query: { patterns } }) => {
    const asked = patterns?.split('\n');
    const { lookedAt, found, ...set } = await packageFoldersOf(table, organization, id, asked);
    return {
      headers: taggedAs(set.patterns),
      body: {
        ...{ ...set, patterns: [...set.patterns], proposed: [...set.proposed] },
        lookedAt: optionalTimeOf(lookedAt),
        found: {
          patterns: [...found.patterns],
          folders: found.folders.slice(0, 1000),
          count: found.folders.length,
        },
      },
    };
  },
);

const setFolders = defineRoute(
  {
    ...common,
    name: 'setPackageFolders',
    method: 'put',
    path: `${path}/{id}/folders`,
    scope: 'packages',
    isDangerous: false,
    idempotency: 'natural',
    summary: 'Set which folders of a repository have packages',
    description:
      'Each folder with a composer.json that a pattern fits becomes a package of its own, with the rights of the repository, under the same rules of names. Packages of folders that fit no more keep the versions of their tags.',
    params,
    ifMatch: 'optional',
    body: PackageFoldersChoice,
    act: 'set-package-folders',
    answer: { status: 202, schema: z.object({ id: z.string() }), description: 'A scan is asked for.' },
  },
  async (dependencies, { organization, params: { id }, headers, body: { patterns }, accountable }) => {
    const before = await folderPatternsOf(dependencies.table, organization, id);
    checkUnchanged(headers, before);
    const choice = { id, patterns, ...(headers.has(ifMatchHeader) && { from: before }) };
    const set = await setPackageFolders(dependencies, organization, choice, await accountable());
    return {
      body: { id: repositoryKey(set) },
      headers: {
        ...monitoredAt(`/organizations/${organization.slug}/repositories/${id}`),
        ...taggedAs(set.patterns),
      },
    };
  },
);

export const repositoryRoutes: readonly Route[] = [list, read, leftOut, scan, choose, folders, setFolders];
