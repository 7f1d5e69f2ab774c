/**
 * Deletes a synchronization: its repositories' packages, the facts of the forge organization, the rights of its teams and members, and its
 * teams' tokens. Other synchronizations of the organization are unaffected; the forge organization can be connected again at once.
 */

import { unlessChanged } from '../domain/conflict-error.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { endCredential } from '../store/connection-credentials.ts';
import { askDeletion, deletionOf } from '../store/deletion-store.ts';
import { endedHooksWork, endHooks } from '../store/ended-hooks-store.ts';
import { hooksOf } from '../store/hook-store.ts';
import { listInstallations, releaseInstallation } from '../store/installation-store.ts';
import { packagesOf } from '../store/package-store.ts';
import { noteEnded, withdrawSynchronization } from '../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table } from '../store/table.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { requestWork, type WorkMessage } from '../store/work.ts';
import { grantsWork } from '../store/work-items.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { endTokens, isOfTeam } from './end-tokens.ts';
import { ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';
import { withdrawPackagesOf } from './withdraw-packages.ts';

/** What is deleted, or would be without a confirmation. */
export interface SynchronizationDeletion {
  readonly done: boolean;
  readonly synchronization: string;
  readonly login: string;
  readonly packages: readonly string[];
  readonly teamTokens: number;
}

export interface SynchronizationDeletionOptions {
  /** Its packages stay, with what is stored of them; only the synchronization ends. */
  readonly keepsPackages?: boolean;
  /** What else its transaction does. */
  readonly also?: readonly Operation[];
}

/** How long the call itself works on the deletion, well within its 30 s; the worker does the rest. Milliseconds. */
export const callMs = 15_000;

/** @throws CallerError */
export async function deleteSynchronization(
  dependencies: RefuseDependencies,
  organization: Organization,
  synchronization: Synchronization,
  confirmation: Confirmation,
  { keepsPackages = false, also = [] }: SynchronizationDeletionOptions = {},
): Promise<SynchronizationDeletion> {
  const { table, workQueue, clock } = dependencies;
  const { id, login } = synchronization;
  const by = confirmed(confirmation, login);
  const packages = (keepsPackages ? [] : await packagesOf(table, organization.id)).filter(
    (one) => one.synchronization === id && one.state !== 'deleted' && one.state !== 'copying',
  );
  const tokens = (await tokensOfOrganization(table, organization.id)).filter(
    (token) => isOfTeam(token, id) && token.state !== 'revoked',
  );
  const plan = {
    synchronization: id,
    login,
    packages: packages.map(({ name }) => name),
    teamTokens: tokens.length,
  };
  if (by === undefined) {
    return { done: false, ...plan };
  }
  const now = clock.now();
  const until = now + callMs;
  const target = { kind: 'synchronization', synchronization: id } as const;
  const ended = await disconnection(table, synchronization, now);
  const grants = grantsWork(organization.id);
  await unlessChanged(
    `something else changed the synchronization with ${login} at the same time; try again`,
    () =>
      table.transact([
        ...ended.operations,
        requestWork(grants, now),
        keepsPackages ? noteEnded(synchronization) : askDeletion(organization.id, target, login, now),
        ...also,
        ownerAct(dependencies, organization.id, by, 'delete-synchronization', login, {
          before: { synchronization: id, login },
          after: { packages: keepsPackages ? 'kept' : 'deleted' },
        }),
      ]),
  );
  const deletion = keepsPackages ? [] : [deletionOf(organization.id, target).message];
  await workQueue.send([grants.message, ...deletion, ...ended.messages]);
  // The deletion's worker would do the rest too, only later.
  await endTokens(dependencies, tokens, until);
  if (!keepsPackages) {
    await withdrawPackagesOf(dependencies, organization, id, [], until).catch(leaveToWorker);
  }
  return { done: true, ...plan };
}

interface Ending {
  readonly operations: readonly Operation[];
  /** To be sent afterwards. */
  readonly messages: readonly WorkMessage[];
}

/**
 * Operations that disconnect the synchronization: its reads, its credential and the rights from it end, and its forge organization can be
 * connected again.
 */
export async function disconnection(
  table: Table,
  synchronization: Synchronization,
  now: number,
): Promise<Ending> {
  const installations = (await listInstallations(table)).filter(
    (one) => one.synchronization === synchronization.id,
  );
  const hooks = await hooksOf(table, synchronization.id);
  // Hooks are removed from the forge first, and the credential after them.
  const ofForge =
    hooks.length > 0
      ? [endHooks(synchronization, hooks, now)]
      : await endCredential(table, synchronization, now);
  const operations = [
    ...withdrawSynchronization(synchronization, now),
    ...ofForge,
    ...installations.map((one) => releaseInstallation(one, synchronization.id)),
  ];
  const work = endedHooksWork(synchronization.organization, synchronization.id);
  return { operations, messages: hooks.length > 0 ? [work.message] : [] };
}

/** Ignores a conflict, which means that a package changed at the same moment: the worker reads it again. */
export function leaveToWorker(error: unknown): void {
  if (!(error instanceof ConflictError)) {
    throw error;
  }
}
