import { z } from 'zod';
import { optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import {
  Dependent,
  Downloads,
  LeftOutRef,
  NameClaims,
  NamePart,
  Package,
  PackageState,
  PackageSummary,
  packageParams,
  Readme,
  ScanLogEntry,
  Version,
} from '../../../shared/console-api/packages.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import type { PackageSource } from '../../../shared/domain/package.ts';
import { repositoryKey } from '../../../shared/domain/repository-key.ts';
import { treeAddress } from '../../../shared/domain/repository-links.ts';
import {
  claimsOn,
  type DescribedVersion,
  dependentsOf,
  describePackage,
  type PackageDescription,
  packageVersions,
} from '../../../shared/organizations/describe-package.ts';
import { leftOutOf } from '../../../shared/organizations/list-left-out.ts';
import { listPackages, packageOrders } from '../../../shared/organizations/list-packages.ts';
import {
  namesVisibleTo,
  type Viewer,
  type Visibility,
  visiblePackage,
  visibleTo,
} from '../../../shared/organizations/readable-packages.ts';
import { requiredPackages } from '../../../shared/organizations/required-packages.ts';
import { downloadsByDay, downloadsByVersion } from '../../../shared/store/download-store.ts';
import type { StoredPackage } from '../../../shared/store/package-store.ts';
import { findReadme } from '../../../shared/store/readme-store.ts';
import { scanLogPage } from '../../../shared/store/scan-log.ts';
import type { Caller } from '../frame/access.ts';
import { daysQuery, daysUsual } from '../frame/days.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route, type RouteRequest } from '../frame/route.ts';

const common = { method: 'get', tag: 'Packages', access: 'reader', scope: 'read' } as const;
const path = '/organizations/{slug}/packages';
const onePath = `${path}/{vendor}/{name}` as const;
const params = z.object(packageParams);

interface Asked {
  readonly caller: Caller;
  readonly role: Viewer['role'];
}

export const viewerOf = ({ caller, role }: Asked): Viewer => ({
  user: caller.kind === 'user' ? caller.user : undefined,
  role,
});

const nameOf = ({ vendor, name }: z.output<typeof params>): string => `${vendor}/${name}`;

/** The package in the path, if whoever asks may install it. */
const packageOf = (
  dependencies: ApiDependencies,
  request: Asked & Pick<RouteRequest<typeof readDefinition>, 'organization' | 'params'>,
  visibility?: Visibility,
): Promise<StoredPackage> =>
  visiblePackage(dependencies, request.organization, nameOf(request.params), viewerOf(request), visibility);

const shownRepository = (source: Pick<PackageSource, 'synchronization' | 'repository'>, name: string) => ({
  id: repositoryKey(source),
  name,
});

const summaryOf = (found: StoredPackage, repositoryName: string) => ({
  name: found.name,
  folder: found.directory === '' ? undefined : found.directory,
  state: PackageState.parse(found.state),
  synchronization: found.synchronization,
  repository: shownRepository(found, repositoryName),
  versions: found.versionCount,
  isArchived: found.archived,
  replacement: found.replacement,
});

const listDefinition = {
  ...common,
  name: 'listPackages',
  path,
  summary: 'The packages that you may install',
  description:
    'Owners see all. Others see what their tokens read, or would; a page of theirs has 50 packages at the most.',
  query: z.strictObject({
    name: NamePart.optional(),
    state: PackageState.optional(),
    synchronization: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,100}$/, 'is no id')
      .optional(),
    sort: z.enum(packageOrders).optional().meta({
      description:
        '`changed`: those whose files changed last first; `downloads`: those that were installed most first. By name if left out.',
    }),
    ...pageQuery,
  }),
  answer: { status: 200, schema: pageOf(PackageSummary), description: 'A page of packages.' },
} as const;

const list = defineRoute(listDefinition, async (dependencies, request) => {
  const { organization, query } = request;
  const { cursor, limit, synchronization, sort, ...filter } = query;
  const paged = { route: listDefinition.name, filter: [organization.id, filter, synchronization, sort] };
  const { packages, next } = await listPackages(
    dependencies.table,
    organization,
    {
      ...filter,
      synchronization: synchronization === undefined ? undefined : asId<SynchronizationId>(synchronization),
    },
    { limit: limitOf({ limit }), after: placeOf(paged, cursor), order: sort },
    namesVisibleTo(dependencies, organization, viewerOf(request)),
  );
  return {
    body: {
      items: packages.map(({ found, repositoryName, changedAt, downloads }) => ({
        ...summaryOf(found, repositoryName),
        downloads,
        changedAt: changedAt === 0 ? undefined : timeOf(changedAt),
      })),
      next: cursorFor(paged, next),
    },
  };
});

