/** How far the hooks of a synchronization are installed and checked: the work item of their care. */
import { z } from 'zod';
import type { SynchronizationId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import type { Item, Table } from './table.ts';

export const hookProblemCodes = [
  /** The credential may not manage hooks. */
  'insufficient-scope',
  /** The forge refuses a hook for another reason. */
  'refused',
  /** The installation has no public address for deliveries. */
  'no-address',
] as const;

const HookCareItem = z.object({
  /** Where hooks are installed: on the organization, or on each repository with a package. */
  on: z.enum(['organization', 'repositories']).optional(),
  /** How many repositories want a hook of their own, and have none that works. */
  missing: z.number().default(0),
  /** Why hooks are missing, until they are not. */
  problem: z.object({ code: z.enum(hookProblemCodes), message: z.string(), since: z.number() }).optional(),
  /** Where the rotations continue, and when they went on; milliseconds since the epoch. */
  activeAfter: z.string().optional(),
  quietAfter: z.string().optional(),
  checkedAt: z.number().optional(),
});
export type HookCare = z.infer<typeof HookCareItem>;

export const parseHookCare = (item: Item): HookCare => HookCareItem.parse(item);

/** One read. */
export async function hookCareOf(table: Table, id: SynchronizationId): Promise<HookCare | undefined> {
  const item = await table.get(keys.hooks(id));
  return item && parseHookCare(item);
}
