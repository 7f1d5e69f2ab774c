/** Reads what `git cat-file --batch` prints. https://git-scm.com/docs/git-cat-file#_batch_output */
import type { RunningProgram } from '../run-program.ts';
import type { GitObject, ObjectType } from './objects.ts';

interface Header {
  readonly oid: string;
  readonly type: ObjectType;
  readonly size: number;
}

/** A line is an id, a type and a length. */
const headerBytesMax = 200;

/**
 * @param bytesMax objects that are longer come without their bytes
 * @returns the ids of those that are not there
 */
export async function readBatch(
  { stdout, ended }: RunningProgram,
  bytesMax: number,
  visit: (object: GitObject) => void,
): Promise<string[]> {
  const missing: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let header: Header | undefined;
  /** Of an object that is too long: bytes to go, with the line break behind it. */
  let skip = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const take = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
      } else if (header === undefined) {
        const end = chunk.indexOf(0x0a, at);
        rest = Buffer.concat([rest, chunk.subarray(at, end < 0 ? chunk.length : end)]);
        if (end < 0 && rest.length <= headerBytesMax) return;
        at = end + 1;
        const line = rest.toString('latin1');
        header = parseHeader(line);
        if (line.endsWith(' missing')) missing.push(line.slice(0, -' missing'.length));
        rest = Buffer.alloc(0);
        if (header !== undefined && header.size > bytesMax) {
          visit({ ...header, body: undefined });
          skip = header.size + 1;
          header = undefined;
        }
      } else {
        const step = Math.min(header.size + 1 - length, chunk.length - at);
        parts.push(chunk.subarray(at, at + step));
        length += step;
        at += step;
        if (length === header.size + 1) {
          visit({ ...header, body: Buffer.concat(parts).subarray(0, header.size) });
          header = undefined;
          parts = [];
          length = 0;
        }
      }
    }
  };

  stdout.on('data', take);
  await ended;
  return missing;
}

/** @returns undefined for the line of an object that is missing */
function parseHeader(line: string): Header | undefined {
  const [, oid = '', type, size] = /^([0-9a-f]+) (commit|tag|tree|blob) (\d+)$/.exec(line) ?? [];
  return type === 'commit' || type === 'tag' || type === 'tree' || type === 'blob'
    ? { oid, type, size: Number(size) }
    : undefined;
}
