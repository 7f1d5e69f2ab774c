/** Moves a package to another repository when an owner says that it is the same package: number, records and archives stay. */
import type { Organization } from '../domain/organization.ts';
import { type ApplyDependencies, putSource } from '../scan/apply-scan.ts';
import { type Passed, type Passing, passingRecord, scansOf } from '../scan/pass-name.ts';
import { all, equal } from '../store/condition.ts';
import { keys } from '../store/keys.ts';
import { isUnchanged, putName } from '../store/name-store.ts';
import type { StoredPackage } from '../store/package-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, packageWork } from '../store/work-items.ts';

/**
 * Moves the package. From then on the new repository decides who may read it: the grants are requested with the move, and access is
 * withdrawn before it is given.
 *
 * @throws ConflictError when the name passed, or the package changed, meanwhile
 */
export async function movePackage(
  { table, clock }: ApplyDependencies,
  { id: organization }: Organization,
  { name, before, to, about, isGiven, reason, beside, found }: Passing & { readonly found: StoredPackage },
): Promise<Passed> {
  const now = clock.now();
  const { number, synchronization, repository, directory } = found;
  const workItem = packageWork(organization, number);
  const grants = grantsWork(organization);
  const scans = scansOf(organization, [before.source, to]);
  const attributes = {
    ...to,
    ...about,
    replacement: undefined,
    passedFrom: {
      number: found.passedFrom?.number ?? number,
      at: now,
      reason: `${reason}, as the same package`,
    },
    ...(found.state === 'unreadable' ? ({ state: 'accepted', unreadableAt: undefined } as const) : {}),
  };
  await table.transact([
    ...beside,
    {
      ...requestWork(workItem, now, attributes),
      when: all(
        equal('state', found.state),
        equal('synchronization', synchronization),
        equal('repository', repository),
      ),
    },
    putName(
      organization,
      name,
      { number, source: to, isGiven, changedAt: now, downloads: before.downloads },
      isUnchanged(before),
    ),
    { delete: keys.packageSource(organization, synchronization, repository, directory, name) },
    putSource(organization, name, to, number),
    requestWork(grants, now),
    ...scans.map((scan) => requestWork(scan, now, { cause: 'a package moved' })),
    ...(await passingRecord(table, to, {
      from: before,
      number,
      name,
      reason: attributes.passedFrom.reason,
      at: now,
    })),
  ]);
  return {
    made: { ...found, ...attributes },
    messages: [grants.message, workItem.message, ...scans.map((scan) => scan.message)],
  };
}
