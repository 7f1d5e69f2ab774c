import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from './run-git.ts';

/** As on forges: only heads and tags are shown, and any commit may be requested. */
const configuration = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[receive]
\tautogc = false
[transfer]
\thideRefs = refs
\thideRefs = !refs/heads
\thideRefs = !refs/tags
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
`;

/** Creates an empty bare repository by hand, since one `git init` for each of a world's repositories would be slow. */
export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  await writeFile(join(directory, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
  await writeFile(join(directory, 'config'), configuration);
}

/**
 * Copies the heads and tags of a repository, bare or not, into a new bare one; never writes to the source.
 *
 * @returns the default branch: the one that HEAD names there, if it exists.
 * @throws {GitError} when the source is no repository or git refuses to read it.
 *
 * @throws {Error} when its object ids are not SHA-1.
 */
export async function copyRepository(source: string, directory: string): Promise<string> {
  // The user's own git configuration applies here: `safe.directory` decides whose repositories git reads.
  const environment = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  await runGit(['clone', '--quiet', '--bare', '--', source, directory], {
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) =>
        value === undefined || /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY)$/.test(name)
          ? []
          : [[name, value]],
      ),
    ),
  });
  const format = await runGit(['--git-dir', directory, 'rev-parse', '--show-object-format']);
  if (format.trim() !== 'sha1') {
    await rm(directory, { recursive: true });
    throw new Error(`${source}: the repository has SHA-256 object ids, which the forges do not serve`);
  }
  await rm(join(directory, 'hooks'), { recursive: true, force: true });
  await writeFile(join(directory, 'config'), configuration);
  const head = await runGit(['--git-dir', directory, 'symbolic-ref', '--quiet', 'HEAD']).catch(() => '');
  const branches = [...(await listRefs(directory)).keys()].flatMap(
    (ref) => /^refs\/heads\/(.+)/.exec(ref)?.[1] ?? [],
  );
  const named = head.trim().replace(/^refs\/heads\//, '');
  // A detached HEAD names no branch, and the HEAD of a bare repository often a branch that was never pushed.
  const candidates = [named, 'main', 'master', ...branches].filter((branch) => branches.includes(branch));
  const defaultBranch = candidates[0] ?? (named === '' ? 'main' : named);
  await setDefaultBranch(directory, defaultBranch);
  return defaultBranch;
}

export async function setDefaultBranch(directory: string, branch: string): Promise<void> {
  await writeFile(join(directory, 'HEAD'), `ref: refs/heads/${branch}\n`);
}

/** Lists heads, then tags, by full name with the object that each points at (the tag object of annotated tags). */
export async function listRefs(directory: string): Promise<Map<string, string>> {
  const output = await runGit([
    '--git-dir',
    directory,
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/heads',
    'refs/tags',
  ]);
  return new Map(
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), line.slice(space + 1)];
      }),
  );
}

/** Lets two repositories read each other's objects, like the repositories of a fork network. */
export async function shareObjects(one: string, other: string): Promise<void> {
  await appendFile(join(one, 'objects/info/alternates'), `${join(other, 'objects')}\n`);
  await appendFile(join(other, 'objects/info/alternates'), `${join(one, 'objects')}\n`);
}