function shownPackage({ found, repository, scan }: PackageDescription) {
  const { links, outsideCode, passedFrom } = found;
  const failure = scan?.lastFailure;
  const branch = repository?.defaultBranch;
  return {
    ...summaryOf(found, repository?.fullName ?? found.repository),
    defaultBranch: branch,
    links: links && {
      source: links.source.url,
      page: branch && treeAddress(links, { ref: branch, commit: branch }),
      issues: links.issues,
    },
    unreadableSince: optionalTimeOf(found.unreadableAt),
    passedFrom: passedFrom && { at: timeOf(passedFrom.at), reason: passedFrom.reason },
    outsideCode: outsideCode && { ...outsideCode, hosts: [...outsideCode.hosts] },
    scan: {
      lastScannedAt: optionalTimeOf(scan?.lastScannedAt),
      isPending: scan !== undefined && scan.wanted !== scan.done,
      isUnfinished: scan?.unfinished ?? false,
      lastFailure: failure && { ...failure, at: timeOf(failure.at) },
      notices: scan?.notices ?? [],
      leftOut: scan?.skippedCount ?? scan?.skipped.length ?? 0,
    },
  };
}

const readDefinition = {
  ...common,
  name: 'readPackage',
  path: onePath,
  summary: 'One package',
  params,
  answer: { status: 200, schema: Package, description: 'The package and the last scan of its repository.' },
} as const;

const read = defineRoute(readDefinition, async (dependencies, request) => ({
  body: shownPackage(await describePackage(dependencies.table, await packageOf(dependencies, request))),
}));

const shownVersion = (
  { links }: StoredPackage,
  { version, requires, requiresForDevelopment, linksLeftOut }: DescribedVersion,
  here: ReadonlySet<string>,
) => ({
  version: version.version,
  normalized: version.versionNormalized,
  state: version.state,
  reason: version.reason,
  ref: { kind: version.refKind, name: version.refName },
  commit: version.commit,
  page: links && treeAddress(links, { ref: version.linkedRef ?? version.refName, commit: version.commit }),
  time: version.time,
  isDefaultBranch: version.isDefaultBranch,
  movedTo: version.movedTo,
  isMoveAccepted: version.movedTo !== undefined && version.acceptedMove === version.movedTo,
  linksLeftOut: [...linksLeftOut],
  requires: requires.map((one) => ({ ...one, isHere: here.has(one.name.toLowerCase()) })),
  requiresForDevelopment: requiresForDevelopment.map((one) => ({
    ...one,
    isHere: here.has(one.name.toLowerCase()),
  })),
});

const listVersions = defineRoute(
  {
    ...common,
    name: 'listVersions',
    orScopes: ['danger'],
    path: `${onePath}/versions`,
    summary: 'Versions of a package',
    description:
      'Branches first, then tags from the end of their normalized texts. Owners see all, others those that are published.',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Version), description: 'A page of versions.' },
  },
  async (dependencies, request) => {
    const { organization, query, role } = request;
    const visibility = await visibleTo(dependencies, organization, viewerOf(request));
    const found = await packageOf(dependencies, request, visibility);
    const paged = { route: 'listVersions', filter: [organization.id, found.number] };
    const page = { limit: limitOf(query), after: placeOf(paged, query.cursor) };
    const { versions, next } = await packageVersions(
      dependencies.table,
      organization,
      found,
      page,
      role === 'owner',
    );
    const here = await requiredPackages(dependencies.table, organization, versions, visibility);
    const items = versions.map((version) => shownVersion(found, version, here));
    return { body: { items, next: cursorFor(paged, next) } };
  },
);

const listLeftOut = defineRoute(
  {
    ...common,
    name: 'listLeftOutRefs',
    path: `${onePath}/left-out`,
    summary: 'Tags and branches that give no version, and why',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(LeftOutRef), description: 'A page of refs.' },
  },
  async (dependencies, request) => {
    const { organization, query } = request;
    const found = await packageOf(dependencies, request);
    const paged = { route: 'listLeftOutRefs', filter: [organization.id, found.number] };
    const from = Number(placeOf(paged, query.cursor) ?? 0);
    const to = from + limitOf(query);
    const { lines = [] } = (await leftOutOf(dependencies.table, found)) ?? {};
    const next = to < lines.length ? String(to) : undefined;
    return { body: { items: lines.slice(from, to), next: cursorFor(paged, next) } };
  },
);

