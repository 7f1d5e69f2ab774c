/** Copies of repositories that are kept between readings on one machine: one folder for each, and all together no more than fits. */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { folderBytes } from './folder-bytes.ts';
import { takeLock } from './folder-lock.ts';

export interface KeptCopies {
  /** A folder of ours alone; made if it is not there. */
  readonly root: string;
  /** What copies may take on the disk that no reading has now. */
  readonly bytesMax: number;
  /** After this time whoever took a copy has died; milliseconds. */
  readonly diesAfterMs: number;
}

/** The copy of one repository, for one reading. */
export interface TakenCopy {
  readonly folder: string;
  /** Lets other readings have it. */
  release(): Promise<void>;
}

/**
 * Takes the copy of a repository, and removes others, those first that were used last the longest ago, until the rest fits.
 *
 * @param name of the repository: letters and digits
 * @returns undefined while another reading has it
 */
export async function takeCopy(copies: KeptCopies, name: string): Promise<TakenCopy | undefined> {
  const [folder, lock] = [join(copies.root, name), lockOf(copies, name)];
  await mkdir(copies.root, { recursive: true, mode: 0o700 });
  // What a reading left that died, each program finds out by itself.
  if ((await takeLock(lock, copies.diesAfterMs)) === 'busy') return undefined;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await makeRoom(copies, name);
  return {
    folder,
    async release() {
      const now = Date.now() / 1000;
      await utimes(folder, now, now).catch(() => {});
      await remove(lock);
    },
  };
}

/** Forgets the copy of a repository, unless a reading has it. */
async function forget(copies: KeptCopies, name: string): Promise<void> {
  const lock = lockOf(copies, name);
  if ((await takeLock(lock, copies.diesAfterMs)) === 'busy') return;
  await remove(join(copies.root, name));
  await remove(lock);
}

async function makeRoom(copies: KeptCopies, own: string): Promise<void> {
  const entries = await readdir(copies.root, { withFileTypes: true });
  const names = entries.flatMap((entry) =>
    entry.isDirectory() && !entry.name.endsWith(lockEnding) && entry.name !== own ? [entry.name] : [],
  );
  const others = await Promise.all(
    names.map(async (name) => {
      const path = join(copies.root, name);
      const used = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { name, used, bytes: await folderBytes([path], Number.POSITIVE_INFINITY) };
    }),
  );
  for (const name of tooMany(others, copies.bytesMax)) await forget(copies, name);
}

/** Those to be removed so that the rest fits, the longest unused first. @param others with when each was used last */
export function tooMany(
  others: readonly { readonly name: string; readonly used: number; readonly bytes: number }[],
  bytesMax: number,
): readonly string[] {
  let left = bytesMax;
  return others
    .toSorted((one, other) => other.used - one.used)
    .flatMap(({ name, bytes }) => {
      left -= bytes;
      return left < 0 ? [name] : [];
    })
    .toReversed();
}

const lockEnding = '.lock';
const lockOf = ({ root }: KeptCopies, name: string): string => join(root, `${name}${lockEnding}`);
const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true });
