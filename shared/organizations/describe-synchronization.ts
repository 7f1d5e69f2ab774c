/** Describes a synchronization to an owner: the age of its rights, held removals, failed reads and scans. */
import { installationOf } from '../domain/connection.ts';
import type { ForgeRepositoryId } from '../domain/ids.ts';
import {
  idOfPart,
  isPart,
  isScope,
  kindOfPart,
  namesIn,
  type PartKind,
  type ScopeLayout,
  scopeNames,
} from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findModule } from '../forge/modules.ts';
import type { StoredChange } from '../store/change-schema.ts';
import { loadFacts } from '../store/fact-store.ts';
import { scansOf } from '../store/scan-store.ts';
import { listHeld, type ScopeState, scopeStates } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { rightsAsOf } from '../sync/run/suspension.ts';
import { changeText } from './change-text.ts';
import { describeHooks } from './describe-hooks.ts';
import { displayNames, factsIn, namesById } from './display-names.ts';
import { olderVersions } from './import-progress.ts';
import { describeScope } from './scope-progress.ts';

type Scan = Awaited<ReturnType<typeof scansOf>>[number];

/** @param now milliseconds since the epoch */
export async function describeSynchronization(table: Table, synchronization: Synchronization, now: number) {
  const { id, forge } = synchronization;
  const module = findModule(forge);
  const layout = module?.traits.scopes ?? layoutOfReads(synchronization);
  // Read in the direction that work flows, so that work which has left one stage is seen in the next.
  const states = await scopeStates(table, id);
  const [held, hooks, settings, members, teams, repositories, scans] = await Promise.all([
    listHeld(table, id),
    describeHooks(table, synchronization),
    loadFacts(table, id, 'settings'),
    loadFacts(table, id, 'member'),
    loadFacts(table, id, 'team'),
    loadFacts(table, id, 'repository'),
    scansOf(table, id),
  ]);
  const current = namesById([...members, ...teams, ...repositories]);
  const textsOf = (changes: readonly StoredChange[]): readonly string[] => {
    const nameOf = displayNames(factsIn(changes), current);
    return changes.map((change) => changeText(change, nameOf));
  };
  const aboutPart = (scope: string): string | undefined =>
    isScope(scope) && isPart(scope)
      ? current.get(`${nameKinds[kindOfPart(scope)]} ${idOfPart(scope)}`)
      : undefined;
  const older = olderVersions(synchronization, scans, now);
  const names = new Map(repositories.map((repository) => [repository.repository, repository.fullName]));
  return {
    members: members.filter(({ role }) => role !== 'outside').length,
    teams: teams.length,
    repositories: repositories.length,
    pendingScopes: [...states.values()].filter(({ wanted, done }) => wanted !== done).length,
    pendingScans: scans.filter((scan) => scan.wanted !== scan.done).length,
    names,
    storesArchives: synchronization.storesArchives,
    ...describeScans(scans, (repository) => names.get(repository) ?? repository),
    state: {
      id,
      forge,
      isUnknownForge: module === undefined,
      login: settings[0]?.login ?? synchronization.login,
      ...describeCredential(synchronization, layout),
      caution: synchronization.caution,
      ...describeReads(states, layout, aboutPart, now),
      /** Versions that are read later, where the code host gives only so many files an hour. */
      older: older && { ...older, until: timeText(older.until) },
      hooks: hooks && {
        ...hooks,
        problem: hooks.problem && { ...hooks.problem, since: timeText(hooks.problem.since) },
      },
      heldRemovals: held.map(({ since, decidedAt, changes, ...one }) => ({
        ...one,
        about: aboutPart(one.scope),
        changes: textsOf(changes),
        since: timeText(since),
        decidedAt: timeText(decidedAt),
      })),
      scanFailures: scans.flatMap(({ repository, lastFailure }) =>
        lastFailure === undefined
          ? []
          : [
              {
                repository: names.get(repository) ?? repository,
                ...lastFailure,
                at: timeText(lastFailure.at),
              },
            ],
      ),
    },
  };
}

/** The layout of an unknown forge: the scopes that had a complete read, since nothing else is known. */
const layoutOfReads = ({ lastSuccessAt }: Synchronization): ScopeLayout =>
  scopeNames.filter((name) => lastSuccessAt[name] !== undefined).map((name) => ({ name, kinds: [] }));

function describeCredential(synchronization: Synchronization, layout: ScopeLayout) {
  return {
    installation: installationOf(synchronization.connection),
    credentialState: synchronization.credentialState,
    credentialStateSince: timeText(synchronization.credentialStateSince),
    /** When the scope that was read longest ago was read; undefined while one has not been read yet. */
    rightsAsOf: timeText(rightsAsOf(layout, synchronization)),
    rightsSuspendedSince: timeText(synchronization.rightsSuspendedAt),
  };
}

/** What ids of parts are called in `namesById`. */
const nameKinds: Readonly<Record<PartKind, string>> = {
  member: 'account',
  team: 'team',
  repository: 'repository',
};

function describeReads(
  states: Awaited<ReturnType<typeof scopeStates>>,
  layout: ScopeLayout,
  aboutPart: (scope: string) => string | undefined,
  now: number,
) {
  return {
    scopes: Object.fromEntries(
      namesIn(layout).map((scope) => [scope, describeScope(states.get(scope), now)]),
    ),
    parts: Object.fromEntries(
      [...states]
        .filter(([scope, state]) => isPart(scope) && isWorthKnowing(state))
        .map(([scope, state]) => [scope, { ...describeScope(state, now), about: aboutPart(scope) }]),
    ),
  };
}

/** What scans left out, their notices, and what waits. */
function describeScans(scans: readonly Scan[], nameOf: (repository: ForgeRepositoryId) => string) {
  return {
    leftOut: scans.map(({ repository, skipped, skippedCount = skipped.length }) => ({
      repository: nameOf(repository),
      skipped,
      count: skippedCount,
    })),
    notices: scans.flatMap(({ repository, notices }) =>
      notices.map((one) => ({ repository: nameOf(repository), ...one })),
    ),
    waiting: scans.flatMap(({ repository, waiting }) =>
      waiting.map(({ name, directory, reason }) => ({
        name,
        reason,
        repository: nameOf(repository),
        directory,
      })),
    ),
  };
}

/** Whether to show a part: only if its read is pending or failed last time, since parts are many. */
function isWorthKnowing({ wanted, done, lastFailure, lastSuccessAt = 0 }: ScopeState): boolean {
  return wanted !== done || (lastFailure !== undefined && lastFailure.at > lastSuccessAt);
}

/** ISO 8601, from milliseconds since the epoch. */
export function timeText(at: number): string;
export function timeText(at: number | undefined): string | undefined;
export function timeText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
