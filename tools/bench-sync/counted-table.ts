/** A table that counts what is written to it, by what it is about. */
import type { Key } from '../../shared/store/keys.ts';
import type { Operation, Table } from '../../shared/store/table.ts';

/** How many items of each kind were written, and in how many calls. */
export interface Writes {
  readonly calls: number;
  readonly items: Readonly<Record<string, number>>;
  /** Principals that were asked for, each once. */
  readonly principals: number;
}

export interface CountedTable extends Table {
  /** What was written since the last time. */
  takeWrites(): Writes;
}

const askedForPrincipal = 'principal: asked for';

export function countWrites(table: Table): CountedTable {
  let calls = 0;
  let items: Record<string, number> = {};
  let principals = new Set<string>();
  const count = (key: Key, attributes: readonly string[]): void => {
    const kind = kindOf(key, attributes);
    items[kind] = (items[kind] ?? 0) + 1;
    if (kind === askedForPrincipal) principals.add(`${key.pk} ${key.sk}`);
  };
  return {
    ...table,
    async update(change, when) {
      calls += 1;
      count(change.key, Object.keys({ ...change.set, ...change.add }));
      return table.update(change, when);
    },
    async transact(operations) {
      calls += operations.length > 0 ? 1 : 0;
      for (const operation of operations) {
        const written = writtenBy(operation);
        if (written !== undefined) count(written.key, written.attributes);
      }
      return table.transact(operations);
    },
    takeWrites() {
      const taken = { calls, items, principals: principals.size };
      calls = 0;
      items = {};
      principals = new Set();
      return taken;
    },
  };
}

function writtenBy(operation: Operation): { key: Key; attributes: readonly string[] } | undefined {
  if ('put' in operation) return { key: operation.put, attributes: Object.keys(operation.item) };
  if ('delete' in operation) return { key: operation.delete, attributes: [] };
  if ('check' in operation) return undefined;
  const { key, set, add } = operation.update;
  return { key, attributes: Object.keys({ ...set, ...add }) };
}

/** What a write is about, in words. */
export function kindOf({ pk, sk }: Key, attributes: readonly string[]): string {
  const [head = ''] = sk.split('#');
  const has = (name: string): boolean => attributes.includes(name);
  switch (head) {
    case 'SCOPE':
      if (has('wanted')) return 'scope: asked for';
      if (has('readAt') || has('partsRead')) return 'scope: number of the read';
      if (has('done')) return 'scope: done';
      return 'scope: lease';
    case 'SYNC':
      return has('counter') ? 'synchronization: number drawn' : 'synchronization: success';
    case 'PRINCIPAL':
      return has('wanted') ? askedForPrincipal : 'principal: done';
    case 'FACT':
      return 'fact';
    case 'RUN':
      return 'run record';
    default:
      return `${pk.split('#')[0]} ${head}`.toLowerCase();
  }
}
