/** The documentation names files that exist. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')].sort();

/** Code in backticks that is the path of a file or folder here; patterns such as `functions/<verb-noun>/` are not. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`((?:functions|shared|events|infra|local|test|tools|docs)\/[\w./-]*)`/g)].flatMap(
    ([, path]) => (path === undefined ? [] : [path]),
  );
}

describe('the documentation', () => {
  it.each(pages)('names no missing file: %s', (page) => {
    expect(pathsIn(readFileSync(page, 'utf8')).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('has a table of places to look', () => {
    const [, table = ''] = readFileSync('docs/architecture.md', 'utf8').split('## Where to look\n');
    const rows = (table.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => /^\| (?!question)\w/.test(line));
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => pathsIn(row).length === 0)).toEqual([]);
  });

  it('names the files of the synchronization', () => {
    const text = readFileSync('docs/synchronization.md', 'utf8');
    const [, table = ''] = text.split('| file in `shared/sync` | what it does |\n');
    const cells = (table.split('\n\n')[0] ?? '').split('\n').map((line) => line.split('|')[1] ?? '');
    const files = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? ''));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !existsSync(`shared/sync/${file}`))).toEqual([]);
  });
});
