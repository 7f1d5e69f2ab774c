import { spawn } from 'node:child_process';
import { cleanGitEnvironment } from './run-git.ts';

/** One object as `git cat-file --batch` prints it. */
export interface RawObject {
  readonly oid: string;
  readonly type: 'commit' | 'tag' | 'tree' | 'blob';
  readonly body: Buffer;
}

/** A running `git cat-file --batch`. It answers requests in order. */
export interface BatchProcess {
  /** Reads an object by id or by any expression that names one; undefined if there is none. Rejects if git fails. */
  read(expression: string): Promise<RawObject | undefined>;
  pending(): number;
  close(): void;
}

interface Waiting {
  resolve(object: RawObject | undefined): void;
  reject(error: Error): void;
}

function isType(type: string | undefined): type is RawObject['type'] {
  return type === 'commit' || type === 'tag' || type === 'tree' || type === 'blob';
}

/** Starts `git cat-file --batch` on a bare repository; calls `onExit` once it has exited. */
export function startBatch(gitDirectory: string, onExit: () => void): BatchProcess {
  const child = spawn('git', [`--git-dir=${gitDirectory}`, 'cat-file', '--batch'], {
    env: cleanGitEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: Waiting[] = [];
  let chunks: Buffer[] = [];
  let length = 0;
  let header: { oid: string; type: RawObject['type']; size: number } | undefined;
  let ended = false;

  function fail(): void {
    if (ended) return;
    ended = true;
    for (const { reject } of waiting.splice(0)) reject(new Error('git cat-file ended early'));
    onExit();
  }

  /** Joins the buffered chunks, and drops `skip` bytes at their beginning. */
  function take(skip: number): Buffer {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    const rest = all.subarray(skip);
    chunks = rest.length > 0 ? [rest] : [];
    length = rest.length;
    return all;
  }

  function consume(): void {
    for (;;) {
      if (header !== undefined) {
        const { oid, type, size } = header;
        if (length < size + 1) return;
        header = undefined;
        // Copied, so that a small object does not keep a large buffer alive.
        waiting.shift()?.resolve({ oid, type, body: Buffer.from(take(size + 1).subarray(0, size)) });
        continue;
      }
      const end = take(0).indexOf(0x0a);
      if (end < 0) return;
      const line = take(end + 1).toString('utf8', 0, end);
      const [, oid = '', type, size] = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(line) ?? [];
      if (isType(type)) header = { oid, type, size: Number(size) };
      else waiting.shift()?.resolve(undefined);
    }
  }

  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    consume();
  });
  child.stdin.on('error', fail);
  child.on('error', fail);
  child.on('close', fail);

  return {
    read: (expression) =>
      new Promise((resolve, reject) => {
        if (ended || expression.includes('\n'))
          return ended ? reject(new Error('git cat-file ended')) : resolve(undefined);
        waiting.push({ resolve, reject });
        child.stdin.write(`${expression}\n`);
      }),
    pending: () => waiting.length,
    close: () => child.stdin.end(),
  };
}
