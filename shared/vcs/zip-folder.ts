/** Makes archives of folders: the same bytes from the same files, whatever the machine's clock and zone and the order of its file system. */
import { createReadStream, type Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { compareBytes } from '../composer/php-text.ts';

export interface FolderArchive {
  /** The one folder at the top of the archive. */
  readonly top: string;
  /** Of every entry. */
  readonly date: Date;
}

/** Permissions are only whether a file is a program. */
const modes = { file: 0o100644, program: 0o100755, link: 0o120777, folder: 0o040755 } as const;

/** With room for what compression adds to bytes that cannot be compressed. */
const zip32BytesMax = 4_000_000_000;

/**
 * The archive of everything in the folder. Symbolic links are entries with their targets, never followed; what is no file, folder or link is left
 * out.
 *
 * @returns a stream that fails when a file cannot be read
 */
export function zipFolder(folder: string, { top, date }: FolderArchive): Readable {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const fill = async (): Promise<void> => {
    const zip = new ZipWriter(writable, {
      // The time alone that every archive has, without the machine's zone.
      ...{ rawLastModDate: dosTime(date), extendedTimestamp: false },
      ...{ useWebWorkers: false, keepOrder: true },
    });
    await zip.add(`${top}/`, undefined, { directory: true, unixMode: modes.folder });
    for await (const { path, entry } of entriesOf(folder, '')) {
      await addEntry(zip, { real: join(folder, path), name: `${top}/${path}`, entry });
    }
    await zip.close();
  };
  // An error reaches whoever reads the archive; one who stops reading ends the writing.
  fill().catch((error: unknown) => writable.abort(error).catch(() => {}));
  return Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0], { objectMode: false });
}

interface ZipEntry {
  readonly real: string;
  readonly name: string;
  readonly entry: Dirent;
}

async function addEntry(zip: ZipWriter<unknown>, { real, name, entry }: ZipEntry): Promise<void> {
  if (entry.isDirectory()) {
    await zip.add(`${name}/`, undefined, { directory: true, unixMode: modes.folder });
  } else if (entry.isSymbolicLink()) {
    const target = new Uint8Array(await readlink(real, { encoding: 'buffer' }));
    await zip.add(name, new Uint8ArrayReader(target), { unixMode: modes.link });
  } else if (entry.isFile()) {
    const { mode, size } = await lstat(real);
    // The type of web streams in Node is one of its own.
    const contents = Readable.toWeb(createReadStream(real)) as ReadableStream<Uint8Array>;
    await zip.add(name, contents, {
      unixMode: (mode & 0o100) === 0 ? modes.file : modes.program,
      // Otherwise a stream counts as one of any length, and older programs cannot unpack it.
      zip64: size > zip32BytesMax,
    });
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

/** Zip has no zone and begins in 1980, and counts in steps of two seconds. https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-filetimetodosdatetime */
function dosTime(date: Date): number {
  const utc = new Date(Math.max(date.getTime(), Date.UTC(1980, 0, 1)));
  const day = ((utc.getUTCFullYear() - 1980) << 9) | ((utc.getUTCMonth() + 1) << 5) | utc.getUTCDate();
  const time = (utc.getUTCHours() << 11) | (utc.getUTCMinutes() << 5) | (utc.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}
