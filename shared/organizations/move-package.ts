/** A package moves to another repository, on an owner's word that it is the same one: number, records and archives stay. */
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
 * Who may read it is decided by the new repository from then on: the grants are requested with it, and take away before they give.
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
    putName(organization, name, { number, source: to, isGiven }, isUnchanged(before)),
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
