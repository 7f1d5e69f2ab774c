/** What the synchronizations of an organization read their code hosts with, as far as it is not secret. */
import { type Connection, installationOf } from '../domain/connection.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { credentialEnds } from '../store/credential-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

export interface DescribedConnection
  extends Pick<Synchronization, 'forge' | 'baseUrl' | 'credentialState' | 'credentialScope'> {
  readonly kind: Connection['kind'];
  readonly installation: string | undefined;
  /** Times in milliseconds since the epoch. */
  readonly stateSince: number | undefined;
  readonly checkedAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly usedBy: Pick<Synchronization, 'id' | 'login'>;
}

/** One for each synchronization, which has its own. Three reads. */
export async function connectionsOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly DescribedConnection[]> {
  const synchronizations = await synchronizationsOf(table, organization);
  const ids = synchronizations.flatMap(({ connection }) => ('id' in connection ? [connection.id] : []));
  const ends = await credentialEnds(table, ids);
  return synchronizations.map(({ connection, ...one }) => ({
    forge: one.forge,
    baseUrl: one.baseUrl,
    kind: connection.kind,
    installation: installationOf(connection),
    credentialState: one.credentialState,
    credentialScope: one.credentialScope,
    stateSince: one.credentialStateSince,
    checkedAt: lastOf(Object.values(one.lastSuccessAt)),
    expiresAt: 'id' in connection ? ends.get(connection.id) : undefined,
    usedBy: { id: one.id, login: one.login },
  }));
}

const lastOf = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.max(...times);
