import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runGit } from './run-git.ts';

/** The files of a repository, by their paths below it. */
type Files = ReadonlyMap<string, Buffer>;

/** What git has made of streams for empty repositories: the simulators of many tests begin with the same few histories. */
const made = new Map<string, Files>();
const rememberedMax = 300;
/** Characters of a stream. */
const streamMax = 20_000;

/**
 * Runs `git fast-import`.
 *
 * @param hasRefs - in an empty repository the same stream gives the same files, which are then copied
 * @throws {GitError} when git refuses the stream.
 */
export async function fastImport(directory: string, stream: string, hasRefs: boolean): Promise<void> {
  const isRemembered = !hasRefs && stream.length <= streamMax && pathsIn(directory).length === 0;
  const known = isRemembered ? made.get(stream) : undefined;
  if (known !== undefined) {
    write(directory, known);
    return;
  }
  // One pack is written and copied faster than a file for each object.
  const packed = ['-c', 'fastimport.unpackLimit=1'];
  await runGit([...packed, '--git-dir', directory, 'fast-import', '--quiet', '--force'], { input: stream });
  if (isRemembered && made.size < rememberedMax) {
    made.set(stream, new Map(pathsIn(directory).map((path) => [path, readFileSync(join(directory, path))])));
  }
}

/** Of objects and refs. */
const pathsIn = (directory: string): string[] =>
  ['objects', 'refs'].flatMap((folder) =>
    readdirSync(join(directory, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(directory, join(parentPath, name))),
  );

function write(directory: string, files: Files): void {
  for (const [path, bytes] of files) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
