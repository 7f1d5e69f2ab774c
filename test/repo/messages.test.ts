import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The messages of warnings and errors in the code that is deployed. */
function loggedMessages(): readonly string[] {
  const files = globSync('{functions,shared}/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const calls = files.flatMap((file) => [
    ...read(file).matchAll(/\blogger\.(?:warn|error)\(\s*(?:'([^']*)'|"([^"]*)")/g),
  ]);
  return [...new Set(calls.map(([, single, double]) => single ?? double ?? ''))].sort();
}

it('has each message of a warning or an error in the table of operating.md, and no other', () => {
  const [, messages = ''] = read('docs/operating.md').split('### All log messages\n');
  const [table = ''] = messages.split(/\n##/);
  const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message]) => message);
  const logged = loggedMessages();
  expect(logged.length).toBeGreaterThan(20);
  expect(listed.sort()).toEqual(logged);
});
