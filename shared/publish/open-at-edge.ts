/**
 * Updates an organization's edge data from older versions: adds the organization's key, and tokens whose values name the organizations that
 * they read. The edge accepts older tokens as they are, so that nobody is refused during an update; they are rewritten once the key is at
 * the edge.
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
import { tokensOfOrganization } from '../store/token-store.ts';
import { isUnrestricted, restrictToken } from '../store/token-transitions.ts';
import type { WorkQueue } from '../store/work.ts';

export interface OpenAtEdgeDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/** Makes one step of the update. The next reconcile continues once the edge has what this step wrote. */
export async function openAtEdge(dependencies: OpenAtEdgeDependencies, id: OrganizationId): Promise<void> {
  const organization = await findOrganization(dependencies.table, id);
  if (organization === undefined) {
    return;
  }
  if (organization.accessStoppedAt !== undefined) {
    // The stop of access may have died before this: a token that names no organization would still be accepted.
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

/** Adds the key of an organization that is older than these keys, so that the edge has it for a new token. */
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
  await ignoreConflict(async () => {
    await table.transact([accessNotStopped(organization.id), operation]);
    await workQueue.send([message]);
  });
}

/** Restricts tokens that name no organizations to their own. */
export async function restrictTokens(
  { table, workQueue, clock }: OpenAtEdgeDependencies,
  organization: Organization,
): Promise<void> {
  for (const token of (await tokensOfOrganization(table, organization.id)).filter(isUnrestricted)) {
    await ignoreConflict(async () => {
      await workQueue.send(await restrictToken(table, token, organization.slug, clock.now()));
    });
  }
}

/** Ignores a conflict: the concurrent write, a stop or a revocation, takes precedence, and the next reconcile does what is left. */
async function ignoreConflict(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}
