/** What an owner sees of an organization: how much there is, what waits, and what went wrong. */

import { installationOf } from '../domain/connection.ts';
import { edgeKeys } from '../domain/edge-keys.ts';
import type { Organization } from '../domain/organization.ts';
import { vendorOf } from '../domain/package.ts';
import { isPart, namesIn } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { traitsOf } from '../forge/modules.ts';
import { auditLog } from '../store/audit-log.ts';
import type { StoredChange } from '../store/change-schema.ts';
import { loadFacts } from '../store/fact-store.ts';
import { listInstallations } from '../store/installation-store.ts';
import { type Key, keys, ranges } from '../store/keys.ts';
import { findOrganization, findPublishingSettings } from '../store/organization-store.ts';
import { packagesOf } from '../store/package-store.ts';
import { scansOf } from '../store/scan-store.ts';
import { listHeld, type ScopeState, scopeStates } from '../store/scope-store.ts';
import { findClaim, listSynchronizations, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Item, Table } from '../store/table.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { rightsAsOf } from '../sync/run/suspension.ts';
import { changeText } from './change-text.ts';
import { describeDeletions } from './describe-deletions.ts';
import { passings, withHolders } from './describe-names.ts';
import { factsIn, nameThings } from './name-things.ts';
import { describeScope } from './scope-progress.ts';

/** All organizations, and the installations of forge organizations that nobody connected. */
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
    // Of one that is connected there is nothing to connect, whatever it was called when the app was installed.
    const claim = baseUrl && (await findClaim(table, { forge, baseUrl, forgeOrganization }));
    if (isFree && !claim) {
      unclaimedInstallations.push({ installation, forge, baseUrl, login, status });
    }
  }
  return { organizations, unclaimedInstallations };
}

/** Entries of the audit log that are shown. */
const auditShown = 20;

/** @param now milliseconds since the epoch */
export async function describeOrganization(table: Table, organization: Organization, now: number) {
  const synchronizations = await synchronizationsOf(table, organization.id);
  const parts = await Promise.all(
    synchronizations.map((synchronization) => describeSynchronization(table, synchronization, now)),
  );
  // Numbers that a package is being copied to, and those that it had before, are nobody's business.
  const packages = (await packagesOf(table, organization.id)).filter(
    ({ state, successor }) => state !== 'copying' && !(state === 'deleted' && successor !== undefined),
  );
  const sum = (count: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  const byState: Record<string, number> = {};
  for (const { state } of packages) {
    byState[state] = (byState[state] ?? 0) + 1;
  }
  const waiting = await withHolders(
    table,
    organization,
    parts.flatMap((part) => part.waiting),
    now,
  );
  const tokens = await tokensOfOrganization(table, organization.id);
  const names = new Map(parts.flatMap((part) => [...part.names]));
  const proposedVendors = waiting
    .filter(({ reason }) => reason === 'vendor-not-owned')
    .map(({ name }) => vendorOf(name));
  const pending = {
    scopes: sum((part) => part.pendingScopes),
    scans: sum((part) => part.pendingScans),
    ...(await pendingOfOrganization(table, organization)),
  };
  return {
    slug: organization.slug,
    name: organization.name,
    ownedVendors: organization.ownedVendors,
    accessStoppedSince: time(organization.accessStoppedAt),
    counts: {
      members: sum((part) => part.members),
      teams: sum((part) => part.teams),
      repositories: sum((part) => part.repositories),
      packages: byState,
      versions: packages.reduce((total, one) => total + one.versionCount, 0),
    },
    pending: { ...pending, total: Object.values(pending).reduce((total, count) => total + count, 0) },
    synchronizations: parts.map((part) => part.state),
    waiting,
    proposedVendors: [...new Set(proposedVendors)].sort(),
    publishing: await findPublishingSettings(table, organization.id),
    packages: packages.map(({ number, name, state, versionCount, repository, archived, outsideCode }) => ({
      number,
      name,
      state,
      versions: versionCount,
      repository: names.get(repository) ?? repository,
      archived,
      outsideCode,
    })),
    repositoriesWithoutPackage: parts.flatMap((part) =>
      [...part.names]
        .filter(([id]) => !packages.some((one) => one.repository === id))
        .map(([, name]) => name)
        .filter((name) => !waiting.some((one) => one.repository === name)),
    ),
    ...leftOutOf(parts.flatMap((part) => part.leftOut)),
    notices: [...parts.flatMap((part) => part.notices), ...passings(packages, names, now)],
    tokens: tokens.map(({ id, kind, principal, description, state, createdAt, expiry }) => ({
      id,
      kind,
      principal,
      description,
      state,
      created: time(createdAt),
      expires: expiry === 0 ? undefined : time(expiry * 1000),
    })),
    ...(await describeDeletions(table, organization.id)),
    auditLog: (await auditLog(table, organization.id, auditShown)).map(({ at, ...entry }) => ({
      at: time(at),
      ...entry,
    })),
  };
}

/** An answer has at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const leftOutMax = 1000;

/** The first refs of each repository that give no version, and how many there are where these are not all of them. */
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
  const moreLeftOut = repositories
    .map(({ repository, count }) => ({
      repository,
      count,
      shown: leftOut.filter((one) => one.repository === repository).length,
    }))
    .filter(({ count, shown }) => count > shown);
  return { leftOut, moreLeftOut };
}

