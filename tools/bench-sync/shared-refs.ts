/** Git repositories by the hundred: one object store for all, and refs of its own for each. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBareRepository } from '../../local/forges/git/bare-repository.ts';
import type { RawObject } from '../../local/forges/git/batch-process.ts';
import { createGitObjects, type GitObjects } from '../../local/forges/git/objects.ts';
import { runGit } from '../../local/forges/git/run-git.ts';

export interface SharedRefs {
  /** All objects. */
  readonly store: string;
  /** Folder of the repository at that place: a branch and tags, each at a commit with the package's manifest. */
  directoryOf(place: number): string;
  /** Takes a tag away, and nothing else tells of it: no push, no event. */
  removeTag(place: number, tag: string): Promise<void>;
}

export const tagName = (count: number): string => `v1.${count}.0`;
export const packageName = (place: number): string => `acme/package-${place}`;

/** Reads all of them in one folder: a process of git for each repository would take longer than all the rest. */
export function createSharedObjects(): GitObjects & { directory: string } {
  const objects = createGitObjects();
  const shared = {
    /** Where they are, once they are made. */
    directory: '',
    read: (own: string, oid: string) => objects.read(shared.directory || own, oid),
    resolve: (own: string, expression: string) => objects.resolve(shared.directory || own, expression),
    entryAt: (own: string, root: RawObject, path: string) =>
      objects.entryAt(shared.directory || own, root, path),
    close: objects.close,
  };
  return shared;
}

/** Files that a commit brings, by their paths. */
export type FilesOf = (place: number, count: number) => Readonly<Record<string, string>>;

/** The first commit of a repository brings the manifest, the others leave it as it is. */
const onlyManifest: FilesOf = (place, count) =>
  count === 1 ? { 'composer.json': `${JSON.stringify({ name: packageName(place), license: 'MIT' })}\n` } : {};

/**
 * @param repositories how many
 * @param refs of each: one branch, the others tags
 */
export async function createSharedRefs(
  directory: string,
  repositories: number,
  refs: number,
  filesOf: FilesOf = onlyManifest,
): Promise<SharedRefs> {
  const store = join(directory, 'store.git');
  const marks = join(directory, 'marks');
  await createBareRepository(store, 'main');
  const stream: string[] = [];
  for (let place = 0; place < repositories; place += 1) {
    for (let count = 1; count < refs; count += 1) stream.push(commitOf(place, count, refs, filesOf));
  }
  const importing = ['--git-dir', store, 'fast-import', '--quiet', `--export-marks=${marks}`];
  await runGit(importing, { input: stream.join('') });
  const commits = new Map(
    (await readFile(marks, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => [Number(line.slice(1, line.indexOf(' '))), line.slice(line.indexOf(' ') + 1)]),
  );
  const directoryOf = (place: number): string => join(directory, 'git', `${place}.git`);
  for (let place = 0; place < repositories; place += 1) {
    const own = directoryOf(place);
    await createBareRepository(own, 'main');
    const commit = (count: number): string => commits.get(markOf(place, count, refs)) ?? '';
    const tags = Array.from({ length: refs - 1 }, (_, tag) => tag + 1);
    const lines = [
      `${commit(refs - 1)} refs/heads/main`,
      ...tags.map((tag) => `${commit(tag)} refs/tags/${tagName(tag)}`),
    ];
    await writeFile(join(own, 'packed-refs'), `${lines.join('\n')}\n`);
    // For programs of git, which make archives.
    await writeFile(join(own, 'objects/info/alternates'), `${join(store, 'objects')}\n`);
  }
  return {
    store,
    directoryOf,
    async removeTag(place, tag) {
      const file = join(directoryOf(place), 'packed-refs');
      const lines = (await readFile(file, 'utf8')).split('\n');
      const left = lines.filter((line) => !line.endsWith(` refs/tags/${tag}`));
      if (left.length !== lines.length - 1) throw new Error(`there is no tag ${tag}`);
      await writeFile(file, left.join('\n'));
    },
  };
}

const markOf = (place: number, count: number, refs: number): number => place * refs + count;

/** A commit for `git fast-import`. */
function commitOf(place: number, count: number, refs: number, filesOf: FilesOf): string {
  const message = `Release ${tagName(count)} of ${packageName(place)}`;
  const seconds = 1_700_000_000 + count * 3600;
  return [
    `commit refs/heads/r${place}\nmark :${markOf(place, count, refs)}\n`,
    `committer Ann Ames <ann@example.com> ${seconds} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n`,
    count === 1 ? '' : `from :${markOf(place, count - 1, refs)}\n`,
    ...Object.entries(filesOf(place, count)).map(
      ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
    ),
  ].join('');
}
