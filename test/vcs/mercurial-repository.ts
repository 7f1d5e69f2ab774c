/** Repositories of Mercurial made for tests: by one process of its command server, which is much faster than one for each command. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeCommands } from '../../shared/vcs/mercurial/command-server.ts';
import { run } from './servers/run.ts';

export interface HgRepository {
  readonly folder: string;
  hg(...args: readonly string[]): Promise<string>;
  write(path: string, content: string | Uint8Array): void;
  /** Commits everything. @returns the commit's hash */
  commit(message: string): Promise<string>;
  /** Ends the process. */
  close(): void;
}

export function createHgRepository(folder: string): HgRepository {
  mkdirSync(folder, { recursive: true });
  run(folder, ['hg', 'init']);
  const child = spawn('hg', ['serve', '--cmdserver', 'pipe', '-R', folder], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8', HGUSER: 'Ann <ann@example.org>' },
  });
  const results = resultsOf(child);
  let commits = 0;
  const hg = async (...args: readonly string[]): Promise<string> => {
    child.stdin.write(encodeCommands([args]));
    const { value } = await results.next();
    if (value?.code !== 0) throw new Error(`hg ${args.join(' ')}: ${value?.errors}`);
    return value.output;
  };
  return {
    ...{ folder, hg },
    write: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    commit: async (message) => {
      commits += 1;
      const date = `2024-05-${String(commits).padStart(2, '0')} 10:00:00 +0200`;
      await hg('addremove', '--quiet');
      await hg('commit', '--message', message, '--date', date);
      return hg('log', '--rev', '.', '--template', '{node}');
    },
    close: () => child.stdin.end(),
  };
}

interface Result {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** https://wiki.mercurial-scm.org/CommandServer */
async function* resultsOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
): AsyncGenerator<Result, undefined> {
  let read = Buffer.alloc(0);
  let isGreeted = false;
  let [output, errors] = ['', ''];
  for await (const bytes of child.stdout) {
    read = Buffer.concat([read, bytes]);
    while (read.length >= 5 && read.length >= 5 + read.readUInt32BE(1)) {
      const end = 5 + read.readUInt32BE(1);
      const data = read.subarray(5, end);
      const channel = String.fromCharCode(read[0] ?? 0);
      read = read.subarray(end);
      if (!isGreeted) isGreeted = true;
      else if (channel === 'o') output += data.toString('utf8');
      else if (channel === 'e') errors += data.toString('utf8');
      else if (channel === 'r') {
        yield { code: data.readInt32BE(), output, errors };
        [output, errors] = ['', ''];
      }
    }
  }
}

export const manifest = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ name: 'acme/lib', ...more });
