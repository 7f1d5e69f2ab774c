import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const changeSchema = z.object({
  etag: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  puts: z.array(z.tuple([z.string(), z.string()])),
  deletes: z.array(z.string()),
});

/** One update of a store, which is atomic. */
export type StoreChange = z.infer<typeof changeSchema>;

/** A store's changes as lines of a file, so that an update costs as much as it changes, not the whole store. */
export interface StoreFile {
  /** The contents at the start. */
  readonly items: ReadonlyMap<string, string>;
  readonly first: StoreChange | undefined;
  readonly last: StoreChange | undefined;
  append(change: StoreChange, items: ReadonlyMap<string, string>): void;
}

/** Opens the file at `path`. A last line truncated by a kill is dropped, since its update was never answered. */
export function openStoreFile(path: string): StoreFile {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const changes = text
    .split('\n')
    .slice(0, -1)
    .map((line) => changeSchema.parse(JSON.parse(line)));
  const items = new Map<string, string>();
  for (const { puts, deletes } of changes) {
    for (const [key, value] of puts) items.set(key, value);
    for (const key of deletes) items.delete(key);
  }
  // The first line has the time of the store's creation and no keys.
  let first = changes[0];
  const last = changes.at(-1);
  let bytes = 0;

  function rewrite(latest: StoreChange, all: ReadonlyMap<string, string>): void {
    const created = { ...(first ?? latest), puts: [], deletes: [] };
    const lines = [created, { ...latest, puts: [...all], deletes: [] }].map(
      (change) => `${JSON.stringify(change)}\n`,
    );
    bytes = lines.join('').length;
    writeFileSync(`${path}.new`, lines.join(''));
    renameSync(`${path}.new`, path);
  }

  if (last !== undefined) rewrite(last, items);
  else writeFileSync(path, '');

  return {
    items,
    first,
    last,
    append(change, all) {
      first ??= change;
      const line = `${JSON.stringify(change)}\n`;
      bytes += line.length;
      if (bytes > 20_000_000) rewrite(change, all);
      else appendFileSync(path, line);
    },
  };
}
