import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseOptions, type StartOptions } from '../start/options.ts';
import { markRunning, markStarting, openStateFolder } from '../start/state-folder.ts';
import { exitCodes } from './exit-codes.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'not-ready-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const running = () => JSON.parse(readFileSync(join(directory, 'running.json'), 'utf8'));
const status = () => {
  const { stderr, status: code } = spawnSync(
    process.execPath,
    ['local/admin.ts', 'status', 'acme', '--data', directory],
    { encoding: 'utf8' },
  );
  return { stderr, code };
};

it('a start says from the beginning what it does, until it can be reached', async () => {
  const folder = await openStateFolder(parseOptions(['--data', directory]) as StartOptions);
  expect(running()).toMatchObject({ pid: process.pid, starting: { step: 'it has just begun' } });
  markStarting(folder, 'bundling', 5);
  expect(running()).toEqual({ pid: process.pid, starting: { step: 'bundling', since: 5 } });
  const address = {
    gateway: { url: 'http://127.0.0.1:1', accessKeyId: 'key' },
    api: { consoleBaseUrl: 'http://127.0.0.1:2', operatorKeySecret: 'secret' },
    consoleBucket: 'console',
  };
  await markRunning(folder, { pid: process.pid, ...address });
  expect(running()).toEqual({ pid: process.pid, ...address });
});

it('status of a start that cannot be reached yet answers at once, with how far it is and its own exit code', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const starting = { step: 'bundling the functions', since: Date.now() - 4000 };
  writeFileSync(join(directory, 'running.json'), JSON.stringify({ pid: child.pid, starting }));
  const { stderr, code } = status();
  expect(code).toBe(exitCodes['too-early']);
  expect(stderr).toMatch(
    / is starting for \d+\.\d s: bundling the functions\nit is not ready yet; ask again\n$/,
  );
  child.kill();
  await once(child, 'exit');
  expect(status()).toMatchObject({
    code: exitCodes.failed,
    stderr: expect.stringContaining('no npm start is running'),
  });
});
