/**
 * Removes what expired tokens leave at the edge: their values, and their principal's bitmap and root file if it has no other
 * token. The edge itself refuses them from their expiry on.
 */
import type { OrganizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { ConflictError, type Table } from '../store/table.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { retireToken } from '../store/token-transitions.ts';
import type { WorkQueue } from '../store/work.ts';

/** How long the edge still says that the token expired, and when, instead of not knowing it. Milliseconds. */
export const expiredKeptMs = 7 * 24 * 3600_000;

export async function retireTokens(
  {
    table,
    workQueue,
    clock,
  }: { readonly table: Table; readonly workQueue: WorkQueue; readonly clock: Clock },
  organization: OrganizationId,
): Promise<void> {
  const now = clock.now();
  for (const token of await tokensOfOrganization(table, organization)) {
    const isOld = token.expiry !== 0 && token.expiry * 1000 + expiredKeptMs <= now;
    if (isOld && (token.state === 'active' || token.state === 'waiting')) {
      try {
        await workQueue.send(await retireToken(table, token, now));
      } catch (error) {
        if (!(error instanceof ConflictError)) {
          throw error;
        }
      }
    }
  }
}
