/** Archives of commits on the disk of a function, for packages that are a folder of their repository. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArchiveTooLargeError } from './dist-objects.ts';

/**
 * Bytes on the disk at most; a function has 512 MB there.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
 */
const diskBytesMax = 400 * 1024 * 1024;

export interface CommitArchives {
  /**
   * The file with the archive, downloaded unless it is there.
   *
   * @param key of the repository and the commit
   * @throws ArchiveTooLargeError when it does not fit on the disk; whatever the download fails with
   */
  file(key: string, download: () => Promise<Readable>, signal: AbortSignal): Promise<string>;
  /** Removes all files. */
  close(): Promise<void>;
}

/** The last archives, as many as fit: all packages of a repository are cut out of one download. */
export function createCommitArchives(bytesMax: number = diskBytesMax): CommitArchives {
  const files = new Map<string, { readonly path: string; readonly size: number }>();
  let folder: string | undefined;
  let count = 0;

  async function makeRoom(size: number): Promise<void> {
    let used = [...files.values()].reduce((sum, file) => sum + file.size, 0);
    for (const [key, file] of files) {
      if (used + size <= bytesMax) return;
      await rm(file.path, { force: true });
      files.delete(key);
      used -= file.size;
    }
  }

  return {
    async file(key, download, signal) {
      const known = files.get(key);
      if (known !== undefined) {
        return known.path;
      }
      // How large it is turns out while it is downloaded, so half of the disk is free before.
      await makeRoom(bytesMax / 2);
      folder ??= await mkdtemp(join(tmpdir(), 'archives-'));
      const path = join(folder, String(count++));
      try {
        await pipeline(await download(), bounded(bytesMax / 2), createWriteStream(path), { signal });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      files.set(key, { path, size: (await stat(path)).size });
      return path;
    },
    async close() {
      files.clear();
      if (folder !== undefined) {
        await rm(folder, { recursive: true, force: true });
        folder = undefined;
      }
    },
  };
}

const bounded = (bytesMax: number) =>
  async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > bytesMax) {
        throw new ArchiveTooLargeError(`the archive of the commit has more than ${bytesMax} bytes`);
      }
      yield chunk;
    }
  };
