/** Changes what an organization's owners set, and asks for the work that follows. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { noteEverybody } from '../store/known-account-store.ts';
import {
  changeOrganizationSettings,
  findOrganizationSettings,
  type OrganizationSettings,
  type OrganizationSettingsChange,
} from '../store/organization-settings.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { grantsWork, packagesWork } from '../store/work-items.ts';
import { checkVendors } from './connect-organization.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { scanWaitingNames } from './scan-waiting-names.ts';

export interface ChangeSettingsDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * New members that come from now on wait; whoever is there does not, nor whom the first read of a synchronization finds. The filter of branches counts from each repository's next scan, a day at the latest; everything else at once.
 *
 * @param before as the caller read them
 * @returns the settings as they are now, and how many scans were requested
 * @throws CallerError when a vendor or a length of time makes no sense, or somebody else changed the settings meanwhile
 */
export async function changeSettings(
  dependencies: ChangeSettingsDependencies,
  organization: Organization,
  before: OrganizationSettings,
  change: OrganizationSettingsChange,
  accountable: Accountable,
): Promise<{ readonly settings: OrganizationSettings; readonly scans: number }> {
  const { table, workQueue, clock } = dependencies;
  checkVendors(change.ownedVendors ?? []);
  checkTokenDays(before, change);
  const changed = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const old = Object.fromEntries(Object.entries(before).filter(([name]) => name in changed));
  const isPublishedAgain = 'publishesSource' in changed || 'publishesOutsideCode' in changed;
  const packages = packagesWork(organization.id);
  const grants = grantsWork(organization.id);
  const beginsWaiting = change.newMembers === 'waiting' && before.newMembers !== 'waiting';
  const endsWaiting = change.newMembers === 'active' && before.newMembers !== 'active';
  // Whoever comes while it begins has a view already.
  const changesWaiting = beginsWaiting || endsWaiting;
  if (beginsWaiting) {
    for (const synchronization of await synchronizationsOf(table, organization.id)) {
      await noteEverybody(table, synchronization);
    }
  }
  await unlessChanged('somebody changed the settings at the same moment', () =>
    table.transact([
      changeOrganizationSettings(organization.id, before, change),
      ...(isPublishedAgain ? [requestWork(packages, clock.now())] : []),
      ...(changesWaiting ? [requestWork(grants, clock.now())] : []),
      ownerAct(dependencies, organization.id, accountable, 'change-settings', organization.slug, {
        before: old,
        after: changed,
      }),
    ]),
  );
  await workQueue.send([
    ...(isPublishedAgain ? [packages.message] : []),
    ...(changesWaiting ? [grants.message] : []),
  ]);
  const scans = change.ownedVendors === undefined ? 0 : await scanWaitingNames(dependencies, organization);
  return { settings: await findOrganizationSettings(table, organization.id), scans };
}

/** @throws CallerError when tokens would usually live longer than any may */
function checkTokenDays(before: OrganizationSettings, change: OrganizationSettingsChange): void {
  const usual = change.usualTokenDays ?? before.usualTokenDays;
  const longest =
    change.longestTokenDays === undefined ? before.longestTokenDays : (change.longestTokenDays ?? undefined);
  if (longest !== undefined && usual > longest) {
    throw new CallerError(
      'invalid',
      `tokens cannot usually live ${usual} days when ${longest} are the longest`,
    );
  }
}
