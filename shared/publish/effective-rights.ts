/** The effective rights of a principal: those of all accounts of a user, of a team, or of the whole organization. */
import { decideAccess, type Subject } from '../domain/access.ts';
import {
  type ForgeRepositoryId,
  type OrganizationId,
  type Principal,
  parsePrincipal,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadClaims } from '../store/claim-store.ts';
import { loadAccessFacts } from '../store/fact-store.ts';
import { applyingSince } from '../store/scope-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountsOf } from '../store/user-store.ts';

export type MayRead = (synchronization: SynchronizationId, repository: ForgeRepositoryId) => boolean;

export interface EffectiveRights {
  readonly mayRead: MayRead;
  /** A plan that changes the underlying facts is being applied in several transactions. */
  readonly isApplying: boolean;
}

/**
 * Reads the facts, and returns a function that decides whether the principal may read a repository of the organization.
 *
 * @param now milliseconds since the epoch
 */
export async function effectiveRightsOf(
  table: Table,
  organization: OrganizationId,
  principal: Principal,
  now: number,
): Promise<EffectiveRights> {
  const parts = parsePrincipal(principal);
  if (parts.kind === 'organization') {
    return { mayRead: () => parts.organization === organization, isApplying: false };
  }
  const readable = new Set<string>();
  let isApplying = false;
  for (const synchronization of await synchronizationsOf(table, organization)) {
    if (synchronization.rightsSuspendedAt !== undefined) {
      continue;
    }
    // Read before the facts: a plan that begins later requests this work again.
    isApplying ||= (await applyingSince(table, synchronization.id)) !== undefined;
    // Also read before the facts: if a read restores a fact meanwhile, access is withdrawn once more, rather than given while it is
    // withdrawn.
    const claims = await loadClaims(table, synchronization.id);
    for (const subject of await subjectsOf(table, parts, synchronization)) {
      const facts = await loadAccessFacts(table, synchronization.id, subject, claims);
      for (const repository of decideAccess(subject, facts, now).keys()) {
        readable.add(`${synchronization.id} ${repository}`);
      }
    }
  }
  return {
    mayRead: (synchronization, repository) => readable.has(`${synchronization} ${repository}`),
    isApplying,
  };
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
