/** Archives of commits as code hosts build them. */
import { Readable } from 'node:stream';
import {
  TextReader,
  TextWriter,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';

/** A zip archive of the files, below one folder. @param links the targets of symbolic links, by their paths */
export function zipOf(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Readable {
  const make = async function* (): AsyncGenerator<Uint8Array> {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
    for (const [path, text] of Object.entries({ ...files, ...links })) {
      await writer.add(`top-0123/${path}`, new TextReader(text), {
        lastModDate: new Date(2026, 0, 1),
        ...(path in links && { unixMode: 0o120777 }),
      });
    }
    yield await writer.close();
  };
  return Readable.from(make(), { objectMode: false });
}

/** The files of an archive, by their paths. */
export async function filesIn(archive: Uint8Array): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for await (const entry of new ZipReader(
    new Uint8ArrayReader(new Uint8Array(archive)),
  ).getEntriesGenerator()) {
    if (!entry.directory)
      files[entry.filename] = await entry.getData(new TextWriter(), { useWebWorkers: false });
  }
  return files;
}
