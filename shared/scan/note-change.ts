/** Notes when a repository last changed, by which its next reading is put off. */
import { createHash } from 'node:crypto';
import type { ForgeRepository } from '../forge/forge.ts';
import type { Item } from '../store/table.ts';

/** What the scan's item keeps of it. */
export interface RefsRecord {
  /** A digest of all tags and branches with their commits. */
  readonly refsDigest: string;
  /** When a scan first saw them; milliseconds since the epoch. */
  readonly changedAt: number;
}

/** @param before the item of the scan before @param now milliseconds since the epoch */
export function changeOf(
  { tags, branches }: Pick<ForgeRepository, 'tags' | 'branches'>,
  before: Item,
  now: number,
): RefsRecord {
  const lines = [
    ...tags.map(({ name, commit }) => `tag ${name} ${commit}`),
    ...branches.map(({ name, commit }) => `branch ${name} ${commit}`),
  ];
  const refsDigest = createHash('sha256').update(lines.sort().join('\n')).digest('base64url').slice(0, 22);
  const isSame = before.refsDigest === refsDigest && typeof before.changedAt === 'number';
  return { refsDigest, changedAt: isSame ? Number(before.changedAt) : now };
}
