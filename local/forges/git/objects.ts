import { type BatchProcess, type RawObject, startBatch } from './batch-process.ts';
import { parseCommit, parseTree, type TreeEntry } from './object-formats.ts';

const OID = /^[0-9a-f]{40}$/;

/**
 * Reads objects of bare repositories quickly: one process for each repository in use, and a bounded cache of objects, which never change.
 */
export interface GitObjects {
  /** Reads an object by its full id; undefined if the repository does not have it. */
  read(gitDirectory: string, oid: string): Promise<RawObject | undefined>;
  /** Reads the object that an expression names (`main`, `v1:src/a.php`); undefined if there is none. */
  resolve(gitDirectory: string, expression: string): Promise<RawObject | undefined>;
  /** Finds the entry at a path below a commit or tree; undefined if there is none. */
  entryAt(gitDirectory: string, root: RawObject, path: string): Promise<TreeEntry | undefined>;
  close(): void;
}

interface Running {
  readonly batch: BatchProcess;
  timer: NodeJS.Timeout;
}

/**
 * @param options.idleMs how long a repository's process runs without a request
 *
 * @param options.maxProcesses exceeded only while all are busy
 * @param options.maxBytes bound of the cache; objects larger than a sixteenth of it are not cached
 */
export function createGitObjects(
  options: { idleMs?: number; maxProcesses?: number; maxBytes?: number } = {},
): GitObjects {
  const { idleMs = 2000, maxProcesses = 16, maxBytes = 64 * 1024 * 1024 } = options;
  const running = new Map<string, Running>();
  const kept = new Map<string, RawObject>();
  const pending = new Map<string, Promise<RawObject | undefined>>();
  let bytes = 0;

  function end(gitDirectory: string): void {
    const entry = running.get(gitDirectory);
    if (entry === undefined) return;
    running.delete(gitDirectory);
    clearTimeout(entry.timer);
    entry.batch.close();
  }

  function endWhenIdle(gitDirectory: string): void {
    const entry = running.get(gitDirectory);
    if (entry === undefined) return;
    if (entry.batch.pending() === 0) end(gitDirectory);
    else entry.timer.refresh();
  }

  function processFor(gitDirectory: string): BatchProcess {
    const entry = running.get(gitDirectory);
    if (entry !== undefined) {
      entry.timer.refresh();
      return entry.batch;
    }
    if (running.size >= maxProcesses) {
      const idle = [...running].find(([, { batch }]) => batch.pending() === 0);
      if (idle !== undefined) end(idle[0]);
    }
    const batch = startBatch(gitDirectory, () => {
      if (running.get(gitDirectory)?.batch === batch) end(gitDirectory);
    });
    running.set(gitDirectory, { batch, timer: setTimeout(() => endWhenIdle(gitDirectory), idleMs) });
    return batch;
  }

  function keep(key: string, object: RawObject): void {
    if (object.body.length > maxBytes / 16 || kept.has(key)) return;
    kept.set(key, object);
    bytes += object.body.length;
    for (const [oldest, { body }] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= body.length;
    }
  }

  async function read(gitDirectory: string, oid: string): Promise<RawObject | undefined> {
    if (!OID.test(oid)) return undefined;
    const key = `${gitDirectory}\0${oid}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const already = pending.get(key);
    if (already !== undefined) return already;
    const question = processFor(gitDirectory)
      .read(oid)
      .finally(() => pending.delete(key));
    pending.set(key, question);
    const object = await question;
    if (object !== undefined) keep(key, object);
    return object;
  }

  async function entryAt(
    gitDirectory: string,
    root: RawObject,
    path: string,
  ): Promise<TreeEntry | undefined> {
    let tree = root.type === 'commit' ? await read(gitDirectory, parseCommit(root.body).tree) : root;
    let entry: TreeEntry | undefined;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (tree?.type !== 'tree') return undefined;
      entry = parseTree(tree.body).find((candidate) => candidate.name === name);
      if (entry === undefined) return undefined;
      const isTree: boolean = entry.mode === 0o40000;
      tree = isTree ? await read(gitDirectory, entry.oid) : undefined;
    }
    return entry;
  }

  return {
    read,
    resolve: (gitDirectory, expression) =>
      OID.test(expression) ? read(gitDirectory, expression) : processFor(gitDirectory).read(expression),
    entryAt,
    close: () => {
      for (const gitDirectory of [...running.keys()]) end(gitDirectory);
    },
  };
}
