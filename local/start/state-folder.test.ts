import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstRunInstructions } from './instructions.ts';
import { parseOptions, type StartOptions } from './options.ts';
import { markStopped, openStateFolder } from './state-folder.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-folder-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function run(...flags: string[]): Promise<void> {
  const options = parseOptions(['--data', directory, ...flags]) as StartOptions;
  await markStopped(await openStateFolder(options));
}

describe('the data folder', () => {
  it('goes on as it was begun: what a person set up by the pages is not written over', async () => {
    await run('--first-run');
    await run('--first-run');
    await expect(run()).rejects.toThrow('was begun with --first-run: add it to go on there');
    await run('--first-run');
    await run('--fresh');
    await expect(run('--first-run')).rejects.toThrow('was begun without --first-run: leave it out');
    await run();
  });
});

it('a first run says its set-up code only while that is good', () => {
  const at = {
    consoleBaseUrl: 'http://127.0.0.1:1',
    codeHost: 'http://127.0.0.1:2',
    example: undefined,
    dataDirectory: directory,
  };
  expect(firstRunInstructions({ ...at, setUpCode: 'the-code' })).toContain('the-code');
  const later = firstRunInstructions({ ...at, setUpCode: undefined });
  expect(later).toContain('http://127.0.0.1:1/');
  expect(later).not.toMatch(/code {2}|setup/);
});
