import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import type { World } from '../../local/forges/world/world.ts';
import { composerVersion, createProject, type Project } from '../support/composer.ts';
import { type OutsideArchive, serveOutsideArchive } from '../support/outside-archive.ts';
import { type System, startSystem } from '../support/started.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** A composer.json with nested objects below `extra`, with this many levels in all. */
const nested = (name: string, levels: number): string => {
  const [opened, closed] = ['{"a":'.repeat(levels - 2), '}'.repeat(levels - 2)];
  return `{"name":"${name}","extra":{"b":${opened}1${closed}}}`;
};

/** Mistakes that Composer's vcs repositories tolerate, by repository; each is in a branch and a tag, and both must be published. */
const slips: Readonly<Record<string, Manifest>> = {
  licence: { license: 'Acme Internal Licence 1.2' },
  alias: { extra: { 'branch-alias': { 'dev-main': '2.0' } } },
  requirement: { require: { 'Acme/Licence': '*' } },
  keyword: { keywords: ['c++', 'fast'] },
  homepage: { homepage: 'www.acme.example' },
  email: { support: { email: 'dev@localhost' } },
  support: { support: 'x@y.example' },
  numbers: { require: { 5: '*', 'acme/licence': '*' }, 'require-dev': ['*'] },
  capitals: { name: 'Acme/Capitals' },
};

/** What `status` reports as left out of them. */
const notices = [
  ['alias', 'extra.branch-alias.dev-main is left out: the target branch (2.0) must end in -dev'],
  ['keyword', 'keywords.0 is left out: invalid value (c++), must match'],
  ['homepage', 'homepage is left out: invalid value (www.acme.example), must be an http/https URL'],
  ['email', 'support.email is left out: invalid value (dev@localhost), must be a valid email address'],
  ['support', 'support is left out: should be an array, string given'],
  ['numbers', 'require.5 is left out: a number is no package name'],
  ['numbers', 'require-dev.0 is left out: a number is no package name'],
] as const;

/** Refs that give no version, each next to a good 1.0.0, and why. */
const leftOut = [
  ['nested', 'tag 1.1.0', 'composer.json is nested deeper than 508 levels: '],
  ['latin', 'tag 1.1.0', 'composer.json is not UTF-8, which JSON has to be.'],
] as const;

/** A branch that is not meant to be a version. */
const withoutManifest = {
  repository: 'acme/branch-only',
  ref: 'branch main',
  reason: 'There is no composer.json in it.',
};

describe.skipIf(composerVersion === undefined)('odd manifests, by the real Composer', () => {
  let system: System;
  let url: string;
  let latin: string;
  let release: OutsideArchive;
  const projects: Project[] = [];

  beforeAll(async () => {
    latin = mkdtempSync(join(tmpdir(), 'latin-test-'));
    createLatinRepository(latin);
    const archive = spawnSync('git', ['-C', latin, 'archive', '--format=zip', '1.0.0']).stdout;
    release = await serveOutsideArchive(archive);
    system = await startSystem(worldWith(latin, release.url));
    url = `${system.registry}/acme`;
    await system.cloud.idle();
  }, 240_000);

  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    rmSync(latin, { recursive: true, force: true });
    await release?.close();
    await system?.close();
  }, 60_000);

  const project = async (): Promise<Project> => {
    const made = await createProject(url, system.token('alice'));
    projects.push(made);
    return made;
  };

  const names = [...Object.keys(slips), 'deep'].map((repository) => `acme/${repository}`);

  it.each(['dev-main', '1.0.0'])(
    'install at %s: nothing is lost because of a mistake',
    async (version) => {
      const app = await project();
      const run = await app.run('require', ...names.map((name) => `${name}:${version}`));
      for (const name of names) {
        expect(run.output).toContain(`Installing ${name} (${version}`);
      }
      expect(run.code).toBe(0);
      const { packages } = Lock.parse(JSON.parse(await app.read('composer.lock')));
      expect(packages.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      expect(packages.find(({ name }) => name === 'acme/licence')?.license).toEqual([slips.licence?.license]);
      expect(packages.find(({ name }) => name === 'acme/requirement')?.require).toEqual({
        'acme/licence': '*',
      });
      expect(packages.find(({ name }) => name === 'acme/numbers')?.require).toEqual({ 'acme/licence': '*' });
    },
    120_000,
  );

  it('that cannot be published do not affect the other versions of their packages', async () => {
    const app = await project();
    const bad = [...new Set(leftOut.map(([repository]) => `acme/${repository}`))];
    const run = await app.run('require', ...bad);
    for (const name of bad) {
      expect(run.output).toContain(`Installing ${name} (1.0.0)`);
    }
    expect(run.code).toBe(0);
  }, 120_000);

  it('that are links, or exist only on another branch, give packages', async () => {
    const app = await project();
    const run = await app.run('require', 'acme/linked:1.0.0', 'acme/branch-only:dev-work');
    expect(run.output).toContain('Installing acme/linked (1.0.0)');
    expect(run.output).toMatch(/Installing acme\/branch-only \(dev-work/);
    expect(run.code).toBe(0);
    expect(JSON.parse(await app.read('vendor/acme/linked/composer.json'))).toEqual({ name: 'acme/linked' });
  }, 120_000);

  it("with a third party's dist install it, in a client that trusts its server", async () => {
    const app = await project();
    expect((await app.run('config', 'cafile', release.certificate)).code).toBe(0);
    const run = await app.run('require', 'acme/wrapper');
    expect(run.output).toContain('Installing acme/wrapper (6.5.0)');
    expect(run.code).toBe(0);
    expect(release.requests()).toBe(1);
    expect(await app.read('vendor/acme/wrapper/composer.json')).toBe('{"name":"acme/latin"}');
    const { packages } = Lock.parse(JSON.parse(await app.read('composer.lock')));
    expect(packages).toMatchObject([
      { name: 'acme/wrapper', dist: { type: 'zip', url: release.url, reference: expect.any(String) } },
    ]);
  }, 120_000);

  it('have links to their files and issues, for composer browse and update bots', async () => {
    const app = await project();
    const { web } = system.gitHub.addresses;
    const browsed = await app.run('browse', '--show', 'acme/linked');
    expect(browsed.output).toContain(`${web}/acme/linked/tree/1.0.0`);
    const shown = await app.run('show', '--all', 'acme/linked', '1.0.0');
    expect(shown.output).toMatch(/^source +: \[git\] git@127\.0\.0\.1:acme\/linked\.git [0-9a-f]{40}$/m);
    expect(shown.output).toContain(`issues : ${web}/acme/linked/issues`);
    const branch = await app.run('show', '--all', 'acme/branch-only');
    expect(branch.output).toContain(`source : ${web}/acme/branch-only/tree/work`);
    expect(branch.output).not.toContain('issues :');
  }, 120_000);

  it('are explained to their owner', async () => {
    const status = Status.parse(await system.admin.invoke('describe-organization', { slug: 'acme' }));
    for (const [repository, notice] of notices) {
      const found = status.notices.find((one) => one.notice.startsWith(notice));
      expect(found).toMatchObject({ repository: `acme/${repository}`, version: 'dev-main' });
      expect(found?.notice).toMatch(/; also in 1\.0\.0$/);
    }
    for (const [repository, ref, reason] of leftOut) {
      expect(status.leftOut).toContainEqual({
        repository: `acme/${repository}`,
        ref,
        reason: expect.stringContaining(reason),
      });
    }
    expect(status.notices).toHaveLength(notices.length);
    expect(status.leftOut).toContainEqual(withoutManifest);
    expect(status.leftOut).toHaveLength(leftOut.length + 1);
  });
});