const readReadme = defineRoute(
  {
    ...common,
    name: 'readReadme',
    path: `${onePath}/readme`,
    summary: 'The readme of a package, as it was on the default branch at the last scan',
    description: 'README.md, readme.md or README of at most 256 KB; without one there is nothing here.',
    params,
    answer: { status: 200, schema: Readme, description: 'The source of the readme.' },
  },
  async (dependencies, request) => {
    const { number } = await packageOf(dependencies, request);
    const found = await findReadme(dependencies.table, request.organization.id, number);
    if (found === undefined) {
      throw new CallerError('not-found', 'the package has no readme');
    }
    const mediaType = found.file.endsWith('.md') ? ('text/markdown' as const) : ('text/plain' as const);
    return { body: { ...found, mediaType } };
  },
);

const readDownloads = defineRoute(
  {
    ...common,
    name: 'readDownloads',
    path: `${onePath}/downloads`,
    summary: 'How often a package was installed',
    params,
    query: daysQuery,
    answer: { status: 200, schema: Downloads, description: 'By day, and by version.' },
  },
  async (dependencies, request) => {
    const { table, clock } = dependencies;
    const { number } = await packageOf(dependencies, request);
    const { id } = request.organization;
    const [days, versions] = await Promise.all([
      downloadsByDay(table, id, number, request.query.days ?? daysUsual, clock.now()),
      downloadsByVersion(table, id, number),
    ]);
    return { body: { days: [...days], versions: [...versions] } };
  },
);

const listDependents = defineRoute(
  {
    ...common,
    name: 'listDependents',
    path: `${onePath}/dependents`,
    summary: 'Packages here that require it, and that you may install',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Dependent), description: 'A page of packages.' },
  },
  async (dependencies, request) => {
    const { organization, query } = request;
    const visibility = await visibleTo(dependencies, organization, viewerOf(request));
    const { name, number } = await packageOf(dependencies, request, visibility);
    const paged = { route: 'listDependents', filter: [organization.id, number] };
    const after = placeOf(paged, query.cursor);
    const { dependents, next } = await dependentsOf(
      dependencies.table,
      organization,
      name,
      { limit: limitOf(query), after: after === undefined ? undefined : Number(after) },
      visibility,
    );
    return { body: { items: [...dependents], next: cursorFor(paged, next?.toString()) } };
  },
);

const listScans = defineRoute(
  {
    ...common,
    name: 'listScans',
    path: `${onePath}/scans`,
    summary: 'What scans of its repository changed, and why',
    description: 'Of the last 90 days, the latest first. Scans that changed nothing are left out.',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ScanLogEntry), description: 'A page of scans.' },
  },
  async (dependencies, request) => {
    const { organization, query } = request;
    const found = await packageOf(dependencies, request);
    const paged = { route: 'listScans', filter: [organization.id, found.number] };
    const limit = limitOf(query);
    const entries = await scanLogPage(dependencies.table, found, {
      limit,
      after: placeOf(paged, query.cursor),
    });
    const next = entries.length === limit ? entries.at(-1)?.place : undefined;
    const items = entries.map(({ at, cause, changes, changeCount, failure }) => ({
      at: timeOf(at),
      cause,
      changes,
      changeCount,
      failure,
    }));
    return { body: { items, next: cursorFor(paged, next) } };
  },
);

const readClaims = defineRoute(
  {
    ...common,
    access: 'owner',
    name: 'readNameClaims',
    path: `${onePath}/claims`,
    summary: 'Which repository has the name, and which others claim it',
    params,
    answer: { status: 200, schema: NameClaims, description: 'The holder and the claimants.' },
  },
  async ({ table, clock }, { organization, params: named }) => {
    const { holder, isContested, claimants } = await claimsOn(
      table,
      organization,
      nameOf(named),
      clock.now(),
    );
    if (holder === undefined && claimants.length === 0) {
      throw new CallerError('not-found', 'no repository here has or claims that name');
    }
    return {
      body: {
        holder: holder && { repository: shownRepository(holder.source, holder.name), why: holder.why },
        isContested,
        claimants: claimants.map(({ source, name }) => shownRepository(source, name)),
      },
    };
  },
);

export const packageRoutes: readonly Route[] = [
  list,
  read,
  listVersions,
  listLeftOut,
  readReadme,
  readDownloads,
  listDependents,
  listScans,
  readClaims,
];