async function describeSynchronization(table: Table, synchronization: Synchronization, now: number) {
  const { id } = synchronization;
  const layout = traitsOf(synchronization.forge).scopes;
  // Work flows one way, so it is looked for in that way: what has left one place is seen in the next.
  const states = await scopeStates(table, id);
  const [held, settings, members, teams, repositories, scans] = await Promise.all([
    listHeld(table, id),
    loadFacts(table, id, 'settings'),
    loadFacts(table, id, 'member'),
    loadFacts(table, id, 'team'),
    loadFacts(table, id, 'repository'),
    scansOf(table, id),
  ]);
  const textsOf = (changes: readonly StoredChange[]): readonly string[] => {
    const nameOf = nameThings([...factsIn(changes), ...members, ...teams, ...repositories]);
    return changes.map((change) => changeText(change, nameOf));
  };
  const names = new Map(repositories.map((repository) => [repository.repository, repository.fullName]));
  return {
    members: members.length,
    teams: teams.length,
    repositories: repositories.length,
    pendingScopes: [...states.values()].filter(({ wanted, done }) => wanted !== done).length,
    pendingScans: scans.filter((scan) => scan.wanted !== scan.done).length,
    names,
    leftOut: scans.map(({ repository, skipped, skippedCount = skipped.length }) => ({
      repository: names.get(repository) ?? repository,
      skipped,
      count: skippedCount,
    })),
    notices: scans.flatMap((scan) =>
      scan.notices.map((one) => ({ repository: names.get(scan.repository) ?? scan.repository, ...one })),
    ),
    waiting: scans.flatMap((scan) =>
      scan.waiting.map(({ name, directory, reason }) => ({
        name,
        reason,
        repository: names.get(scan.repository) ?? scan.repository,
        directory,
      })),
    ),
    state: {
      id,
      forge: synchronization.forge,
      login: settings[0]?.login ?? synchronization.login,
      installation: installationOf(synchronization.connection),
      credentialState: synchronization.credentialState,
      credentialStateSince: time(synchronization.credentialStateSince),
      /** When the scope that was read least lately was read; nothing while one never was. */
      rightsAsOf: time(rightsAsOf(layout, synchronization)),
      rightsSuspendedSince: time(synchronization.rightsSuspendedAt),
      caution: synchronization.caution,
      scopes: Object.fromEntries(
        namesIn(layout).map((scope) => [scope, describeScope(states.get(scope), now)]),
      ),
      parts: Object.fromEntries(
        [...states]
          .filter(([scope, state]) => isPart(scope) && isWorthKnowing(state))
          .map(([scope, state]) => [scope, describeScope(state, now)]),
      ),
      heldRemovals: held.map(({ since, decidedAt, changes, ...one }) => ({
        ...one,
        changes: textsOf(changes),
        since: time(since),
        decidedAt: time(decidedAt),
      })),
      scanFailures: scans.flatMap((scan) =>
        scan.lastFailure === undefined
          ? []
          : [
              {
                repository: names.get(scan.repository) ?? scan.repository,
                ...scan.lastFailure,
                at: time(scan.lastFailure.at),
              },
            ],
      ),
    },
  };
}

/** Of the many parts: those that are asked for, and those whose last read failed. */
function isWorthKnowing({ wanted, done, lastFailure, lastSuccessAt = 0 }: ScopeState): boolean {
  return wanted !== done || (lastFailure !== undefined && lastFailure.at > lastSuccessAt);
}

/** How much is wanted and not done, by what it is about. */
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

/** ISO 8601, from milliseconds since the epoch. */
function time(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
