import { runGit } from './run-git.ts';

/** A commit as `push` events show it. */
export interface PushedCommit {
  readonly id: string;
  readonly treeId: string;
  readonly message: string;
  /** ISO 8601 with offset. */
  readonly timestamp: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committer: { readonly name: string; readonly email: string };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

const recordMark = '\u0001';
const format = ['%H', '%T', '%cI', '%an', '%ae', '%cn', '%ce', '%B'].join('%x00');

/** Reads the commits of a range, oldest first. @param range - arguments of `git log` that choose commits. */
export async function readCommits(directory: string, range: readonly string[]): Promise<PushedCommit[]> {
  const output = await runGit([
    '--git-dir',
    directory,
    'log',
    '-z',
    '--reverse',
    '--root',
    '--name-status',
    '--no-renames',
    `--format=%x01${format}%x00`,
    ...range,
  ]);
  return output.split(recordMark).slice(1).map(parseCommit);
}

function parseCommit(record: string): PushedCommit {
  const [id = '', treeId = '', timestamp = '', an = '', ae = '', cn = '', ce = '', message = '', ...changes] =
    record.split('\0');
  const files: Record<string, string[]> = { A: [], D: [], M: [] };
  const fields = changes.map((field) => field.trim()).filter((field) => field !== '');
  for (let index = 0; index + 1 < fields.length; index += 2) {
    // Type changes (T) count as modifications.
    (files[fields[index] ?? ''] ?? files.M)?.push(fields[index + 1] ?? '');
  }
  return {
    id,
    treeId,
    message: message.trimEnd(),
    timestamp,
    author: { name: an, email: ae },
    committer: { name: cn, email: ce },
    added: files.A ?? [],
    removed: files.D ?? [],
    modified: files.M ?? [],
  };
}

/** Whether a commit is in the history of another. */
export async function isAncestor(directory: string, ancestor: string, descendant: string): Promise<boolean> {
  return runGit(['--git-dir', directory, 'merge-base', '--is-ancestor', ancestor, descendant]).then(
    () => true,
    () => false,
  );
}
