/** Whom a principal reads as: rights of all accounts of a user, of a team, or of the whole organization. */
import { decideAccess, type Subject } from '../domain/access.ts';
import {
  type ForgeRepositoryId,
  type OrganizationId,
  type Principal,
  parsePrincipal,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadAccessFacts } from '../store/fact-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountsOf } from '../store/user-store.ts';

export type MayRead = (synchronization: SynchronizationId, repository: ForgeRepositoryId) => boolean;

/** Decides from facts read now whether the principal may read a repository of the organization. */
export async function readerOf(
  table: Table,
  organization: OrganizationId,
  principal: Principal,
): Promise<MayRead> {
  const parts = parsePrincipal(principal);
  if (parts.kind === 'organization') {
    return () => parts.organization === organization;
  }
  const readable = new Set<string>();
  for (const synchronization of await synchronizationsOf(table, organization)) {
    for (const subject of await subjectsOf(table, parts, synchronization)) {
      const facts = await loadAccessFacts(table, synchronization.id, subject);
      for (const repository of decideAccess(subject, facts).keys()) {
        readable.add(`${synchronization.id} ${repository}`);
      }
    }
  }
  return (synchronization, repository) => readable.has(`${synchronization} ${repository}`);
}

async function subjectsOf(
  table: Table,
  parts: ReturnType<typeof parsePrincipal>,
  synchronization: Synchronization,
): Promise<readonly Subject[]> {
  if (parts.kind === 'team') {
    return parts.synchronization === synchronization.id
      ? [{ kind: 'team', team: parts.team }]
      : [{ kind: 'anyone' }];
  }
  if (parts.kind === 'organization') {
    return [];
  }
  const accounts = (await accountsOf(table, parts.user)).filter(
    (account) => account.forge === synchronization.forge && account.baseUrl === synchronization.baseUrl,
  );
  return [{ kind: 'anyone' }, ...accounts.map(({ account }): Subject => ({ kind: 'account', account }))];
}
