/** Requests work on every principal with a root file, because rights or packages of the organization changed. */
import { asPrincipal, type OrganizationId } from '../domain/ids.ts';
import { keys, nameInKey } from '../store/keys.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { PublisherDependencies } from './publish-under-lease.ts';
import { requestEach } from './request-each.ts';

export function requestPrincipals(
  dependencies: PublisherDependencies,
  organization: OrganizationId,
): Promise<'done' | 'idle' | 'busy' | 'again'> {
  return requestEach(dependencies, grantsWork(organization), async () => {
    const { pk, sk } = keys.principal(organization, '');
    const items = await dependencies.table.query(pk, sk);
    return items.map((item) => principalWork(organization, asPrincipal(nameInKey(item.sk))));
  });
}
