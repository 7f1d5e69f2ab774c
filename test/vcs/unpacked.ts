/** What is in an archive. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import type { ContentReader } from '../../shared/forge/forge.ts';

/** Adapters of version control systems ignore it: they have one repository. */
export const any = { repository: asId<ForgeRepositoryId>('any') };
export const never = new AbortController().signal;

export const archiveOf = async (reader: ContentReader, commit: string): Promise<Buffer> =>
  buffer(await reader.readArchive(any, commit, never));

export interface Unpacked {
  /** Each file with its permissions, as `unzip` has them; the folder at the top is called TOP. */
  readonly files: readonly string[];
  /** The text of a file, without its folder at the top. */
  text(path: string): string;
}

export function unpacked(archive: Buffer): Unpacked {
  const folder = mkdtempSync(join(tmpdir(), 'unpacked-'));
  const file = join(folder, 'archive.zip');
  try {
    writeFileSync(file, archive);
    execFileSync('unzip', ['-q', file, '-d', join(folder, 'out')]);
    const listed = execFileSync('find', ['.', '-not', '-type', 'd', '-printf', '%P %M\n'], {
      cwd: join(folder, 'out'),
      encoding: 'utf8',
    });
    const files = listed.trim().split('\n').sort();
    const tops = new Set(files.map((path) => path.split('/')[0] ?? ''));
    if (tops.size !== 1) throw new Error(`the archive has ${tops.size} folders at its top`);
    const [top = ''] = tops;
    return {
      files: files.map((path) => path.replace(top, 'TOP')),
      text: (path) => {
        const args = ['-p', file, `${top}/${path}`];
        writeFileSync(file, archive);
        return execFileSync('unzip', args, { encoding: 'utf8' });
      },
    };
  } finally {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
}
