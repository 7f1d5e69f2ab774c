/** Describes an organization to its owner: counts, pending work, and failures. */

import { edgeKeys } from '../domain/edge-keys.ts';
import type { ForgeRepositoryId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { vendorOf } from '../domain/package.ts';
import { auditLog } from '../store/audit-log.ts';
import { listInstallations } from '../store/installation-store.ts';
import { type Key, keys, ranges } from '../store/keys.ts';
import { findOrganization, findPublishingSettings } from '../store/organization-store.ts';
import { isLiving, packagesOf } from '../store/package-store.ts';
import { findClaim, listSynchronizations, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Item, Table } from '../store/table.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { describeDeletions } from './describe-deletions.ts';
import { passedNameNotices, withHolders } from './describe-names.ts';
import { describeSynchronization, timeText } from './describe-synchronization.ts';
import { holderNames } from './holder-names.ts';

type StoredPackage = Awaited<ReturnType<typeof packagesOf>>[number];
type StoredToken = Awaited<ReturnType<typeof tokensOfOrganization>>[number];

/** Lists all organizations, and the installations of forge organizations that are not connected. */
export async function describeInstallation(table: Table) {
  const ids = new Set((await listSynchronizations(table)).map((listed) => listed.organization));
  const organizations = [];
  for (const id of ids) {
    const organization = await findOrganization(table, id);
    if (organization !== undefined) {
      organizations.push({ slug: organization.slug, name: organization.name });
    }
  }
  const unclaimedInstallations = [];
  for (const {
    installation,
    forge,
    baseUrl,
    login,
    status,
    state,
    forgeOrganization,
  } of await listInstallations(table)) {
    const isFree = state === 'unclaimed' && status !== 'removed';
    // Skip connected forge organizations, whatever their login was when the app was installed.
    const claim = baseUrl && (await findClaim(table, { forge, baseUrl, forgeOrganization }));
    if (isFree && !claim) {
      unclaimedInstallations.push({ installation, forge, baseUrl, login, status });
    }
  }
  return { organizations, unclaimedInstallations };
}

/** How many entries of the audit log are shown. */
const auditShown = 20;

type DescribedSynchronization = Awaited<ReturnType<typeof describeSynchronization>>;

/** @param now milliseconds since the epoch */
export async function describeOrganization(table: Table, organization: Organization, now: number) {
  const synchronizations = await synchronizationsOf(table, organization.id);
  const parts = await Promise.all(
    synchronizations.map((synchronization) => describeSynchronization(table, synchronization, now)),
  );
  // Numbers that a package is being copied to, or had before, are internal.
  const packages = (await packagesOf(table, organization.id)).filter(
    ({ state, successor }) => state !== 'copying' && !(state === 'deleted' && successor !== undefined),
  );
  const waiting = await withHolders(
    table,
    organization,
    parts.flatMap((part) => part.waiting),
    now,
  );
  const tokens = await tokensOfOrganization(table, organization.id);
  const holders = await holderNames(
    table,
    organization,
    tokens.map(({ principal }) => principal),
  );
  const names = new Map(parts.flatMap((part) => [...part.names]));
  const proposedVendors = waiting
    .filter(({ reason }) => reason === 'vendor-not-owned')
    .map(({ name }) => vendorOf(name));
  return {
    slug: organization.slug,
    name: organization.name,
    ownedVendors: organization.ownedVendors,
    accessStoppedSince: timeText(organization.accessStoppedAt),
    counts: countsOf(parts, packages),
    pending: await pendingOf(table, organization, parts),
    synchronizations: parts.map(({ state, storesArchives }) => ({
      ...state,
      archives: storesArchives ? storedArchives(packages, state.id) : undefined,
    })),
    waiting,
    proposedVendors: [...new Set(proposedVendors)].sort(),
    publishing: await findPublishingSettings(table, organization.id),
    packages: packages.map((one) => describePackage(one, names)),
    repositoriesWithoutPackage: withoutPackage(names, packages, waiting),
    ...leftOutOf(parts.flatMap((part) => part.leftOut)),
    notices: [...parts.flatMap((part) => part.notices), ...passedNameNotices(packages, names, now)],
    tokens: tokens.map((token) => ({ ...describeToken(token), holder: holders.get(token.principal) })),
    ...(await describeDeletions(table, organization.id)),
    auditLog: (await auditLog(table, organization.id, auditShown)).map(({ at, ...entry }) => ({
      at: timeText(at),
      ...entry,
    })),
  };
}

/** Of the synchronization's packages, as far as they were counted. */
function storedArchives(packages: readonly StoredPackage[], id: StoredPackage['synchronization']) {
  const own = packages.filter((one) => one.synchronization === id && one.imported && isLiving(one));
  const counted = own.flatMap(({ archives }) => archives ?? []);
  return {
    stored: sum(counted, ({ stored }) => stored),
    wanted: sum(counted, ({ wanted }) => wanted),
    unavailable: sum(counted, ({ unavailable }) => unavailable),
    packagesLeft: own.length - counted.length,
  };
}

/** Names of the repositories that have no package, and none that waits. */
function withoutPackage(
  names: ReadonlyMap<ForgeRepositoryId, string>,
  packages: readonly StoredPackage[],
  waiting: readonly { readonly repository: string }[],
): readonly string[] {
  const having = new Set(packages.map(({ repository }) => repository));
  const awaited = new Set(waiting.map(({ repository }) => repository));
  return [...names].flatMap(([id, name]) => (having.has(id) || awaited.has(name) ? [] : [name]));
}

const sum = <Part>(parts: readonly Part[], count: (part: Part) => number): number =>
  parts.reduce((total, part) => total + count(part), 0);

function countsOf(
  parts: readonly DescribedSynchronization[],
  packages: readonly Pick<StoredPackage, 'state' | 'versionCount'>[],
) {
  const byState: Record<string, number> = {};
  for (const { state } of packages) {
    byState[state] = (byState[state] ?? 0) + 1;
  }
  return {
    members: sum(parts, ({ members }) => members),
    teams: sum(parts, ({ teams }) => teams),
    repositories: sum(parts, ({ repositories }) => repositories),
    packages: byState,
    versions: sum(packages, ({ versionCount }) => versionCount),
  };
}

async function pendingOf(
  table: Table,
  organization: Organization,
  parts: readonly DescribedSynchronization[],
) {
  const pending = {
    scopes: sum(parts, ({ pendingScopes }) => pendingScopes),
    scans: sum(parts, ({ pendingScans }) => pendingScans),
    ...(await pendingOfOrganization(table, organization)),
  };
  return { ...pending, total: sum(Object.values(pending), (count) => count) };
}

function describePackage(
  { number, name, state, versionCount, repository, archived, outsideCode }: StoredPackage,
  names: ReadonlyMap<string, string>,
) {
  return {
    number,
    name,
    state,
    versions: versionCount,
    repository: names.get(repository) ?? repository,
    archived,
    outsideCode,
  };
}

function describeToken({ id, kind, principal, description, state, createdAt, expiry }: StoredToken) {
  return {
    id,
    kind,
    principal,
    description,
    state,
    created: timeText(createdAt),
    expires: expiry === 0 ? undefined : timeText(expiry * 1000),
  };
}

/** An answer has at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const leftOutMax = 1000;

/** The first refs of each repository that give no version, with their total number if not all are shown. */
function leftOutOf(
  repositories: readonly {
    readonly repository: string;
    readonly skipped: readonly { readonly ref: string; readonly reason: string }[];
    readonly count: number;
  }[],
) {
  const all = repositories.flatMap(({ repository, skipped }) =>
    skipped.map((one) => ({ repository, ...one })),
  );
  const leftOut = all.slice(0, leftOutMax);
  const shown = Map.groupBy(leftOut, ({ repository }) => repository);
  const moreLeftOut = repositories
    .map(({ repository, count }) => ({ repository, count, shown: shown.get(repository)?.length ?? 0 }))
    .filter(({ count, shown }) => count > shown);
  return { leftOut, moreLeftOut };
}

/** Counts pending work by the kind of work item. */
async function pendingOfOrganization(table: Table, { id, slug }: Organization) {
  const itemsFrom = ({ pk, sk }: Key) => table.query(pk, sk);
  const packages = [...(await itemsFrom(ranges.packages(id))), await table.get(keys.packages(id))];
  const names = await itemsFrom(keys.edge(edgeKeys.package(slug, '')));
  const grants = await table.get(keys.grants(id));
  const principals = await itemsFrom(keys.principal(id, ''));
  const views = await itemsFrom(keys.edge(edgeKeys.view(slug, '', 0).slice(0, -2)));
  const tokens = await itemsFrom(ranges.tokens(id));
  const atEdge = await table.getMany([
    keys.edge(edgeKeys.organization(slug)),
    ...tokens.map((token) => keys.edge(edgeKeys.token(String(token.hash)))),
  ]);
  return {
    packages: packages.filter(isPending).length,
    grants: isPending(grants) ? 1 : 0,
    principals: principals.filter(isPending).length,
    edge: [...views, ...names, ...atEdge].filter(isPending).length,
  };
}

function isPending(item: Item | undefined): boolean {
  return item !== undefined && (item.wanted ?? 0) !== (item.done ?? 0);
}
