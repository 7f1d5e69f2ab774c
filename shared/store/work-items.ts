/** The work items: where each one is in the table, and which message tells its worker. */
import type { ForgeRepositoryId, OrganizationId, Principal, SynchronizationId } from '../domain/ids.ts';
import type { AnyScope } from '../domain/scopes.ts';
import { keys } from './keys.ts';
import type { WorkItem } from './work.ts';

/** One scope of a synchronization, or a part of one, to be read. */
export function scopeWork(
  organization: OrganizationId,
  synchronization: SynchronizationId,
  scope: AnyScope,
): WorkItem {
  return {
    key: keys.scope(synchronization, scope),
    message: { queue: 'sync', group: organization, message: { synchronization, scope } },
  };
}

/** One repository, to be scanned for versions. */
export function scanWork(
  organization: OrganizationId,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): WorkItem {
  return {
    key: keys.scan(synchronization, repository),
    message: { queue: 'scan', group: organization, message: { kind: 'scan', synchronization, repository } },
  };
}

/** The p2 files of one package, to be written. */
export function packageWork(organization: OrganizationId, packageNumber: number): WorkItem {
  return {
    key: keys.package(organization, packageNumber),
    message: { queue: 'publish-package', group: organization, message: { organization, packageNumber } },
  };
}

/** What goes for all packages of the organization changed: the files of each are to be written. */
export function packagesWork(organization: OrganizationId): WorkItem {
  return {
    key: keys.packages(organization),
    message: { queue: 'publish-package', group: organization, message: { organization } },
  };
}

/** Rights or packages of the organization changed: work on each principal with a root file is to be requested. */
export function grantsWork(organization: OrganizationId): WorkItem {
  return {
    key: keys.grants(organization),
    message: { queue: 'publish-roots', group: organization, message: { kind: 'grants', organization } },
  };
}

/** Bitmap and root file of one principal, to be written. */
export function principalWork(organization: OrganizationId, principal: Principal): WorkItem {
  return {
    key: keys.principal(organization, principal),
    message: {
      queue: 'publish-roots',
      group: organization,
      message: { kind: 'principal', organization, principal },
    },
  };
}

/** What an owner deleted or refused, to be removed from where it is stored. */
export function deletionWork(organization: OrganizationId, subject: string): WorkItem {
  return {
    key: keys.deletion(organization, subject),
    message: { queue: 'deletion', group: organization, message: { organization, subject } },
  };
}

/** One key at the edge, to be written or removed. All of them have one writer, so one group. */
export function edgeWork(key: string): WorkItem {
  return {
    key: keys.edge(key),
    message: { queue: 'publish-access', group: 'access', message: { keys: [key] } },
  };
}
