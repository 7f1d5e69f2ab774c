/** Small repositories for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBareRepository } from './bare-repository.ts';
import { runGit } from './run-git.ts';

/** Makes a bare repository from a stream for `git fast-import`; the caller removes it. */
export async function importRepository(stream: string): Promise<string> {
  const gitDirectory = join(await mkdtemp(join(tmpdir(), 'api-test-')), 'repository.git');
  await createBareRepository(gitDirectory, 'main');
  await runGit(['--git-dir', gitDirectory, 'fast-import', '--quiet'], { input: stream });
  return gitDirectory;
}

export async function removeRepository(gitDirectory: string): Promise<void> {
  await rm(join(gitDirectory, '..'), { recursive: true });
}

/** Runs git in a repository and returns what it prints. */
export function gitIn(gitDirectory: string, ...args: string[]): Promise<string> {
  return runGit(['--git-dir', gitDirectory, ...args]);
}

/** A commit for `git fast-import`, which lists all of its files. */
export function commitText(
  ref: string,
  seconds: number,
  files: Record<string, string>,
  mark?: number,
): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return [
    `commit ${ref}\n`,
    mark === undefined ? '' : `mark :${mark}\n`,
    `committer Ann <ann@example.com> ${seconds} +0000\n`,
    data(`commit at ${seconds}\n`),
    'deleteall\n',
    ...Object.entries(files).map(([path, text]) => {
      const mode = path.endsWith('@') ? '120000' : '100644';
      return `M ${mode} inline ${path.replace(/@$/, '')}\n${data(text)}`;
    }),
    '\n',
  ].join('');
}
