/** Requests work on each package of an organization, because something changed that affects all their files. */
import type { OrganizationId } from '../domain/ids.ts';
import { packagesOf } from '../store/package-store.ts';
import { packagesWork, packageWork } from '../store/work-items.ts';
import type { PublisherDependencies } from './publish-under-lease.ts';
import { requestEach } from './request-each.ts';

export function requestPackages(
  dependencies: PublisherDependencies,
  organization: OrganizationId,
): Promise<'done' | 'idle' | 'busy' | 'again'> {
  return requestEach(dependencies, packagesWork(organization), async () =>
    (await packagesOf(dependencies.table, organization))
      .filter(({ state }) => state === 'accepted' || state === 'available')
      .map(({ number }) => packageWork(organization, number)),
  );
}
