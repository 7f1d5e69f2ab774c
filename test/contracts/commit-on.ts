/** Commits with a manifest, in the repositories of simulated forges. */
import { randomUUID } from 'node:crypto';
import { runGit } from '../../local/forges/git/run-git.ts';

/** Makes a commit on top of the ref, or a first one; no ref leads to it yet. */
export async function commitOn(directory: string, ref: string, manifest: string): Promise<string> {
  const git = async (input: string, ...args: string[]): Promise<string> =>
    (await runGit(['--git-dir', directory, ...args], { input })).trim();
  const blob = await git(manifest, 'hash-object', '-w', '--stdin');
  const tree = await git(`100644 blob ${blob}\tcomposer.json\n`, 'mktree');
  const parent = await git('', 'for-each-ref', '--format=%(objectname)', ref);
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  const parents = parent === '' ? [] : ['-p', parent];
  return git('', ...person, 'commit-tree', ...parents, '-m', randomUUID(), tree);
}
