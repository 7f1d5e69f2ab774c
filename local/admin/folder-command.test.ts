import { expect, it } from 'vitest';
import { readFlags } from './calls.ts';
import { folderCommands } from './folder-command.ts';

const folders = {
  repository: 'acme/all',
  patterns: ['packages/*/composer.json'],
  proposed: ['lib/*/composer.json'],
  lookedAt: '2026-11-22T12:00:00.000Z',
  found: { patterns: ['packages/*/composer.json'], folders: ['packages/a', 'packages/b'], count: 3 },
};

async function run(args: readonly string[], answer: object) {
  const { values, positionals } = readFlags(args);
  const [command = '', slug, ...rest] = positionals;
  const calls: [string, unknown][] = [];
  const printed = await folderCommands[command]?.({
    client: {
      async invoke(name, input) {
        calls.push([name, input]);
        return answer;
      },
    },
    ...{ slug, rest, flags: values, progress: () => {} },
  });
  return { lines: printed?.lines, calls };
}

it('shows which folders are packages', async () => {
  const { lines, calls } = await run(['folders', 'acme', 'all'], folders);
  expect(calls).toEqual([['package-folders', { slug: 'acme', repository: 'all', set: false }]]);
  expect(lines).toEqual([
    'acme/all: folders that fit 1 pattern are packages',
    '  packages/*/composer.json',
    '3 folders are packages, as of 2026-11-22 12:00:00 UTC',
    '  packages/a',
    '  packages/b',
    '  and 1 more',
    'npm run admin -- folders acme acme/all PATTERN … --set sets other patterns',
  ]);
});

it('tries patterns before they are set', async () => {
  const found = { patterns: ['lib/*/composer.json'], folders: ['lib/a'], count: 1 };
  const { lines, calls } = await run(['folders', 'acme', 'all', 'lib/*'], { ...folders, found });
  expect(calls[0]?.[1]).toMatchObject({ patterns: ['lib/*'], set: false });
  expect(lines).toEqual(
    expect.arrayContaining([
      'tried:',
      '1 folder would be packages, as of 2026-11-22 12:00:00 UTC',
      '  lib/a',
    ]),
  );
});

it('sets them, or none', async () => {
  const none = { ...folders, patterns: [], found: { patterns: [], folders: [], count: 0 } };
  const { lines, calls } = await run(['folders', 'acme', 'all', '--set'], none);
  expect(calls[0]?.[1]).toMatchObject({ patterns: [], set: true });
  expect(lines?.[0]).toBe('acme/all: only the root may be a package');
  expect(lines?.at(-1)).toBe('the repository is being scanned');
});

it('says what is proposed, and what is not known yet', async () => {
  const none = { patterns: [], found: { patterns: [], folders: [], count: 0 } };
  const { lookedAt: _, ...rest } = folders;
  const { lines } = await run(['folders', 'acme', 'all'], { ...rest, ...none });
  expect(lines).toEqual(expect.arrayContaining(['proposed:', '  lib/*/composer.json']));
  expect(lines?.join()).toContain('is known after the next look');
});

it('needs a repository', async () => {
  await expect(run(['folders', 'acme'], folders)).rejects.toThrow('needs a repository name');
});
