/** Makes archives of folders: the same bytes from the same files, whatever the machine's clock and zone and the order of its file system. */
import { createReadStream, type Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { compareBytes } from '../composer/php-text.ts';

export interface FolderArchive {
  /** The one folder at the top of the archive. */
  readonly top: string;
  /** Of every entry. */
  readonly date: Date;
}

/** Permissions are only whether a file is a program. */
const modes = { file: 0o100644, program: 0o100755, link: 0o120777, folder: 0o040755 } as const;

/**
 * The archive of everything in the folder. Symbolic links are entries with their targets, never followed; what is no file, folder or link is left
 * out.
 *
 * @returns a stream that fails when a file cannot be read
 */
export function zipFolder(folder: string, { top, date }: FolderArchive): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.on('error', (error: Error) => output.destroy(error));
  zip.outputStream.on('error', (error: Error) => output.destroy(error)).pipe(output);
  const mtime = inZipsZone(date);
  const add = async (): Promise<void> => {
    zip.addEmptyDirectory(top, { mtime, mode: modes.folder, forceDosTimestamp: true });
    for await (const { path, entry } of entriesOf(folder, '')) {
      await addEntry(zip, { real: join(folder, path), name: `${top}/${path}`, entry, mtime });
    }
    zip.end();
  };
  add().catch((error: unknown) =>
    output.destroy(error instanceof Error ? error : new Error('the archive could not be made')),
  );
  return output;
}

interface ZipEntry {
  readonly real: string;
  readonly name: string;
  readonly entry: Dirent;
  readonly mtime: Date;
}

async function addEntry(zip: ZipFile, { real, name, entry, mtime }: ZipEntry): Promise<void> {
  const common = { mtime, forceDosTimestamp: true };
  if (entry.isDirectory()) {
    zip.addEmptyDirectory(name, { ...common, mode: modes.folder });
  } else if (entry.isSymbolicLink()) {
    zip.addBuffer(await readlink(real, { encoding: 'buffer' }), name, { ...common, mode: modes.link });
  } else if (entry.isFile()) {
    const { size, mode } = await lstat(real);
    const options = { ...common, size, mode: (mode & 0o100) === 0 ? modes.file : modes.program };
    // Opened when its turn comes: there may be more files than can be open at once.
    zip.addReadStreamLazy(name, options, (take) => take(undefined, createReadStream(real)));
  }
}

/** Folders before what is in them, names in the order of their bytes. */
async function* entriesOf(
  folder: string,
  within: string,
): AsyncGenerator<{ readonly path: string; readonly entry: Dirent }> {
  const entries = await readdir(join(folder, within), { withFileTypes: true });
  for (const entry of entries.sort((one, other) => compareBytes(one.name, other.name))) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    yield { path, entry };
    if (entry.isDirectory()) yield* entriesOf(folder, path);
  }
}

/** Zip has no zone and begins in 1980; the library writes the local time of the machine. */
function inZipsZone(date: Date): Date {
  const first = Date.UTC(1980, 0, 1);
  const utc = Math.max(date.getTime(), first);
  return new Date(utc + new Date(utc).getTimezoneOffset() * 60_000);
}
