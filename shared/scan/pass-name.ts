/** A package's name passes to another repository: with a new number, so that no right, metadata or archive goes with it. */
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { edgeKeys } from '../publish/edge-keys.ts';
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
import { edgeThing, grantsThing, packageThing, scanThing } from '../store/things.ts';
import { raise, type Wake, type WorkThing } from '../store/work.ts';
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
  readonly wakes: readonly Wake[];
}

/**
 * The old package leaves the edge at once, and its records are kept for as long as those of one that cannot be read. The new one is
 * published when nobody gets the files of the old one any more.
 *
 * @throws ConflictError when the name passed, or its package changed, meanwhile
 */
export async function passName(
  { table, clock }: ApplyDependencies,
  { id: organization, slug }: Organization,
  passing: Passing,
): Promise<Passed> {
  const { name, before, to, about, isGiven, reason } = passing;
  const now = clock.now();
  const old = await findPackage(table, organization, before.number);
  const kept = await keptPackage(table, organization, name, to);
  const number = kept?.number ?? (await drawPackageNumber(table, organization));
  const passedFrom = { number: before.number, at: now, reason };
  // None of the files that clients may have under the same addresses is younger; those that were served since are looked at in publishing.
  const filesModifiedAt = Math.max(now, kept?.filesModifiedAt ?? 0);
  const attributes = { state: 'accepted', ...about, passedFrom, filesModifiedAt } as const;
  const thing = packageThing(organization, number);
  const record = await passingRecord(table, to, { from: before, number, name, reason, at: now });
  const oldThing = packageThing(organization, before.number);
  const edgeKey = edgeKeys.package(slug, name);
  const grants = grantsThing(organization);
  const scans = scansOf(organization, isGiven ? [before.source, to] : [before.source]);
  const isServed = old !== undefined && isLiving(old);
  await table.transact([
    ...passing.beside,
    kept === undefined
      ? {
          ...raise(thing, now, { number, name, ...to, versionCount: 0, acceptedAt: now, ...attributes }),
          when: absent,
        }
      : {
          ...raise(thing, now, { ...attributes, unreadableAt: undefined, replacement: undefined }),
          when: equal('state', kept.state),
        },
    putName(organization, name, { number, source: to, isGiven }, isUnchanged(before)),
    putSource(organization, name, to, number),
    ...(old !== undefined && isOfSource(old)
      ? [
          {
            ...raise(oldThing, now, { state: 'superseded', unreadableAt: old.unreadableAt ?? now }),
            when: equal('state', old.state),
          },
        ]
      : []),
    ...(isServed
      ? [desire(edgeKey, undefined, { kind: 'package', organization, packageNumber: number }, now)]
      : []),
    raise(grants, now),
    ...scans.map((scan) => raise(scan, now, { cause: 'a package name passed' })),
    ...record,
  ]);
  return {
    made: {
      ...(kept ?? {
        number,
        name,
        ...to,
        versionCount: 0,
        metadataLayout,
        imported: false,
        refused: '',
        isRemoved: false,
      }),
      ...attributes,
    },
    wakes: [
      ...(isServed ? [edgeThing(edgeKey).wake] : []),
      oldThing.wake,
      thing.wake,
      grants.wake,
      ...scans.map((scan) => scan.wake),
    ],
  };
}

/** The scans of these sources, each repository once. */
export function scansOf(
  organization: Organization['id'],
  sources: readonly PackageSource[],
): readonly WorkThing[] {
  const things = sources.map(({ synchronization, repository }) =>
    scanThing(organization, synchronization, repository),
  );
  return [...new Map(things.map((thing) => [`${thing.key.pk}#${thing.key.sk}`, thing])).values()];
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
  const text = `package ${name} (number ${from.number}) of repository ${from.source.repository} is number ${number} of repository ${to.repository} now: ${reason}`;
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
    { counts: { add: 0, update: 1, remove: 0 }, changes: [text], removed: [] },
    at,
  );
}
