/** Passes a package's name to another repository, with a new number, so that no right, metadata or archive passes with it. */

import { edgeKeys } from '../domain/edge-keys.ts';
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { addAuditEntry } from '../store/audit-log.ts';
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
import { packagesOfRepository } from './package-state.ts';

export interface Passing {
  readonly name: string;
  /** The name's holder, as read for the decision. */
  readonly before: StoredName;
  readonly to: PackageSource;
  /** What is known of the new repository; its scan adds the rest. */
  readonly about: Pick<AboutRepository, 'archived'> & Partial<AboutRepository>;
  /** Whether an owner gives the name. */
  readonly isGiven: boolean;
  /** Why it passes, as text for an owner. */
  readonly reason: string;
  /** Further operations for the transaction: a lease's check, an entry of the audit log. */
  readonly beside: readonly Operation[];
}

export interface Passed {
  readonly made: StoredPackage;
  readonly messages: readonly WorkMessage[];
}

/**
 * Passes the name. The old package leaves the edge at once, and its records are kept for as long as those of an unreadable one. The new one
 * is published once the files of the old one are no longer served.
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
    ...(kept ?? { ...initialAttributes, number: await drawPackageNumber(table, id), name, ...to }),
    ...about,
    state: 'accepted',
    unreadableAt: undefined,
    replacement: undefined,
    passedFrom: { number: before.number, at: now, reason },
    // Clients have no later files under the same URLs so far; the publisher checks those served since.
    filesModifiedAt: Math.max(now, kept?.filesModifiedAt ?? 0),
  };
  const { number } = made;
  const workItem = packageWork(id, number);
  const grants = grantsWork(id);
  const scans = scansOf(id, isGiven ? [before.source, to] : [before.source]);
  const ended = await withdrawHolder(table, organization, passing, now);
  const record = await passingRecord(table, to, { from: before, number, name, reason, at: now });
  await table.transact([
    ...passing.beside,
    ...(isGiven ? [] : [historyEntry(id, passing, number, now)]),
    {
      ...requestWork(
        workItem,
        now,
        kept === undefined ? { ...writtenAttributes(made), acceptedAt: now } : writtenAttributes(made),
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

/** The entry in the organization's history. Of a name that an owner gives the owner's act has one. */
function historyEntry(
  organization: Organization['id'],
  { name, before, to, reason }: Passing,
  number: number,
  at: number,
): Operation {
  return addAuditEntry(
    organization,
    {
      ...{ at, by: 'the registry', act: 'pass-package-name', subject: name, why: reason },
      actor: { kind: 'system', id: 'pass-package-name', name: 'the registry' },
      before: { repository: before.source.repository, package: before.number },
      after: { repository: to.repository, package: number },
    },
    `package-${number}`,
  );
}

/** The attributes of a package before its first scan. */
const initialAttributes = {
  versionCount: 0,
  metadataLayout,
  imported: false,
  refused: '',
  isRemoved: false,
} as const;

/** The attributes that passing changes, and those that a new package starts with; its scan and its publisher write the others. */
function writtenAttributes(made: StoredPackage): Readonly<Record<string, unknown>> {
  const { number, name, synchronization, repository, directory, state, archived, links } = made;
  const { unreadableAt, replacement, passedFrom, filesModifiedAt } = made;
  return {
    ...{ number, name, synchronization, repository, directory, state, archived },
    ...(links === undefined ? {} : { links }),
    ...{ unreadableAt, replacement, passedFrom, filesModifiedAt },
  };
}

/** Withdraws the package that had the name from the edge and from the metadata, unless it is already deleted. */
async function withdrawHolder(
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

/** The scans of these sources, one for each repository. */
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

/**
 * Finds the kept package of a repository that had the name before. A number belongs to a repository and a name, so the repository gets its
 * old number back.
 */
async function keptPackage(
  table: Table,
  organization: Organization['id'],
  name: string,
  source: PackageSource,
): Promise<StoredPackage | undefined> {
  const packages = await packagesOfRepository(table, organization, source);
  return packages.find((one) => one.name === name && one.state === 'superseded');
}

/** The history entry in the new repository's synchronization. @returns at most two operations */
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
