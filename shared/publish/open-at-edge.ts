/**
 * Brings what the edge knows of an organization up to date with this version: the organization's key, and tokens whose values name the
 * organizations that they read. The edge takes tokens from before that as they are, so that nobody is refused while an update is on its
 * way; they are written anew when the key is at the edge.
 */
import type { OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  accessNotStopped,
  desireOpen,
  findOrganization,
  organizationKey,
} from '../store/organization-store.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { isUnrestricted, restrictToken, tokensOfOrganization } from '../store/token-store.ts';
import type { WorkQueue } from '../store/work.ts';

export interface OpenAtEdgeDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/** One step of it: what the next one waits for is at the edge some time later, and the next reconcile goes on. */
export async function openAtEdge(dependencies: OpenAtEdgeDependencies, id: OrganizationId): Promise<void> {
  const organization = await findOrganization(dependencies.table, id);
  if (organization === undefined) {
    return;
  }
  if (organization.accessStoppedAt !== undefined) {
    // Whoever stopped access may have died before: a token that names no organization would be taken all the same.
    await restrictTokens(dependencies, organization);
    return;
  }
  const key = await organizationKey(dependencies.table, organization);
  if (key === 'at-edge') {
    await restrictTokens(dependencies, organization);
  } else if (key === 'missing') {
    await writeKey(dependencies, organization);
  }
}

/** For an organization from before organizations had keys: so that a new token, which needs it, finds it at the edge. */
export async function ensureKey(
  dependencies: OpenAtEdgeDependencies,
  organization: Organization,
): Promise<void> {
  if (
    organization.accessStoppedAt === undefined &&
    (await organizationKey(dependencies.table, organization)) === 'missing'
  ) {
    await writeKey(dependencies, organization);
  }
}

async function writeKey(
  { table, workQueue, clock }: OpenAtEdgeDependencies,
  organization: Organization,
): Promise<void> {
  const { operation, message } = desireOpen(organization, clock.now());
  await unlessMet(async () => {
    await table.transact([accessNotStopped(organization.id), operation]);
    await workQueue.send([message]);
  });
}

/** Tokens that say nothing of organizations are their own organization's alone from now on. */
export async function restrictTokens(
  { table, workQueue, clock }: OpenAtEdgeDependencies,
  organization: Organization,
): Promise<void> {
  for (const token of (await tokensOfOrganization(table, organization.id)).filter(isUnrestricted)) {
    await unlessMet(async () => {
      await workQueue.send(await restrictToken(table, token, organization.slug, clock.now()));
    });
  }
}

/** Whoever wrote at the same moment, a stop or a revocation, knows better; what is left is found by the next reconcile. */
async function unlessMet(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
