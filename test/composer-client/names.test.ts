import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { composerVersion, createProject, type Project } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { type System, startSystem } from '../support/started.ts';
import { lagMs } from '../support/traits.ts';

const repository = (name: string, packageName: string, createdAt: string) =>
  `{ name: ${name}, createdAt: '${createdAt}', history: [{ manifest: { name: ${packageName}, license: proprietary }, files: { ${name}.php: '<?php' }, tags: 1.0.0 }] }`;

const world = `
users: [{ login: alice }, { login: ann }]
organizations:
  - login: acme
    name: Acme
    members: { alice: owner, ann: member }
    installation: { repositories: all }
    repositories:
      - ${repository('money', 'acme/money', '2021-01-01T00:00:00Z')}
      - ${repository('clock', 'acme/clock', '2021-01-01T00:00:00Z')}
      - ${repository('twin-a', 'acme/twin', '2022-01-01T00:00:00Z')}
      - ${repository('twin-b', 'acme/twin', '2019-01-01T00:00:00Z')}
      - name: mono
        history:
          - files:
              README.md: '# Two packages'
              packages/a/composer.json: '{"name":"acme/mono-a","require":{"acme/mono-b":"^1.0"}}'
              packages/a/a.php: <?php // a
              packages/b/composer.json: '{"name":"acme/mono-b"}'
              packages/b/b.php: <?php // b
            tags: 1.0.0
          - { files: { packages/b/b.php: <?php // newer }, tags: mono-b/v1.1.0 }
`;

/** A scan that meets a change of the forge half-way fails once, and is retried after 5 s; milliseconds. */
const retriedMs = 15_000;

