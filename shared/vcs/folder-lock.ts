/** A lock that processes of one machine share: a folder, which only one of them can make. */
import { mkdir, rm, stat } from 'node:fs/promises';

/**
 * Removing the folder gives it back.
 *
 * @param diesAfterMs after this time whoever took it has died
 * @returns `left`: it is ours, and whoever had it has died
 */
export async function takeLock(lock: string, diesAfterMs: number): Promise<'free' | 'left' | 'busy'> {
  if (await madeFolder(lock)) return 'free';
  const since = await stat(lock).catch(() => undefined);
  if (since !== undefined && Date.now() - since.mtimeMs < diesAfterMs) return 'busy';
  await rm(lock, { recursive: true, force: true });
  return (await madeFolder(lock)) ? 'left' : 'busy';
}

async function madeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch {
    return false;
  }
}