const Lock = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      dist: z.record(z.string(), z.unknown()).optional(),
      license: z.array(z.string()).optional(),
      require: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const Status = z.object({
  notices: z.array(z.object({ repository: z.string(), version: z.string(), notice: z.string() })),
  leftOut: z.array(z.object({ repository: z.string(), ref: z.string(), reason: z.string() })),
});

function worldWith(latinRepository: string, releaseUrl: string): World {
  const good = (name: string) => ({ manifest: { name: `acme/${name}` }, tags: ['1.0.0'] });
  const repositories = [
    ...Object.entries(slips).map(([name, slip]) => ({
      name,
      history: [{ manifest: { name: `acme/${name}`, ...slip }, tags: ['1.0.0'] }],
    })),
    { name: 'deep', history: [{ files: { 'composer.json': nested('acme/deep', 508) }, tags: ['1.0.0'] }] },
    {
      name: 'nested',
      history: [
        good('nested'),
        { files: { 'composer.json': nested('acme/nested', 509) }, tags: ['1.1.0'] },
        { manifest: null, files: { 'composer.json': '{"name":"acme/nested"}' } },
      ],
    },
    { name: 'latin', git: latinRepository },
    {
      name: 'linked',
      history: [
        {
          files: {
            'composer.json': { symlink: 'package/composer.json' },
            'package/composer.json': '{"name":"acme/linked"}',
          },
          tags: ['1.0.0'],
        },
      ],
    },
    {
      name: 'branch-only',
      issues: false,
      history: [
        { files: { 'README.md': 'read me' } },
        { branch: 'work', manifest: { name: 'acme/branch-only' } },
      ],
    },
    {
      name: 'wrapper',
      history: [
        { manifest: { name: 'acme/wrapper', dist: { type: 'zip', url: releaseUrl } }, tags: ['6.5.0'] },
      ],
    },
  ];
  const organization = {
    login: 'acme',
    members: { alice: 'owner' },
    installation: { repositories: 'all' },
    repositories,
  };
  const world = { users: [{ login: 'alice' }], organizations: [organization] };
  // JSON is YAML.
  return parseWorld(JSON.stringify(world), 'odd manifests');
}

/** A good 1.0.0, a 1.1.0 whose composer.json is in Latin-1, and a good branch. A world file cannot contain such bytes. */
function createLatinRepository(directory: string): void {
  const good = Buffer.from('{"name":"acme/latin"}');
  const bad = Buffer.from('{"name":"acme/latin","description":"caf\xe9"}', 'latin1');
  const commit = (content: Buffer): Buffer[] => [
    Buffer.from('commit refs/heads/main\ncommitter A <a@acme.example> 1700000000 +0000\ndata 1\nx\n'),
    Buffer.from(`M 644 inline composer.json\ndata ${content.length}\n`),
    content,
    Buffer.from('\n'),
  ];
  const tag = (name: string): Buffer => Buffer.from(`reset refs/tags/${name}\nfrom refs/heads/main\n\n`);
  const stream = [...commit(good), tag('1.0.0'), ...commit(bad), tag('1.1.0'), ...commit(good)];
  const git = (args: readonly string[], input?: Buffer) => {
    const run = spawnSync('git', ['-C', directory, ...args], { input, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  };
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  git(['fast-import', '--quiet'], Buffer.concat(stream));
}
