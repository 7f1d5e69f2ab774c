import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildAssembly } from '../../local/start/build-assembly.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const bench = (...args: string[]) => run(process.execPath, [main, ...args], { maxBuffer: 64 * 1024 ** 2 });

const Counter = z.object({
  kind: z.string(),
  caller: z.string(),
  name: z.string(),
  calls: z.number(),
  items: z.number(),
});
const Output = z.object({
  worlds: z.array(
    z.object({
      counts: z.record(z.string(), z.number()),
      stages: z.array(z.object({ name: z.string(), endedAfterMs: z.number() })),
      phases: z.array(
        z.object({ name: z.string(), tookMs: z.array(z.number()), counters: z.array(Counter) }),
      ),
      functions: z.array(z.object({ name: z.string(), memoryPeak: z.number(), failed: z.number() })),
      starts: z.array(
        z.object({ name: z.string(), loadMs: z.number(), coldMs: z.number(), warmMs: z.number() }),
      ),
    }),
  ),
});

describe('npm run bench', () => {
  it('measures a tiny world', async () => {
    await buildAssembly();
    const { stdout } = await bench('--world', '3', '--rounds', '1', '--json');
    const [world] = Output.parse(JSON.parse(stdout)).worlds;
    if (world === undefined) throw new Error('there is no world in it');
    expect(world.counts).toMatchObject({ repositories: 3, packages: 3, members: 3, teams: 2 });
    expect(world.stages.every(({ endedAfterMs }) => endedAfterMs > 0)).toBe(true);
    expect(world.stages.at(-1)?.name).toContain('ready');

    const [imported, ...changes] = world.phases;
    const calls = (kind: string, caller: string) =>
      imported?.counters
        .filter((one) => one.kind === kind && one.caller === caller)
        .map(({ name }) => name) ?? [];
    expect(calls('forge', 'sync-organization')).toEqual(expect.arrayContaining(['GraphQL', 'REST']));
    expect(calls('table', 'scan-repository')).toEqual(
      expect.arrayContaining(['GetItem', 'TransactWriteItems']),
    );
    expect(calls('objects', 'publish-package')).toContain('PutObject');
    expect(calls('messages', 'sync-organization')).toContain('scan');
    expect(calls('edge keys', 'publish-access')).toContain('UpdateKeys');

    expect(changes.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'pushed tag → installable',
        'team member removed → refused',
        'token revoked → refused',
      ]),
    );
    const pushed = changes.find(({ name }) => name.startsWith('pushed tag'));
    expect(
      pushed?.counters.find(({ kind, name }) => kind === 'forge' && name.startsWith('archives'))?.calls,
    ).toBe(1);
    expect(world.functions.every(({ memoryPeak }) => memoryPeak > 1024 ** 2)).toBe(true);
    expect(world.starts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['scan-repository', 'fetch-dist']),
    );
    expect(world.starts.every(({ loadMs, coldMs }) => loadMs > 0 && coldMs > loadMs)).toBe(true);
  }, 240_000);

  it('says that a world cannot be read', async () => {
    await expect(bench('--world', '/no/such.yaml')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read'),
    });
  }, 60_000);
});
