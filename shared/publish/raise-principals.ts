/** Rights or packages of an organization changed: every principal that has a root file is raised, in batches, before the owner is done. */
import { asPrincipal, type OrganizationId } from '../domain/ids.ts';
import { transactionItemsMax } from '../store/table.ts';
import { grantsThing, principalThing } from '../store/things.ts';
import { completeWork, leaseHeld, raise } from '../store/work.ts';
import { type PublisherDependencies, publishUnderLease } from './publish-under-lease.ts';

export async function raisePrincipals(
  dependencies: PublisherDependencies,
  organization: OrganizationId,
): Promise<'done' | 'idle' | 'busy' | 'again'> {
  const { table, waker, clock } = dependencies;
  const thing = grantsThing(organization);
  return publishUnderLease(dependencies, thing, async (lease): Promise<'done'> => {
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
