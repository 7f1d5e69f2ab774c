/** Objects as git stores them. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
import { isUtf8 } from 'node:buffer';

export type ObjectType = 'commit' | 'tag' | 'tree' | 'blob';

export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly size: number;
  /** Undefined if it is longer than what was asked for. */
  readonly body: Buffer | undefined;
}

export const isOid = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

export interface Commit {
  readonly tree: string;
  /** When its author made it, ISO 8601; undefined where that cannot be read. */
  readonly date: string | undefined;
}

/** @returns undefined for bytes that are no commit */
export function parseCommit(body: Buffer): Commit | undefined {
  const text = body.toString('latin1');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const tree = /^tree ([0-9a-f]{40}(?:[0-9a-f]{24})?)$/m.exec(head)?.[1];
  // As `%at`, which Composer's GitDriver asks for.
  const seconds = /^author .*> *(\d+)(?: |$)/m.exec(head)?.[1];
  return tree === undefined ? undefined : { tree, date: seconds && dateOf(Number(seconds)) };
}

function dateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  const isDate = !Number.isNaN(date.getTime()) && date.getUTCFullYear() <= 9999;
  return isDate ? date.toISOString().replace('.000Z', 'Z') : undefined;
}

export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'submodule';
  readonly oid: string;
}

interface RawEntry {
  readonly name: Buffer;
  readonly mode: string;
  readonly oid: string;
}

function* rawEntries(tree: Buffer, hashBytes: number): Generator<RawEntry> {
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(0x20, at);
    const zero = tree.indexOf(0, space + 1);
    const next = zero + 1 + hashBytes;
    if (space < 0 || zero < 0 || next > tree.length) return;
    const oid = tree.subarray(zero + 1, next).toString('hex');
    yield { name: tree.subarray(space + 1, zero), mode: tree.toString('latin1', at, space), oid };
    at = next;
  }
}

const entryOf = (name: string, { mode, oid }: RawEntry): TreeEntry => ({
  ...{ name, oid },
  kind: kindOf(Number.parseInt(mode, 8)),
});

/**
 * Finds one entry of a tree.
 *
 * @param hashBytes how long its ids are
 */
export function findEntry(tree: Buffer, name: string, hashBytes: number): TreeEntry | undefined {
  const wanted = Buffer.from(name, 'utf8');
  for (const entry of rawEntries(tree, hashBytes)) {
    if (entry.name.equals(wanted)) return entryOf(name, entry);
  }
  return undefined;
}

/** The entries of a tree whose names are UTF-8, as all paths are that we know. */
export function* treeEntries(tree: Buffer, hashBytes: number): Generator<TreeEntry> {
  for (const entry of rawEntries(tree, hashBytes)) {
    if (isUtf8(entry.name)) yield entryOf(entry.name.toString('utf8'), entry);
  }
}

/** https://git-scm.com/docs/git-fast-import#_filemodify lists the modes. */
function kindOf(mode: number): TreeEntry['kind'] {
  switch (mode & 0o170000) {
    case 0o040000:
      return 'folder';
    case 0o120000:
      return 'link';
    case 0o160000:
      return 'submodule';
    default:
      return 'file';
  }
}
