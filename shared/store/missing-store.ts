/**
 * Since when a forge does not find an object that it had, where that alone is no proof (`ForgeTraits.notFoundMs`). An item is there as long as
 * each look-up finds nothing.
 */
import { z } from 'zod';
import type { SynchronizationId } from '../domain/ids.ts';
import type { PartScope } from '../domain/scopes.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const MissingItem = z.object({ since: z.number() });

/** Times in milliseconds since the epoch. One query, of nothing as a rule. */
export async function missingParts(
  table: Table,
  id: SynchronizationId,
): Promise<ReadonlyMap<PartScope, number>> {
  const { pk, sk } = keys.missingPart(id, '');
  return new Map(
    (await table.query(pk, sk)).map((item) => [
      String(item.sk).slice(sk.length) as PartScope,
      MissingItem.parse(item).since,
    ]),
  );
}

export const noteMissing = (id: SynchronizationId, part: PartScope, since: number): Operation => ({
  put: keys.missingPart(id, part),
  item: { since },
});

export const forgetMissing = (id: SynchronizationId, part: PartScope): Operation => ({
  delete: keys.missingPart(id, part),
});
