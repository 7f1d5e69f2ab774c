/** A line `name <mail> seconds zone` of a commit or tag. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601, UTC. */
  readonly date: string;
}

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

export interface Tag {
  readonly target: string;
  readonly name: string;
  readonly tagger?: Signature;
  readonly message: string;
}

export interface TreeEntry {
  /** A number: that of a regular file is 0o100644. */
  readonly mode: number;
  readonly name: string;
  readonly oid: string;
}

function headersAndMessage(body: Buffer): { headers: [string, string][]; message: string } {
  const text = body.toString('utf8');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const headers = head.split('\n').flatMap((line): [string, string][] => {
    const space = line.indexOf(' ');
    return space > 0 ? [[line.slice(0, space), line.slice(space + 1)]] : [];
  });
  return { headers, message: end < 0 ? '' : text.slice(end + 2) };
}

function signature(line: string | undefined): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (\d+)/.exec(line ?? '') ?? [];
  return { name, email, date: `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` };
}

/** Reads a commit object. */
export function parseCommit(body: Buffer): Commit {
  const { headers, message } = headersAndMessage(body);
  const one = (name: string) => headers.find(([key]) => key === name)?.[1];
  return {
    tree: one('tree') ?? '',
    parents: headers.flatMap(([key, value]) => (key === 'parent' ? [value] : [])),
    author: signature(one('author')),
    committer: signature(one('committer')),
    message,
  };
}

/** The committer's time of a commit in Unix seconds; all that ordering by date needs. */
export function committedSeconds(body: Buffer): number {
  const start = body.indexOf('\ncommitter ');
  const line = body.toString('latin1', start + 1, body.indexOf(0x0a, start + 1));
  return Number(/> (\d+) [+-]\d+$/.exec(line)?.[1] ?? 0);
}

/** Reads an annotated tag object. */
export function parseTag(body: Buffer): Tag {
  const { headers, message } = headersAndMessage(body);
  const one = (name: string) => headers.find(([key]) => key === name)?.[1];
  const tagger = one('tagger');
  return {
    target: one('object') ?? '',
    name: one('tag') ?? '',
    ...(tagger === undefined ? {} : { tagger: signature(tagger) }),
    message,
  };
}

/** Reads a tree object: entries of `<octal mode> <name>\0<20 bytes>`. */
export function parseTree(body: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const zero = body.indexOf(0, space);
    entries.push({
      mode: Number.parseInt(body.toString('latin1', at, space), 8),
      name: body.toString('utf8', space + 1, zero),
      oid: body.toString('hex', zero + 1, zero + 21),
    });
    at = zero + 21;
  }
  return entries;
}

/** The type of object that a tree entry's mode stands for. */
export function typeOfMode(mode: number): 'tree' | 'commit' | 'blob' {
  if (mode === 0o40000) return 'tree';
  return mode === 0o160000 ? 'commit' : 'blob';
}

/** Git's own rule: a zero byte among the first 8,000. */
export function isBinary(body: Buffer): boolean {
  return body.subarray(0, 8000).includes(0);
}
