/** Rights or packages of an organization changed: every principal that has a root file is raised, in batches, before the owner is done. */
import type { OrganizationId } from '../domain/ids.ts';
import { asPrincipal } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Waker } from '../runtime/wake.ts';
import { type Table, transactionItemsMax } from '../store/table.ts';
import { grantsThing, principalThing } from '../store/things.ts';
import { completeWork, leaseHeld, raise, takeLease, underLease } from '../store/work.ts';
import { leaseMs } from './publish-view.ts';

export interface RaisePrincipalsDependencies {
  readonly table: Table;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
}

export async function raisePrincipals(
  { table, waker, clock, newLeaseId }: RaisePrincipalsDependencies,
  organization: OrganizationId,
): Promise<'done' | 'idle' | 'busy'> {
  const thing = grantsThing(organization);
  const lease = await takeLease(table, thing, { leaseId: newLeaseId(), now: clock.now(), leaseMs });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  return underLease(table, lease, async (): Promise<'done'> => {
    const items = await table.query(`ORG#${organization}`, 'PRINCIPAL#');
    const things = items.map((item) =>
      principalThing(organization, asPrincipal(String(item.sk).slice('PRINCIPAL#'.length))),
    );
    const batch = transactionItemsMax - 1;
    for (let start = 0; start < things.length; start += batch) {
      const part = things.slice(start, start + batch);
      await table.transact([leaseHeld(lease), ...part.map((one) => raise(one, clock.now()))]);
      await waker.wake(part.map((one) => one.wake));
    }
    if ((await completeWork(table, lease)) === 'more') {
      await waker.wake([thing.wake]);
    }
    return 'done';
  });
}