describe.skipIf(composerVersion === undefined)('names of packages, by the real Composer', () => {
  let system: System;
  const projects: Project[] = [];

  beforeAll(async () => {
    system = await startSystem(parseWorld(world, 'names'), { clock: createCloudClock() });
  }, 240_000);

  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    await system?.close();
  }, 60_000);

  const project = async (): Promise<Project> => {
    const made = await createProject(`${system.registry}/acme`, system.token('alice'));
    projects.push(made);
    return made;
  };
  const change = (name: string, input: object): Promise<unknown> =>
    system.gitHub.changes.runUnchecked(name, input);
  const push = (name: string, versions: readonly string[], packageName: string): Promise<unknown> =>
    system.gitHub.changes.pushVersions(name, [...versions], {
      manifest: { name: packageName, license: 'proprietary' },
    });
  const soon = (check: () => Promise<void>): Promise<number> => promptly(system, check, retriedMs);
  const status = async () =>
    Status.parse(await system.admin.invoke('describe-organization', { slug: 'acme' }));
  const packageNamed = async (name: string) =>
    (await status()).packages.find((one) => one.name === name && one.state === 'available');
  const numberAt = async (name: string): Promise<number> => Number((await packageNamed(name))?.number);
  /** Whether alice gets its metadata: an available package reaches the edge, and then those who may read it, a moment later. */
  const served = async (name: string): Promise<boolean> => {
    const headers = { authorization: `Bearer ${system.token('alice')}` };
    return (await fetch(`${system.registry}/acme/p2/${name}.json`, { headers })).ok;
  };
  const give = (packageName: string, to: string, samePackage: boolean): Promise<unknown> =>
    system.admin.invoke('give-package-name', {
      slug: 'acme',
      package: packageName,
      to,
      samePackage,
      by: 'alice',
      why: 'it moved',
    });

  it('of two repositories at the import the older one is installed', async () => {
    expect(await packageNamed('acme/twin')).toMatchObject({ repository: 'acme/twin-b' });
    const app = await project();
    expect((await app.run('require', 'acme/twin')).code).toBe(0);
    expect(await app.read('vendor/acme/twin/twin-b.php')).toBe('<?php');
    expect((await status()).waiting).toMatchObject([
      {
        name: 'acme/twin',
        repository: 'acme/twin-a',
        why: expect.stringContaining('acme/twin-b, created 2019-01-01, has it'),
      },
    ]);
  }, 60_000);

  it('of folders of a repository install with their own files, and with the tags that name them', async () => {
    const folders = { slug: 'acme', repository: 'mono', patterns: ['packages/*'], set: true };
    const set = await system.admin.invoke('package-folders', folders);
    expect(set).toMatchObject({ patterns: ['packages/*/composer.json'] });
    await soon(async () => {
      expect(await served('acme/mono-a')).toBe(true);
      expect(await served('acme/mono-b')).toBe(true);
    });
    const app = await project();
    const required = await app.run('require', 'acme/mono-a');
    expect([required.code, required.output]).toEqual([0, expect.stringContaining('acme/mono-b (v1.1.0)')]);
    expect(required.output).toContain('acme/mono-a (1.0.0)');
    expect(await app.read('vendor/acme/mono-a/a.php')).toBe('<?php // a');
    expect(await app.read('vendor/acme/mono-b/b.php')).toBe('<?php // newer');
    await expect(app.read('vendor/acme/mono-a/README.md')).rejects.toThrow('ENOENT');
  }, 60_000);

  it('repository money deleted and created again: it installs, and so does an old lock at a commit that both have', async () => {
    const app = await project();
    expect((await app.run('require', 'acme/money:1.0.0')).code).toBe(0);
    const before = await numberAt('acme/money');
    await change('fork-repository', { repository: 'money', name: 'copy' });
    await change('delete-repository', { repository: 'money', events: 'observed' });
    await change('rename-repository', { repository: 'copy', to: 'money' });
    await system.cloud.clock.advance(lagMs + 5_000);
    await system.admin.invoke('synchronize-organization', { slug: 'acme' });
    await soon(async () => {
      expect(await numberAt('acme/money')).toBeGreaterThan(before);
      expect(await served('acme/money')).toBe(true);
    });
    await app.forgetInstalled({ keepLock: true });
    await app.forgetCache();
    const old = await app.run('install');
    expect(old.output).toContain('acme/money (1.0.0)');
    expect(old.code).toBe(0);
    expect((await app.run('update')).code).toBe(0);
  }, 120_000);

  it("a repository with a renamed manifest keeps the old name until an owner gives it away; then the other one's versions install", async () => {
    const before = await numberAt('acme/clock');
    await push('clock', ['2.0.0'], 'acme/timer');
    await change('create-repository', { name: 'new-clock' });
    await push('new-clock', ['3.0.0'], 'acme/clock');
    await soon(async () => {
      expect((await status()).waiting).toContainEqual(
        expect.objectContaining({
          name: 'acme/clock',
          repository: 'acme/new-clock',
          why: expect.stringContaining('though its composer.json says acme/timer now'),
        }),
      );
    });
    const app = await project();
    expect((await app.run('require', 'acme/clock:^1 || ^3')).code).toBe(0);
    expect(await app.run('show', 'acme/clock')).toMatchObject({ output: expect.stringContaining('1.0.0') });
    await give('acme/clock', 'new-clock', false);
    await soon(async () => {
      expect(await numberAt('acme/clock')).toBeGreaterThan(before);
      expect((await app.run('update')).code).toBe(0);
      expect((await app.run('show', 'acme/clock')).output).toContain('3.0.0');
    });
  }, 120_000);

  it('the same package, moved: number and archives stay, and an old lock installs what it installed before', async () => {
    const app = await project();
    expect((await app.run('require', 'acme/timer:2.0.0')).code).toBe(0);
    const number = await numberAt('acme/timer');
    await change('create-repository', { name: 'timer' });
    await push('timer', ['2.1.0'], 'acme/timer');
    await soon(async () => {
      expect((await status()).waiting).toContainEqual(expect.objectContaining({ repository: 'acme/timer' }));
    });
    await give('acme/timer', 'acme/timer', true);
    await soon(async () => {
      expect(await packageNamed('acme/timer')).toMatchObject({ repository: 'acme/timer', number });
      expect((await project().then((fresh) => fresh.run('require', 'acme/timer:2.1.0'))).code).toBe(0);
    });
    await app.forgetInstalled({ keepLock: true });
    await app.forgetCache();
    expect((await app.run('install')).code).toBe(0);
    expect((await status()).notices).toContainEqual(
      expect.objectContaining({
        version: 'acme/timer',
        notice: expect.stringContaining('as the same package'),
      }),
    );
  }, 120_000);

  it('a renamed forge organization is shown with its new login, and no other installation with the old one', async () => {
    await change('rename-organization', { organization: 'acme', to: 'acme-inc' });
    await soon(async () => {
      expect((await status()).synchronizations).toMatchObject([{ login: 'acme-inc' }]);
    });
    expect(await system.admin.invoke('describe-organization', {})).toMatchObject({
      unclaimedInstallations: [],
    });
  }, 60_000);
});

const Status = z.object({
  packages: z.array(
    z.object({ name: z.string(), number: z.number(), state: z.string(), repository: z.string() }),
  ),
  waiting: z.array(z.object({ name: z.string(), repository: z.string(), why: z.string().optional() })),
  notices: z.array(z.object({ version: z.string(), notice: z.string() })),
  synchronizations: z.array(z.object({ login: z.string() })),
});
