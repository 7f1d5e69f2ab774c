/** A bare repository of ours, into which only what is asked for is fetched. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../../forge/errors.ts';
import type { RunningProgram } from '../run-program.ts';
import { canNotFilter } from './failures.ts';
import type { GitObject } from './objects.ts';
import type { Git, GitRun } from './program.ts';
import { readBatch } from './read-batch.ts';

export interface GitRepository {
  /** Bytes of an id. */
  readonly hashBytes: number;
  /** Fetches the commits, and of their contents as little as the server can send. */
  fetchTips(oids: readonly string[]): Promise<void>;
  /** Fetches all branches and tags with their history; or of it the commits alone, where the server can leave out the rest. */
  fetchAll(isHistoryAlone: boolean): Promise<void>;
  /** Fetches a commit with everything in it. */
  fetchWhole(oid: string, signal?: AbortSignal): Promise<void>;
  readonly objectsFolder: string;
  has(oid: string): Promise<boolean>;
  /** Runs git on what is here. */
  run(run: Pick<GitRun, 'args' | 'input' | 'signal' | 'outputBytes'>): RunningProgram;
  /**
   * Reads objects, one after another in no order that counts. Those that are not here are fetched first.
   *
   * @param bytesMax of those that are longer only their size is read
   * @throws ForgeError `incomplete` when the server does not send one
   */
  read(oids: readonly string[], bytesMax: number, visit: (object: GitObject) => void): Promise<void>;
}

/** What a server is asked to leave out, the best first. Not every server can do each, and some can do none. */
const filters = ['tree:1', 'tree:0', 'blob:none', undefined];
/** For commits without contents. */
const historyFilters = ['tree:0', 'blob:none', undefined];
const optionFor = (filter: string | undefined): string[] =>
  filter === undefined ? [] : [`--filter=${filter}`];

/** https://git-scm.com/docs/shallow: it stands for all of the history. */
const unlimited = '--depth=2147483647';

const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
const allRefs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

const lines = (oids: readonly string[]): string => oids.map((oid) => `${oid}\n`).join('');

/**
 * @param format of the ids: `sha1` or `sha256`
 */
export async function createRepository(
  git: Git,
  folder: string,
  format: 'sha1' | 'sha256',
  bytesMax: number,
): Promise<GitRepository> {
  // With the same objects, but nothing of the server: git fetches nothing by itself when an object is missing there.
  const alone = join(folder, 'alone');
  await Promise.all([writeRepository(folder, format), writeRepository(alone, format)]);
  const local = { repository: alone, objects: join(folder, 'objects') };
  let filter: string | undefined;

  await git.prepare();
  const fetch = (oids: readonly string[], options: readonly string[], signal?: AbortSignal) =>
    git.remote({
      // What is asked for is new. Telling the server what is here would make it leave out what it takes for known.
      args: ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', ...options, ...quiet, '--stdin', 'origin'],
      ...{ repository: folder, input: lines(oids), signal },
    });

  const readHere = (oids: readonly string[], most: number, visit: (object: GitObject) => void) =>
    readBatch(
      git.local({
        ...{ ...local, args: ['cat-file', '--batch', '--buffer'], outputBytes: bytesMax },
        input: lines(oids),
      }),
      most,
      visit,
    );
  /** With the first of the filters that the server can do. */
  const filtered = async (
    run: (filter: string | undefined) => Promise<unknown>,
    tried = filters,
  ): Promise<void> => {
    for (const [place, one] of tried.entries()) {
      try {
        await run(one);
        filter = one;
        return;
      } catch (error) {
        if (!canNotFilter(error) || place === tried.length - 1) throw error;
      }
    }
  };

  return {
    objectsFolder: local.objects,
    run: (how) => git.local({ ...local, ...how }),
    hashBytes: format === 'sha1' ? 20 : 32,
    fetchTips: (oids) => filtered((one) => fetch(oids, ['--depth=1', ...optionFor(one)])),
    async fetchAll(isHistoryAlone) {
      const all = (options: readonly string[]) =>
        git.remote({
          args: ['fetch', '--prune', ...options, ...quiet, 'origin', ...allRefs],
          repository: folder,
        });
      // With filters git asks a dumb server for what is missing without an end; the depth makes it say at once what it cannot do.
      if (isHistoryAlone) await filtered((one) => all([unlimited, ...optionFor(one)]), historyFilters);
      else await all([]);
    },
    async fetchWhole(oid, signal) {
      await fetch([oid], ['--depth=1'], signal);
    },
    async read(oids, most, visit) {
      const wanted = await readHere([...new Set(oids)], most, visit);
      if (wanted.length === 0) return;
      await fetch(wanted, optionFor(filter));
      const [lacking] = await readHere(wanted, most, visit);
      if (lacking !== undefined) {
        throw new ForgeError('incomplete', `the server does not send ${lacking}, which the repository needs`);
      }
    },
    async has(oid) {
      return (await readHere([oid], 0, () => {})).length === 0;
    },
  };
}

/** An empty bare repository, as `git init` would make it, without a template. https://git-scm.com/docs/gitrepository-layout */
async function writeRepository(folder: string, format: 'sha1' | 'sha256'): Promise<void> {
  await mkdir(join(folder, 'refs'), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'objects'), { recursive: true, mode: 0o700 });
  const extension = format === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${format}\n`;
  await Promise.all([
    writeNew(join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
    writeNew(join(folder, 'config'), `[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n${extension}`),
  ]);
}

/** A repository that was kept has the file already. */
async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
