import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRefs } from '../git/bare-repository.ts';
import { runGit } from '../git/run-git.ts';
import { defaultWorldFile, readWorld } from '../world/read-world.ts';
import { ancestorsOf, effectivePermission } from './api/rights.ts';
import { createGitHubState } from './open-state.ts';
import { testApp } from './simulator-fixture.ts';
import type { GitHubState, Repository } from './state.ts';

let directory: string;
let state: GitHubState;
let processorMs: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'default-world-'));
  const before = process.cpuUsage();
  const world = await readWorld(defaultWorldFile);
  ({ state } = await createGitHubState(world, { directory, now: Date.now, app: testApp }));
  const { user, system } = process.cpuUsage(before);
  processorMs = (user + system) / 1000;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function repository(name: string): Repository {
  const found = [...state.repositories.values()].find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

async function manifest(name: string, revision = 'HEAD'): Promise<Record<string, unknown> | undefined> {
  const text = await runGit([
    '--git-dir',
    repository(name).gitDirectory,
    'show',
    `${revision}:composer.json`,
  ]).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function tags(name: string): Promise<string[]> {
  return [...(await listRefs(repository(name).gitDirectory)).keys()].filter((ref) =>
    ref.startsWith('refs/tags/'),
  );
}

describe('the default world', () => {
  it('takes less than two seconds of this process to start', () => {
    expect(processorMs).toBeLessThan(2000);
  });

  it.each([
    [
      'alice',
      'billing catalog clock deploy-tools handbook http-kit legacy-shop money monolog payroll testing theme',
    ],
    ['ann', 'billing clock deploy-tools http-kit money testing'],
    ['bob', 'catalog clock deploy-tools http-kit money theme'],
    ['olga', 'theme'],
  ])('%s reads %s', (login, names) => {
    const user = [...state.users.values()].find((each) => each.login === login);
    const readable = [...state.repositories.values()].filter((each) =>
      effectivePermission(state, each, user?.id ?? 0),
    );
    expect(
      readable
        .map(({ name }) => name)
        .sort()
        .join(' '),
    ).toBe(names);
  });

  it('has a member in a grandchild team whose grandparent has the repository', () => {
    const payments = [...state.teams.values()].find(({ slug }) => slug === 'payments');
    const chain = payments === undefined ? [] : ancestorsOf(state, payments);
    expect(
      chain.map(({ slug, members, repositories }) => [
        slug,
        members.size,
        repositories.has(repository('money').id),
      ]),
    ).toEqual([
      ['backend', 0, false],
      ['engineering', 0, true],
    ]);
  });

  it('has a package with many tags, one with none, annotated tags, an alias, a fork and a repository without a package', async () => {
    expect((await tags('http-kit')).length).toBeGreaterThan(100);
    expect(await tags('testing')).toEqual([]);
    expect(await manifest('testing')).toMatchObject({ extra: { 'branch-alias': { 'dev-main': '1.x-dev' } } });
    const type = await runGit([
      '--git-dir',
      repository('billing').gitDirectory,
      'cat-file',
      '-t',
      'refs/tags/2.0.0',
    ]);
    expect(type.trim()).toBe('tag');
    expect(await manifest('handbook')).toBeUndefined();
    expect(await manifest('monolog')).toMatchObject({ name: 'monolog/monolog' });
    expect(repository('monolog').forkOf).toBe('monolog/monolog');
    expect(repository('deploy-tools').visibility).toBe('internal');
    expect(repository('legacy-shop').archived).toBe(true);
  });

  it('has the same commits on every machine', async () => {
    const heads = await Promise.all(
      [...state.repositories.values()].map(async ({ name, gitDirectory }) => [
        name,
        (await listRefs(gitDirectory)).get('refs/heads/main'),
      ]),
    );
    expect(Object.fromEntries(heads)).toMatchInlineSnapshot(`
      {
        "billing": "bd290ae97cb332cd12fdee547fb312eea9d8519e",
        "catalog": "6d1d867faffb6529e4321d8511b5cf1d6ab51af7",
        "clock": "538f46e7b6de38f60d90dfdaa1944b90268d1ff3",
        "deploy-tools": "84987f3dfdfae41fea3ce3b86746b35d90269bb5",
        "handbook": "868c4ab8c95033cb96f4a8e5e5d68d5e8d05c304",
        "http-kit": "330cca7ebcdb1437a155ed1d19a36c4dc90cee64",
        "legacy-shop": "08826ab4e8b2dc992d44aa04ee067f52ac2aa342",
        "money": "44087dd17160bd153e63a025f3d6a3a7cbd3677d",
        "monolog": "33974d542b5d6ca25f118f1d85ae03f97b520c42",
        "payroll": "9e280645461a25860d7287ae283db2a332aa46bd",
        "testing": "0993fa14dee17a682361d22c5a3dfa6e649db852",
        "theme": "450de957aac36c29b87a3fda3cef7975c935d4dc",
      }
    `);
  });

  it('requires only packages that it has, in versions that it has', async () => {
    const names = new Map<string, string>();
    for (const { name } of state.repositories.values()) {
      const found = (await manifest(name))?.name;
      if (typeof found === 'string') names.set(found, name);
    }
    for (const name of names.values()) {
      const { require, 'require-dev': requireDev } = (await manifest(name)) ?? {};
      for (const required of Object.keys(Object.assign({}, require, requireDev))) {
        if (required !== 'php') expect([...names.keys()]).toContain(required);
      }
    }
  });

  it.skipIf(spawnSync('composer', ['--version']).error !== undefined)(
    'can be installed: Composer loads the classes of billing and of its requirements',
    async () => {
      const project = join(directory, 'project');
      const repositories = ['billing', 'money', 'clock'].map((name) => ({
        type: 'vcs',
        url: repository(name).gitDirectory,
      }));
      await runGit(['init', '--quiet', project]);
      const environment = {
        PATH: process.env.PATH,
        HOME: directory,
        COMPOSER_HOME: join(directory, 'composer'),
        COMPOSER_ALLOW_SUPERUSER: '1',
        GIT_CONFIG_NOSYSTEM: '1',
      };
      await writeFile(
        join(project, 'composer.json'),
        JSON.stringify({
          repositories: [...repositories, { packagist: false }],
          require: { 'acme/billing': '^2.0' },
        }),
      );
      const run = promisify(execFile);
      await run('composer', ['install', '--no-interaction', '--quiet'], { cwd: project, env: environment });
      const { stdout } = await run(
        'php',
        [
          '-r',
          'require "vendor/autoload.php"; echo new Acme\\Billing\\Invoice(new Acme\\Money\\Money(1250, "EUR"), new Acme\\Clock\\SystemClock());',
        ],
        { cwd: project },
      );
      expect(stdout).toMatch(/^\d{4}-\d\d-\d\d 12\.50 EUR$/);
    },
  );
});
