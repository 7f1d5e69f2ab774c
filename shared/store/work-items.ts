/** The work items: the key of each one in the table, and the message for its worker. */
import type { ForgeRepositoryId, OrganizationId, Principal, SynchronizationId } from '../domain/ids.ts';
import type { AnyScope } from '../domain/scopes.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { keys } from './keys.ts';
import type { WorkItem } from './work.ts';

/** The work of reading one scope of a synchronization, or a part of one. */
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

/** The work of installing the hooks of a synchronization, and of keeping them as they should be. */
export function hooksWork(organization: OrganizationId, synchronization: SynchronizationId): WorkItem {
  return {
    key: keys.hooks(synchronization),
    message: { queue: 'sync', group: organization, message: { kind: 'hooks', synchronization } },
  };
}

/** The work of showing what a run would change. */
export function previewWork(organization: OrganizationId, synchronization: SynchronizationId): WorkItem {
  return {
    key: keys.preview(synchronization),
    message: { queue: 'sync', group: organization, message: { kind: 'preview', synchronization } },
  };
}

/** Where work on a repository's contents waits: those at a URL have a worker of their own, which has the programs that read them. */
export const scanQueueOf = (synchronization: SynchronizationId): 'scan' | 'vcs' =>
  isVcsSynchronization(synchronization) ? 'vcs' : 'scan';

/** The work of scanning one repository for versions. */
export function scanWork(
  organization: OrganizationId,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): WorkItem {
  return {
    key: keys.scan(synchronization, repository),
    message: {
      queue: scanQueueOf(synchronization),
      group: organization,
      message: { kind: 'scan', synchronization, repository },
    },
  };
}

/** The work of storing archives of a synchronization's packages before anybody asks for them. */
export function archivesWork(organization: OrganizationId, synchronization: SynchronizationId): WorkItem {
  return {
    key: keys.archives(synchronization),
    message: { queue: 'scan', group: organization, message: { kind: 'archives', synchronization } },
  };
}

/** The work of writing one package's p2 files. */
export function packageWork(organization: OrganizationId, packageNumber: number): WorkItem {
  return {
    key: keys.package(organization, packageNumber),
    message: { queue: 'publish-package', group: organization, message: { organization, packageNumber } },
  };
}

/** The work of rewriting the files of every package of the organization, after a change that affects all of them. */
export function packagesWork(organization: OrganizationId): WorkItem {
  return {
    key: keys.packages(organization),
    message: { queue: 'publish-package', group: organization, message: { organization } },
  };
}

/** The work of requesting each principal with a root file, after rights or packages of the organization changed. */
export function grantsWork(organization: OrganizationId): WorkItem {
  return {
    key: keys.grants(organization),
    message: { queue: 'publish-roots', group: organization, message: { kind: 'grants', organization } },
  };
}

/** The work of writing the bitmap and root file of one principal. */
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

/** The work of removing what an owner deleted or refused from where it is stored. */
export function deletionWork(organization: OrganizationId, subject: string): WorkItem {
  return {
    key: keys.deletion(organization, subject),
    message: { queue: 'deletion', group: organization, message: { organization, subject } },
  };
}

/** The work of writing or removing one key at the edge. All keys have one writer, so they form one group. */
export function edgeWork(key: string): WorkItem {
  return {
    key: keys.edge(key),
    message: { queue: 'publish-access', group: 'access', message: { keys: [key] } },
  };
}
