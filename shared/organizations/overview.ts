/** An organization at a glance, for the people who run it: what is well, what changed lately, and what needs a person. */
import type { Organization } from '../domain/organization.ts';
import { type WaitingReason, waitingReasons } from '../domain/package.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadFacts } from '../store/fact-store.ts';
import { namesOf } from '../store/name-store.ts';
import { isOfSource, packagesOf, type StoredPackage } from '../store/package-store.ts';
import { latestRuns, runPage } from '../store/run-store.ts';
import { type ScanState, scansOf } from '../store/scan-store.ts';
import { heldPage } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { describeHooks } from './describe-hooks.ts';
import { describeRun, isChange } from './describe-run.ts';

/** So many of each are named; all are counted. */
const namedMax = 20;
const runsShown = 5;

/** The first of what needs a person, and how many there are. */
export interface Listed<Entry> {
  readonly count: number;
  readonly items: readonly Entry[];
}

const listed = <Entry>(all: readonly Entry[]): Listed<Entry> => ({
  count: all.length,
  items: all.slice(0, namedMax),
});

type PartOf<Result extends (...given: never) => unknown> = Awaited<ReturnType<Result>>;

/**
 * What is stored of one synchronization. Six reads, and one for each MB of repositories, scans, members and teams.
 *
 * @param now milliseconds since the epoch
 */
async function partOf(table: Table, synchronization: Synchronization, now: number) {
  const { id } = synchronization;
  const [[latest], changes, held, hooks, members, teams, repositories, scans] = await Promise.all([
    latestRuns(table, id, 1),
    runPage(table, id, isChange, { limit: runsShown, after: undefined }),
    heldPage(table, id, { limit: namedMax, after: undefined }),
    describeHooks(table, synchronization),
    loadFacts(table, id, 'member'),
    loadFacts(table, id, 'team'),
    loadFacts(table, id, 'repository'),
    scansOf(table, id),
  ]);
  const names = new Map(repositories.map(({ repository, fullName }) => [repository, fullName]));
  const shown = ({ repository }: Pick<ScanState, 'repository'>) => ({
    id: repositoryKey({ synchronization: id, repository }),
    name: names.get(repository) ?? repository,
  });
  // A scan is kept with its repository's packages when nobody sees the repository any more.
  const current = scans.filter(({ repository }) => names.has(repository));
  return {
    synchronization,
    lastRun: latest && describeRun(latest, now),
    lastChanges: changes.entries.map((run) => describeRun(run, now)),
    // Owners were asked, and said no: that is no open question.
    held: held.filter(({ decision }) => decision === undefined),
    hooks,
    counts: {
      members: members.filter(({ role }) => role !== 'outside').length,
      outside: members.filter(({ role }) => role === 'outside').length,
      teams: teams.length,
      repositories: repositories.length,
    },
    isScanning: scans.some(({ wanted, done }) => wanted !== done),
    waiting: current.flatMap((scan) =>
      scan.waiting.map(({ name, reason }) => ({ name, reason, repository: shown(scan) })),
    ),
    failures: current.flatMap((scan) => {
      const { lastFailure } = scan;
      return lastFailure === undefined ? [] : [{ repository: shown(scan), ...lastFailure }];
    }),
    movedTags: current.flatMap((scan) =>
      scan.movedTags.map((moved) => ({
        ...moved,
        synchronization: id,
        repositoryId: scan.repository,
        repository: shown(scan),
      })),
    ),
  };
}

export type OverviewPart = PartOf<typeof partOf>;

/**
 * Reads what there is of everything that is counted: one read for each MB of packages, names, repositories, scans, members and teams, and
 * seven for each synchronization.
 *
 * @param now milliseconds since the epoch
 */
export async function overviewOf(
  table: Table,
  { id }: Pick<Organization, 'id'>,
  synchronizations: readonly Synchronization[],
  now: number,
) {
  const [parts, packages, names] = await Promise.all([
    Promise.all(synchronizations.map((one) => partOf(table, one, now))),
    packagesOf(table, id),
    namesOf(table, id),
  ]);
  const current = packages.filter(isOfSource);
  const waiting = parts.flatMap((part) => part.waiting);
  return {
    parts,
    packages: {
      available: countOf(current, 'available'),
      accepted: countOf(current, 'accepted'),
      unreadable: countOf(current, 'unreadable'),
    },
    versions: current.reduce((sum, { versionCount }) => sum + versionCount, 0),
    downloads: names.reduce((sum, { downloads }) => sum + downloads, 0),
    movedTags: listed(parts.flatMap((part) => part.movedTags).flatMap((one) => withPackage(one, current))),
    contestedNames: listed(names.filter(({ isContested }) => isContested).map(({ name }) => name)),
    waiting: waitingReasons.map((reason) => ({ reason, ...listed(ofReason(waiting, reason)) })),
    scanFailures: listed(parts.flatMap((part) => part.failures)),
  };
}

const countOf = (packages: readonly StoredPackage[], state: StoredPackage['state']): number =>
  packages.filter((one) => one.state === state).length;

const ofReason = (waiting: OverviewPart['waiting'], wanted: WaitingReason) =>
  waiting.filter(({ reason }) => reason === wanted).map(({ name, repository }) => ({ name, repository }));

/** Nothing of a package that is not there any more. */
function withPackage(
  { version, tag, synchronization, repositoryId, repository }: OverviewPart['movedTags'][number],
  packages: readonly StoredPackage[],
) {
  const found = packages.find(
    (one) => one.synchronization === synchronization && one.repository === repositoryId,
  );
  return found === undefined ? [] : [{ package: found.name, version, tag, repository }];
}
