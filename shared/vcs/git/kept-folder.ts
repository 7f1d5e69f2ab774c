/** Folders that outlive a reading, on a machine that has a place for them. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../folder-lock.ts';
import { ProgramError } from '../run-program.ts';
import type { VcsServices } from '../vcs.ts';

/** More packs make git slow; then it costs less to begin anew. */
const packsMax = 50;

/**
 * Uses a folder of the cache, or one of the work folder where there is no cache, or another process has the folder.
 *
 * What a process left that ended in the middle, or a program that was stopped, is not used again: a lock of git's or half a pack may be there.
 */
export async function withKeptFolder<Result>(
  { cacheFolder, workFolder, limits }: Pick<VcsServices, 'cacheFolder' | 'workFolder' | 'limits'>,
  name: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const ownFolder = join(workFolder, name);
  if (cacheFolder === undefined) return use(ownFolder);
  const [folder, lock] = [join(cacheFolder, name), join(cacheFolder, `${name}.lock`)];
  // Longer than anything that a reading does may take.
  const taken = await takeLock(lock, limits.seconds * 4 * 1000);
  if (taken === 'busy') return use(ownFolder);
  try {
    if (taken === 'left' || (await packsIn(folder)) > packsMax) await remove(folder);
    return await use(folder);
  } catch (error) {
    if (!(error instanceof ProgramError) || error.failure !== 'exit') await remove(folder);
    throw error;
  } finally {
    await remove(lock);
  }
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

async function packsIn(folder: string): Promise<number> {
  const files = await readdir(join(folder, 'objects/pack')).catch(() => []);
  return files.filter((file) => file.endsWith('.pack')).length;
}
