/** The effective rights of a principal: those of all accounts of a user, of a team, or of the whole organization. */
import { decideAccess, type Readable, type Subject } from '../domain/access.ts';
import {
  type ForgeAccountId,
  type ForgeRepositoryId,
  type OrganizationId,
  type Principal,
  type PrincipalParts,
  parsePrincipal,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadAccessFacts } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import { findPerson, stateOf } from '../store/member-store.ts';
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
    // Of this organization, or of another whose token reads this one too: without such a token nobody asks.
    return { mayRead: () => true, isApplying: false };
  }
  const readable = new Set<string>();
  let isApplying = false;
  for (const decision of await decisionsFor(table, organization, parts, now)) {
    isApplying ||= decision.isApplying;
    for (const repository of decision.readable.keys()) {
      readable.add(`${decision.synchronization.id} ${repository}`);
    }
  }
  return {
    mayRead: (synchronization, repository) => readable.has(`${synchronization} ${repository}`),
    isApplying,
  };
}

/** What one subject may read in one synchronization, and through what. */
export interface Decision {
  readonly synchronization: Synchronization;
  readonly subject: Subject;
  readonly readable: Readable;
  readonly isApplying: boolean;
}

/** Of an account whose person never signed in, too. */
export type Reader =
  | Exclude<PrincipalParts, { kind: 'organization' }>
  | {
      readonly kind: 'account';
      readonly synchronization: SynchronizationId;
      readonly account: ForgeAccountId;
    };

/**
 * Decides what the reader may read in each synchronization of the organization; where rights are suspended, nothing.
 *
 * @param now milliseconds since the epoch
 */
export async function decisionsFor(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  now: number,
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  for (const synchronization of await synchronizationsOf(table, organization)) {
    if (synchronization.rightsSuspendedAt !== undefined) {
      continue;
    }
    // Read before the facts: a plan that begins later requests this work again.
    const isApplying = (await applyingSince(table, synchronization.id)) !== undefined;
    // Also read before the facts: if a read restores a fact meanwhile, access is withdrawn once more, rather than given while it is
    // withdrawn.
    const claims = await loadClaims(table, synchronization.id);
    for (const subject of await subjectsOf(table, organization, reader, synchronization)) {
      const facts = await loadAccessFacts(table, synchronization.id, subject, claims);
      decisions.push({ synchronization, subject, readable: decideAccess(subject, facts, now), isApplying });
    }
  }
  return decisions;
}

async function subjectsOf(
  table: Table,
  organization: OrganizationId,
  reader: Reader,
  synchronization: Synchronization,
): Promise<readonly Subject[]> {
  if (reader.kind === 'account') {
    return reader.synchronization === synchronization.id
      ? [{ kind: 'account', account: reader.account }]
      : [{ kind: 'anyone' }];
  }
  if (reader.kind === 'team') {
    return reader.synchronization === synchronization.id
      ? [{ kind: 'team', team: reader.team }]
      : [{ kind: 'anyone' }];
  }
  if (reader.kind === 'own-team') {
    // A team by hand reads no repository of a forge but what everybody does.
    return [{ kind: 'anyone' }];
  }
  const state = stateOf(await findPerson(table, organization, reader.user));
  const accounts = (await accountsOf(table, reader.user)).filter(
    (account) => account.forge === synchronization.forge && account.baseUrl === synchronization.baseUrl,
  );
  return [
    { kind: 'anyone', state },
    ...accounts.map(({ account }): Subject => ({ kind: 'account', account, state })),
  ];
}
