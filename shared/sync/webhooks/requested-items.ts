/** Which reads and scans a delivery calls for. */
import type { Handle } from '../../domain/facts.ts';
import type { SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, partOf, type ScopeLayout, type ScopeName, scopeOfKind } from '../../domain/scopes.ts';
import type { ParsedDelivery } from '../../forge/forge.ts';
import { loadRowsOfAccount } from '../../store/access-fact-store.ts';
import type { Table } from '../../store/table.ts';
import type { WorkItem } from '../../store/work.ts';
import { scanWork, scopeWork } from '../../store/work-items.ts';
import type { InstallationReplacement } from './replace-installation.ts';

export type Link = Pick<InstallationReplacement, 'organization' | 'synchronization'>;

interface RequestedItem {
  readonly workItem: WorkItem;
  /** From the event, for a part that may not be stored yet. */
  readonly handle?: Handle | undefined;
}
/** Parts of an account that are read one by one; with more, their lists are read. */
const rowsMax = 20;
/** The reads and scans that the delivery calls for, without duplicates. */
export async function workItemsOf(
  table: Table,
  layout: ScopeLayout,
  { hints, removals }: ParsedDelivery,
  { organization, synchronization }: Link,
  scopes: readonly ScopeName[],
): Promise<readonly RequestedItem[]> {
  const workItems = new Map<string, RequestedItem>();
  const add = (workItem: WorkItem, handle?: Handle): void => {
    workItems.set(workItem.key.sk, { workItem, handle });
  };
  for (const scope of scopes) {
    add(scopeWork(organization, synchronization, scope));
  }
  for (const hint of hints) {
    if (hint.look === 'scope') {
      add(scopeWork(organization, synchronization, hint.scope), hint.handle);
    } else if (hint.look === 'repository-content') {
      add(scanWork(organization, synchronization, hint.repository));
    }
  }
  for (const { key } of removals) {
    const [kind, account] = key.split('#');
    if (kind === 'member' && account !== undefined) {
      for (const scope of await scopesOfAccount(table, layout, synchronization, account)) {
        add(scopeWork(organization, synchronization, scope));
      }
    }
  }
  return [...workItems.values()];
}
/**
 * The scopes with rows of an account. An account that leaves an organization leaves its teams and repositories too, and no event
 * says so.
 */

async function scopesOfAccount(
  table: Table,
  layout: ScopeLayout,
  synchronization: SynchronizationId,
  account: string,
): Promise<readonly AnyScope[]> {
  const rows = await loadRowsOfAccount(table, synchronization, account);
  const scopes = [...new Set(rows.map((row): AnyScope => partOf(row) ?? scopeOfKind(layout, row.kind)))];
  return scopes.length > rowsMax ? [...new Set(rows.map(({ kind }) => scopeOfKind(layout, kind)))] : scopes;
}
