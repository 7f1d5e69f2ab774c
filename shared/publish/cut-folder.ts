/**
 * Cuts one folder out of the archive of a commit. What is compressed stays as the code host has compressed it, so the same archive always gives the
 * same bytes, and neither the memory nor the processor depends on the size of files.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { configure, type FileEntry, Reader, TextWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';

configure({ useWebWorkers: false });

/** The archive has no such folder. */
export class NoFolderError extends Error {
  override readonly name = 'NoFolderError';
}

/** The archive is not one of files in one folder at its top, as code hosts build them. */
export class ArchiveFormatError extends Error {
  override readonly name = 'ArchiveFormatError';
}

export interface FolderWanted {
  /** Where the package is at the commit, as far as is known. */
  readonly directory: string;
  /** In lower case. If it is elsewhere, the folder counts whose composer.json has this name. */
  readonly packageName: string;
  /** The name of the folder at the top of the new archive. */
  readonly top: string;
}

export interface CutFolder {
  readonly archive: Readable;
  readonly directory: string;
  /** Symbolic links that lead out of the folder, or nowhere: they are left out, since they would lead into other files of whoever unpacks it. */
  readonly linksLeftOut: readonly string[];
}

const manifestFile = 'composer.json';
/** Of one composer.json that is read to find the folder. */
const manifestBytesMax = 1024 * 1024;
/** How many manifests are read to find the folder. */
const manifestsMax = 300;
/** A longer target of a link leads nowhere: https://man7.org/linux/man-pages/man3/pathconf.3.html (PATH_MAX). */
const linkBytesMax = 4096;
const fileTypeMask = 0o170000;
const symbolicLink = 0o120000;

/**
 * @param file path of the commit's archive
 * @throws NoFolderError, ArchiveFormatError
 */
export async function cutFolder(file: string, wanted: FolderWanted): Promise<CutFolder> {
  const handle = await open(file, 'r');
  try {
    const entries = await entriesOf(handle);
    const directory = await directoryOf(entries, wanted);
    const prefix = directory === '' ? '' : `${directory}/`;
    const inside = [...entries]
      .filter(([path]) => path.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const linksLeftOut: string[] = [];
    const kept: [string, FileEntry][] = [];
    for (const [path, entry] of inside) {
      const name = path.slice(prefix.length);
      if (isLink(entry) && (entry.uncompressedSize > linkBytesMax || leadsOut(name, await textOf(entry)))) {
        linksLeftOut.push(name);
      } else {
        kept.push([`${wanted.top}/${name}`, entry]);
      }
    }
    return { archive: write(kept, handle), directory, linksLeftOut };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The files, by their paths in the repository. */
async function entriesOf(handle: FileHandle): Promise<ReadonlyMap<string, FileEntry>> {
  const entries = new Map<string, FileEntry>();
  let top: string | undefined;
  for await (const entry of new ZipReader(new HandleReader(handle)).getEntriesGenerator()) {
    if (entry.directory) continue;
    const [first = '', ...rest] = entry.filename.split('/');
    const path = rest.join('/');
    top ??= first;
    const isPlain = first === top && path !== '' && posix.normalize(path) === path && !path.includes('\\');
    if (!isPlain || path.split('/').includes('..') || entry.encrypted) {
      throw new ArchiveFormatError(`the archive has an unexpected entry: ${entry.filename.slice(0, 200)}`);
    }
    entries.set(path, entry);
  }
  return entries;
}

async function directoryOf(
  entries: ReadonlyMap<string, FileEntry>,
  { directory, packageName }: FolderWanted,
): Promise<string> {
  if (entries.has(posix.join(directory, manifestFile))) {
    return directory;
  }
  const manifests = [...entries].filter(([path]) => posix.basename(path) === manifestFile);
  for (const [path, entry] of manifests.slice(0, manifestsMax)) {
    if (entry.uncompressedSize <= manifestBytesMax && nameIn(await textOf(entry)) === packageName) {
      const found = posix.dirname(path);
      return found === '.' ? '' : found;
    }
  }
  throw new NoFolderError(`the commit has no folder with the package ${packageName}`);
}

function nameIn(text: string): unknown {
  try {
    const { name } = JSON.parse(text);
    return typeof name === 'string' ? name.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

const isLink = ({ externalFileAttributes = 0 }: FileEntry): boolean =>
  ((externalFileAttributes >>> 16) & fileTypeMask) === symbolicLink;

/** @param name of the link, within the folder */
function leadsOut(name: string, target: string): boolean {
  const path = posix.normalize(posix.join(posix.dirname(name), target));
  return posix.isAbsolute(target) || path === '..' || path.startsWith('../');
}

const textOf = (entry: FileEntry): Promise<string> => entry.getData(new TextWriter());

function write(entries: readonly [string, FileEntry][], handle: FileHandle): Readable {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const fill = async (): Promise<void> => {
    const writer = new ZipWriter(writable, { keepOrder: true, useWebWorkers: false });
    for (const [name, entry] of entries) {
      await writer.add(name, compressedOf(entry), {
        entry,
        passThrough: true,
        // Both may hold what differs from one download to the next.
        extendedTimestamp: false,
        comment: '',
      });
    }
    await writer.close();
  };
  const filled = fill()
    .catch((error: unknown) => writable.abort(error))
    .finally(() => handle.close());
  // An error reaches whoever reads the archive.
  filled.catch(() => {});
  return Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0], { objectMode: false });
}

/** The bytes of the entry as they are in the archive. */
function compressedOf(entry: FileEntry): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  entry.getData(writable, { passThrough: true, useWebWorkers: false }).catch((error: unknown) => {
    writable.abort(error).catch(() => {});
  });
  return readable;
}

/** Reads parts of a file; zip.js asks for those that it needs. */
class HandleReader extends Reader<FileHandle> {
  readonly #handle: FileHandle;
  constructor(handle: FileHandle) {
    super(handle);
    this.#handle = handle;
  }
  override async init(): Promise<void> {
    await super.init?.();
    this.size = (await this.#handle.stat()).size;
  }
  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, index);
    return bytes.subarray(0, bytesRead);
  }
}
