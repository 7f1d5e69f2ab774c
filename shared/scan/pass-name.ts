/** A package's name passes to another repository: with a new number, so that no right, metadata or archive goes with it. */

import { edgeKeys } from '../domain/edge-keys.ts';
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { absent, equal } from '../store/condition.ts';
import { desire } from '../store/edge-store.ts';
import { isUnchanged, putName, type StoredName } from '../store/name-store.ts';
import {
  findPackage,
  isLiving,
  isOfSource,
  metadataLayout,
  type StoredPackage,
} from '../store/package-store.ts';
import { noteChanges } from '../store/run-store.ts';
import { drawNumber } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkMessage } from '../store/work.ts';
import { edgeWork, grantsWork, packageWork, scanWork } from '../store/work-items.ts';
import { type AboutRepository, type ApplyDependencies, drawPackageNumber, putSource } from './apply-scan.ts';
import { packagesOfSource } from './package-state.ts';

export interface Passing {
  readonly name: string;
  /** Who has the name, as it was read when this was decided. */
  readonly before: StoredName;
  readonly to: PackageSource;
  /** What is known of the new repository; its scan says the rest. */
  readonly about: Pick<AboutRepository, 'archived'> & Partial<AboutRepository>;
  /** An owner gives it. */
  readonly isGiven: boolean;
  /** Why it passes, in words for an owner. */
  readonly reason: string;
  /** What else belongs to the transaction: a lease's check, an entry of the audit log. */
  readonly beside: readonly Operation[];
}

export interface Passed {
  readonly made: StoredPackage;
  readonly messages: readonly WorkMessage[];
}

/**
 * The old package leaves the edge at once, and its records are kept for as long as those of one that cannot be read. The new one is
 * published when nobody gets the files of the old one any more.
 *
 * @throws ConflictError when the name passed, or its package changed, meanwhile
 */
export async function passName(
  { table, clock }: ApplyDependencies,
  organization: Organization,
  passing: Passing,
): Promise<Passed> {
  const { name, before, to, about, isGiven, reason } = passing;
  const { id } = organization;
  const now = clock.now();
  const kept = await keptPackage(table, id, name, to);
  const made: StoredPackage = {
    ...(kept ?? { ...nothingYet, number: await drawPackageNumber(table, id), name, ...to }),
    ...about,
    state: 'accepted',
    unreadableAt: undefined,
    replacement: undefined,
    passedFrom: { number: before.number, at: now, reason },
    // None of the files that clients may have under the same addresses is younger; those served since are looked at in publishing.
    filesModifiedAt: Math.max(now, kept?.filesModifiedAt ?? 0),
  };
  const { number } = made;
  const workItem = packageWork(id, number);
  const grants = grantsWork(id);
  const scans = scansOf(id, isGiven ? [before.source, to] : [before.source]);
  const ended = await endOfHolder(table, organization, passing, now);
  const record = await passingRecord(table, to, { from: before, number, name, reason, at: now });
  await table.transact([
    ...passing.beside,
    {
      ...requestWork(
        workItem,
        now,
        kept === undefined ? { ...written(made), acceptedAt: now } : written(made),
      ),
      when: kept === undefined ? absent : equal('state', kept.state),
    },
    putName(id, name, { number, source: to, isGiven }, isUnchanged(before)),
    putSource(id, name, to, number),
    ...ended.operations,
    requestWork(grants, now),
    ...scans.map((scan) => requestWork(scan, now, { cause: 'a package name passed' })),
    ...record,
  ]);
  return {
    made,
    messages: [...ended.messages, workItem.message, grants.message, ...scans.map((scan) => scan.message)],
  };
}

/** What a package has of itself before its first scan. */
const nothingYet = {
  versionCount: 0,
  metadataLayout,
  imported: false,
  refused: '',
  isRemoved: false,
} as const;

/** The attributes that passing changes, and those that tell a new package what it is; the others are its scan's and its publisher's. */
function written(made: StoredPackage): Readonly<Record<string, unknown>> {
  const { number, name, synchronization, repository, directory, state, archived, links } = made;
  const { unreadableAt, replacement, passedFrom, filesModifiedAt } = made;
  return {
    ...{ number, name, synchronization, repository, directory, state, archived },
    ...(links === undefined ? {} : { links }),
    ...{ unreadableAt, replacement, passedFrom, filesModifiedAt },
  };
}

/** Takes the package that had the name from the edge and from the metadata; nothing is left to do where an owner or time deleted it. */
async function endOfHolder(
  table: Table,
  { id, slug }: Organization,
  { name, before }: Passing,
  now: number,
): Promise<{ readonly operations: readonly Operation[]; readonly messages: readonly WorkMessage[] }> {
  const old = await findPackage(table, id, before.number);
  if (old === undefined || !isOfSource(old)) {
    return { operations: [], messages: [] };
  }
  const workItem = packageWork(id, old.number);
  const edgeKey = edgeKeys.package(slug, name);
  const subject = { kind: 'package', organization: id, packageNumber: old.number } as const;
  const superseded = { state: 'superseded', unreadableAt: old.unreadableAt ?? now };
  return {
    operations: [
      { ...requestWork(workItem, now, superseded), when: equal('state', old.state) },
      ...(isLiving(old) ? [desire(edgeKey, undefined, subject, now)] : []),
    ],
    messages: [...(isLiving(old) ? [edgeWork(edgeKey).message] : []), workItem.message],
  };
}

/** The scans of these sources, each repository once. */
export function scansOf(
  organization: Organization['id'],
  sources: readonly PackageSource[],
): readonly WorkItem[] {
  const workItems = sources.map(({ synchronization, repository }) =>
    scanWork(organization, synchronization, repository),
  );
  return [
    ...new Map(workItems.map((workItem) => [`${workItem.key.pk}#${workItem.key.sk}`, workItem])).values(),
  ];
}

/** A number belongs to a repository and a name, so who had the name before and gets it back has the old number again, as long as it is kept. */
async function keptPackage(
  table: Table,
  organization: Organization['id'],
  name: string,
  source: PackageSource,
): Promise<StoredPackage | undefined> {
  const packages = await packagesOfSource(table, organization, source);
  return packages.find((one) => one.name === name && one.state === 'superseded');
}

/** The entry of the history of the synchronization that the new repository belongs to. @returns at most two operations */
export async function passingRecord(
  table: Table,
  to: PackageSource,
  {
    from,
    number,
    name,
    reason,
    at,
  }: {
    readonly from: StoredName;
    readonly number: number;
    readonly name: string;
    readonly reason: string;
    readonly at: number;
  },
): Promise<readonly Operation[]> {
  const run = await drawNumber(table, to.synchronization);
  return noteChanges(
    to.synchronization,
    {
      number: run,
      startedAt: at,
      requests: undefined,
      scopes: [{ scope: 'repositories', cause: 'a package name passed', outcome: 'name passed' }],
    },
    0,
    {
      counts: { add: 0, update: 1, remove: 0 },
      changes: [
        {
          kind: 'package-name',
          name,
          before: { repository: from.source.repository, number: from.number },
          after: { repository: to.repository, number },
          reason,
        },
      ],
    },
    at,
  );
}
