/** How much the files in folders take. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The bytes of all files in the folders, which may change meanwhile. Symbolic links are not followed.
 *
 * @param enough above which the exact sum does not matter
 */
export async function folderBytes(folders: readonly string[], enough: number): Promise<number> {
  let sum = 0;
  const open = [...folders];
  for (let folder = open.pop(); folder !== undefined && sum <= enough; folder = open.pop()) {
    const at = folder;
    const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
    open.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(at, name)));
    const sizes = entries
      .filter((entry) => entry.isFile())
      .map(({ name }) =>
        lstat(join(at, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      );
    sum += (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
  }
  return sum;
}
