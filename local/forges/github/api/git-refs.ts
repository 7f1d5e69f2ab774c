import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface GitRef {
  /** Full name, `refs/…`. */
  readonly name: string;
  readonly oid: string;
}

const OID = /^[0-9a-f]{40}$/;

async function loose(gitDirectory: string, prefix: string, found: Map<string, string>): Promise<void> {
  const entries = await readdir(join(gitDirectory, prefix), { withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries.map(async (entry) => {
      const name = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) return loose(gitDirectory, name, found);
      // A ref may be packed or deleted between the listing and this read.
      const oid = (await readFile(join(gitDirectory, name), 'utf8').catch(() => '')).trim();
      if (OID.test(oid)) found.set(name, oid);
    }),
  );
}

async function packed(gitDirectory: string): Promise<Map<string, string>> {
  const text = await readFile(join(gitDirectory, 'packed-refs'), 'utf8').catch(() => '');
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [oid = '', name = ''] = line.split(' ');
      return OID.test(oid) && name.startsWith('refs/') ? [[name, oid]] : [];
    }),
  );
}

/**
 * All refs of a bare repository by name, read from its files: no process to start, so that a page of a hundred repositories
 * stays cheap. Loose refs are read first and win, for packing writes `packed-refs` before it removes them.
 */
export async function readRefs(gitDirectory: string): Promise<GitRef[]> {
  const found = new Map<string, string>();
  await loose(gitDirectory, 'refs', found);
  for (const [name, oid] of await packed(gitDirectory)) if (!found.has(name)) found.set(name, oid);
  return [...found]
    .map(([name, oid]) => ({ name, oid }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
