/** Repositories of Mercurial made for tests: by one process of its command server, which is much faster than one for each command. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeCommands } from '../../shared/vcs/mercurial/command-server.ts';

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
  const child = spawn('hg', ['serve', '--cmdserver', 'pipe'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8', HGUSER: 'Ann <ann@example.org>' },
  });
  const results = resultsOf(child);
  let commits = 0;
  let isMade = false;
  const hg = async (...args: readonly string[]): Promise<string> => {
    const commands = isMade ? [args] : [['init', folder], args];
    isMade = true;
    child.stdin.write(encodeCommands(commands));
    let output = '';
    for (const command of commands) {
      const { value } = await results.next();
      if (value?.code !== 0) throw new Error(`hg ${command.join(' ')}: ${value?.errors}`);
      output = value.output;
    }
    return output;
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

/** One tag, with files of each kind, and a branch that went on. @returns the tag's commit */
export async function makeSmall({ folder, hg, write, commit }: HgRepository): Promise<string> {
  write('composer.json', manifest());
  write('src/A.php', '<?php\n');
  write('run.sh', '#!/bin/sh\n');
  execFileSync('chmod', ['755', join(folder, 'run.sh')]);
  const first = await commit('first');
  await hg('tag', '--rev', first, '1.0');
  write('docs/README.md', '# Docs\n');
  await commit('second');
  return first;
}

/** Tags and branches good, odd and gone. */
export async function makeOdd(repository: HgRepository): Promise<void> {
  const { hg, write, commit } = repository;
  write('composer.json', manifest());
  write('src/A.php', '<?php\n');
  write('run.sh', '#!/bin/sh\n');
  execFileSync('chmod', ['755', join(repository.folder, 'run.sh')]);
  const first = await commit('first');
  for (const name of [
    '1.0',
    'v1.1.0',
    'release-1.2',
    'two words',
    'käse',
    'no-version',
    '1.3-beta1',
    'gone',
    'moved',
  ]) {
    await hg('tag', '--rev', first, '--', name);
  }
  await hg('tag', '--remove', 'gone');
  await hg('tag', '--local', 'mine');
  const tagged = async (tag: string, prepare: () => unknown): Promise<void> => {
    await prepare();
    await commit(tag);
    await hg('tag', tag);
  };
  await hg('branch', '--quiet', 'odd');
  await tagged('3.0-none', () => hg('remove', '--quiet', 'composer.json'));
  await tagged('4.0-binary', () =>
    write('composer.json', Buffer.from('{"name":"acme/lib","description":"\xe9"}', 'latin1')),
  );
  await tagged('5.0-folder', async () => {
    await hg('remove', '--quiet', '--force', 'composer.json');
    write('composer.json/a', '');
  });
  await tagged('6.0-link', async () => {
    await hg('remove', '--quiet', '--force', 'composer.json/a');
    mkdirSync(join(repository.folder, 'real'), { recursive: true });
    write('real/manifest.json', manifest({ description: 'linked' }));
    execFileSync('ln', ['-s', 'real/manifest.json', join(repository.folder, 'composer.json')]);
  });
  await tagged('7.0-outside', () =>
    execFileSync('ln', ['-sf', '../../../etc/passwd', join(repository.folder, 'composer.json')]),
  );
  await tagged('8.0-large', () => {
    execFileSync('rm', [join(repository.folder, 'composer.json')]);
    write('composer.json', `{"name":"acme/lib","description":"${'x'.repeat(1024 * 1024)}"}`);
  });
  // Composer has no limit, so the branch itself is small again.
  write('composer.json', manifest());
  await commit('small');
  await hg('update', '--quiet', '--clean', 'default');
  write('docs/README.md', '# Docs\n');
  write('composer.json', manifest({ description: 'second' }));
  const second = await commit('second');
  await hg('tag', '--force', '--rev', second, 'moved');
  for (const name of ['feature/x', '2.x', 'closed', 'has space', 'v3']) {
    await hg('update', '--quiet', 'default');
    await hg('branch', '--quiet', name);
    write('branch.txt', name);
    await commit(name);
    if (name === 'closed') await hg('commit', '--close-branch', '--message', 'close', '--date', '2024-06-01');
  }
  await hg('update', '--quiet', 'default');
  await hg('bookmark', '--rev', second, 'topic');
  await hg('bookmark', '--rev', first, '@');
  await hg('bookmark', '--rev', first, '4.x');
  write('last.txt', '');
  await commit('last');
}
