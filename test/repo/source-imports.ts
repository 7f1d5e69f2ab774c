/** Lists the imports of each source file. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  readonly from: string;
  /** Path within the repository, or the name of a package. */
  readonly to: string;
}

/** Every TypeScript file of the repository, including those not yet added to git. */
export const sourceFiles: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('.d.ts'));

/** Includes type imports: they have no effect at run time, but a reader still has to know them. */
const importPattern =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

export const sourceImports: readonly Import[] = sourceFiles.flatMap((from) =>
  [...readSource(from).matchAll(importPattern)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .map((to) => ({ from, to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to })),
);

/** The file's text; empty if it is in the index but deleted in the working tree. */
export function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export const isTest = (file: string): boolean => file.endsWith('.test.ts');

/** Whether a path is below one of the folders. */
export const within =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));
