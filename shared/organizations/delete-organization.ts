/** Deletes an organization: the edge refuses everybody at once, then all its data is removed. Its slug is never used again. */
import type { Organization } from '../domain/organization.ts';
import { askDeletion, deletionOf, openDeletions } from '../store/deletion-store.ts';
import { desireClosed, withdrawOrganization } from '../store/organization-store.ts';
import { packagesOf } from '../store/package-store.ts';
import { endedSynchronizations, synchronizationsOf } from '../store/synchronization-store.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { callMs, disconnection, leaveToWorker } from './delete-synchronization.ts';
import { endTokens } from './end-tokens.ts';
import { ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

/** What is deleted, or would be without a confirmation. */
export interface OrganizationDeletion {
  readonly done: boolean;
  readonly slug: string;
  readonly synchronizations: readonly string[];
  readonly packages: number;
  readonly versions: number;
  readonly tokens: number;
}

/** @throws CallerError */
export async function deleteOrganization(
  dependencies: RefuseDependencies,
  organization: Organization,
  confirmation: Confirmation,
): Promise<OrganizationDeletion> {
  const { table, workQueue, clock } = dependencies;
  const { id, slug } = organization;
  const by = confirmed(confirmation, slug);
  const now = clock.now();
  const synchronizations = await synchronizationsOf(table, id);
  const everyPackage = await packagesOf(table, id);
  const packages = everyPackage.filter(({ state }) => state !== 'deleted' && state !== 'copying');
  const tokens = (await tokensOfOrganization(table, id)).filter(({ state }) => state !== 'revoked');
  const plan = {
    slug,
    synchronizations: synchronizations.map(({ login }) => login),
    packages: packages.length,
    versions: packages.reduce((sum, { versionCount }) => sum + versionCount, 0),
    tokens: tokens.length,
  };
  if (by === undefined) {
    return { done: false, ...plan };
  }
  // A synchronization that is being removed is not listed any more, and its removal ends with the organization's records.
  const beingRemoved = (await openDeletions(table, id)).flatMap(({ target }) =>
    target.kind === 'synchronization' ? [target.synchronization] : [],
  );
  // One that ended before that was noted is found by the packages that it left.
  const ended = [
    ...(await endedSynchronizations(table, id)),
    ...everyPackage.map(({ synchronization }) => synchronization),
  ];
  const target = { kind: 'organization' } as const;
  const closed = desireClosed(organization, now);
  await table.transact([
    withdrawOrganization(id, now),
    closed.operation,
    askDeletion(id, target, slug, now, {
      synchronizations: [...new Set([...synchronizations.map((one) => one.id), ...beingRemoved, ...ended])],
    }),
    ownerAct(dependencies, id, by, 'delete-organization', slug),
  ]);
  await workQueue.send([closed.message, deletionOf(id, target).message]);
  // The deletion's worker would do the rest too, only later.
  for (const synchronization of synchronizations) {
    const { operations, messages } = await disconnection(table, synchronization, now);
    await table.transact(operations).catch(leaveToWorker);
    await workQueue.send(messages);
  }
  await endTokens(dependencies, tokens, now + callMs);
  return { done: true, ...plan };
}
