import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { buildConsole } from '../../local/start/build-console.ts';
import { portCount } from '../../local/start/options.ts';

/** Runs the README's commands as processes, as the scripts of package.json do. */
const runner = 'tools/run.mjs';

const Ready = z.object({
  registry: z.url(),
  console: z.url(),
  gitHub: z.object({
    ...{ api: z.url(), web: z.url(), codeload: z.url() },
    passwords: z.record(z.string(), z.string()),
  }),
  control: z.object({ gitHub: z.url() }),
  gateway: z.url(),
  organizations: z.array(
    z.object({ slug: z.string(), url: z.url(), tokens: z.record(z.string(), z.string()) }),
  ),
});
type Ready = z.infer<typeof Ready>;

const repositories = `
users: [{ login: alice }, { login: ann }, { login: bob }]
organizations:
  - login: tiny
    members: { alice: owner, ann: member, bob: member }
    installation: { repositories: all }
    teams: [{ name: Readers, members: [ann], repositories: { lib: pull } }]
    repositories:
      - name: lib
        history: [{ manifest: { name: tiny/lib, license: MIT }, tags: ['1.0.0'] }]
`;

let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npm-start-test-'));
  await writeFile(join(folder, 'world.yaml'), repositories);
  await Promise.all([buildAssembly(), buildConsole()]);
}, 120_000);

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => stop(child)));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm start', () => {
  it('prints one line of JSON when ready, keeps its state between runs, and stops cleanly on Ctrl-C', async () => {
    const flags = [
      '--json',
      '--port',
      '0',
      '--data',
      join(folder, 'data'),
      '--world',
      join(folder, 'world.yaml'),
    ];
    const first = await startJson(flags);
    expect(first.ready.organizations).toEqual([
      {
        slug: 'tiny',
        url: `${first.ready.registry}/tiny`,
        tokens: {
          alice: expect.stringMatching(/^rprt_m_/),
          ann: expect.stringMatching(/^rprt_m_/),
          bob: expect.stringMatching(/^rprt_m_/),
        },
      },
    ]);
    expect(await rootOf(first.ready, 'ann')).toEqual(['tiny/lib']);
    expect(await rootOf(first.ready, 'bob')).toEqual([]);

    const admin = await command('local/admin.ts', [
      'status',
      'tiny',
      '--json',
      '--data',
      join(folder, 'data'),
    ]);
    expect(admin.code).toBe(0);
    expect(JSON.parse(admin.stdout)).toMatchObject({ slug: 'tiny', counts: { members: 3, versions: 2 } });

    const second = await command('local/main.ts', [...flags.slice(1)]);
    expect([second.code, second.stderr.split('\n').length]).toEqual([1, 2]);
    expect(second.stderr).toContain('is in use by the npm start with process id');

    const bobs = z
      .object({ tokens: z.array(z.object({ id: z.string(), principal: z.string(), state: z.string() })) })
      .parse(JSON.parse(admin.stdout)).tokens;
    expect(bobs.map(({ state }) => state)).toEqual(['active', 'active', 'active']);
    const revoked = bobs[0]?.id ?? '';
    const revoke = await command('local/admin.ts', [
      'revoke',
      'tiny',
      '--id',
      revoked,
      '--json',

      '--data',
      join(folder, 'data'),
    ]);
    expect([revoke.code, JSON.parse(revoke.stdout)]).toEqual([0, { id: revoked, state: 'revoked' }]);

    const twice = await command('local/admin.ts', [
      'revoke',
      'tiny',
      '--id',
      'x',
      '--data',
      join(folder, 'data'),
    ]);
    expect([twice.code, twice.stderr]).toEqual([3, 'the organization tiny has no token x\n']);

    expect(await stop(first.child)).toBe(0);
    const again = await startJson(flags);
    const before = Object.entries(first.ready.organizations[0]?.tokens ?? {});
    const kept = before.filter(([login, token]) => again.ready.organizations[0]?.tokens[login] === token);
    // The user whose token is gone gets a new one; the others' tokens keep working.
    expect(kept).toHaveLength(2);
    expect(await rootOf(again.ready, 'ann')).toEqual(['tiny/lib']);
    expect(await stop(again.child)).toBe(0);
  }, 180_000);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops everything on %s to npm itself, which no shell between swallows',
    async (signal) => {
      const flags = ['--json', '--port', '0', '--data', join(folder, signal), '--first-run'];
      const npm = spawn('npm', ['start', '--silent', '--', ...flags], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const line = await new Promise<string>((resolve, reject) => {
        npm.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString()));
        npm.on('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      const { console: address } = JSON.parse(line) as { console: string };
      npm.kill(signal);
      const look = () =>
        fetch(address).then(
          () => 'answers',
          () => 'gone',
        );
      await expect.poll(look, { timeout: 60_000 }).toBe('gone');
    },
    180_000,
  );

  it.each([
    [['--prot'], '--prot'],
    [['--world', 'no-such-world.yaml'], 'no-such-world.yaml'],
    [['--github', 'no-such-folder'], 'no-such-folder'],
  ])('refuses %j with one clear line and a non-zero exit', async (args, named) => {
    const run = await command('local/main.ts', args);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(named);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(run.stdout).toBe('');
  });

  it('names an invalid world file, the line and what is expected there', async () => {
    const file = join(folder, 'bad.yaml');
    await writeFile(file, repositories.replace('tags:', 'tagz:'));
    const run = await command('local/main.ts', ['--world', file, '--data', join(folder, 'bad')]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`${file}:`);
    expect(run.stderr).toContain('tagz');
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a folder without repositories, and a port in use', async () => {
    const nothing = await mkdtemp(join(folder, 'nothing-'));
    const empty = await command('local/main.ts', ['--github', nothing]);
    expect([empty.code, empty.stderr.trim().split('\n').length]).toEqual([1, 1]);

    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const run = await command('local/main.ts', ['--port', String(port), '--data', join(folder, 'port')]);
    server.close();
    expect(run.code).toBe(1);
    // Among the highest ports there are not enough in a row, which has another message.
    expect(run.stderr).toContain(
      port <= 65_535 - portCount ? `port ${port} on 127.0.0.1 is in use` : '--port takes',
    );
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'port'))).toBe(false);
  });

  it('refuses a folder that holds something else, also with --fresh', async () => {
    const foreign = await mkdtemp(join(folder, 'foreign-'));
    await writeFile(join(foreign, 'composer.json'), '{}');
    const run = await command('local/main.ts', ['--data', foreign, '--fresh', '--port', '0']);
    expect([run.code, run.stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(run.stderr).toContain('has other contents');
    expect(await readdir(foreign)).toEqual(['composer.json']);
  });

  it('prints its usage', { timeout: 60_000 }, async () => {
    const help = await command('local/main.ts', ['--help']);
    expect(help.code).toBe(0);
    for (const flag of ['--json', '--port', '--data', '--fresh', '--world', '--github']) {
      expect(help.stdout).toContain(flag);
    }
    const admin = await command('local/admin.ts', ['--help']);
    expect([admin.code, admin.stdout.includes('revoke')]).toEqual([0, true]);
    const unknown = await command('local/admin.ts', ['nothing']);
    expect([unknown.code, unknown.stderr]).toEqual([2, 'unknown command nothing; --help lists them\n']);
    const lost = await command('local/admin.ts', ['status', '--data', join(folder, 'nobody')]);
    expect([lost.code, lost.stderr.includes('no npm start is running on')]).toEqual([1, true]);
  });
});

async function startJson(flags: readonly string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, [runner, 'local/main.ts', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.endsWith('\n')) {
        resolve(stdout);
      }
    });
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  expect(line.trim().split('\n')).toHaveLength(1);
  return { child, ready: Ready.parse(JSON.parse(line)) };
}

/** Sends the signal of Ctrl-C. @returns the exit code */
function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) {
    return Promise.resolve(child.exitCode);
  }
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code));
    child.kill('SIGINT');
  });
}

function command(
  script: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    // A start that should have been refused is not left running.
    execFile(process.execPath, [runner, script, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The packages of the first organization that the person gets. */
async function rootOf({ organizations: [organization] }: Ready, login: string): Promise<string[]> {
  const answer = await fetch(`${organization?.url}/packages.json`, {
    headers: { authorization: `Bearer ${organization?.tokens[login]}` },
  });
  return z.object({ 'available-packages': z.array(z.string()).default([]) }).parse(await answer.json())[
    'available-packages'
  ];
}
