/** What the real Composer installs for `dev-main#<commit>`, and what it prints when there is no such commit. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runGit } from '../../local/forges/git/run-git.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { distReference } from '../../shared/domain/dist-reference.ts';
import { composerVersion, createProject, type Project } from '../support/composer.ts';
import { type System, startSystem } from '../support/started.ts';
import { serveOneOfEach } from '../vcs/servers/one-of-each.ts';
import { areInstalled } from '../vcs/servers/programs.ts';

const world = parseWorld(
  `
enterprise: example
users: [{ login: alice }]
organizations:
  - login: acme
    members: { alice: owner }
    installation: { repositories: all }
    repositories:
      - name: pinned
        history:
          - { manifest: { name: acme/pinned }, files: { version.txt: '1' }, tags: 1.0.0 }
          - { files: { version.txt: '2' } }
          - { files: { version.txt: '3' } }
          - { files: { version.txt: '4' } }
          - { branch: feature, from: 1.0.0, files: { version.txt: feature-1 } }
          - { branch: feature, files: { version.txt: feature-2 } }
      - name: pinned-fork
        forkOf: acme/pinned
        history:
          - { manifest: { name: acme/pinned }, files: { version.txt: fork } }
`,
  'pinned commits',
);

const Dist = z.object({ url: z.string(), reference: z.string(), shasum: z.string().optional() });
const Lock = z.object({ packages: z.tuple([z.object({ dist: Dist })]) });

describe.skipIf(composerVersion === undefined)('a pinned commit, by the real Composer', () => {
  let system: System;
  let url: string;
  const projects: Project[] = [];

  beforeAll(async () => {
    system = await startSystem(world, { schedules: false });
    url = `${system.registry}/acme`;
  }, 240_000);

  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    await system?.close();
  }, 60_000);

  const project = async (): Promise<Project> => {
    const made = await createProject(url, system.token('alice'));
    projects.push(made);
    return made;
  };

  const git = async (repository: string, ...args: string[]): Promise<string> => {
    const found = [...system.gitHub.state.repositories.values()].find(({ name }) => name === repository);
    return (await runGit(['--git-dir', found?.gitDirectory ?? '', ...args])).trim();
  };
  const commit = (repository: string, expression: string): Promise<string> =>
    git(repository, 'rev-parse', expression);

  const installed = (app: Project): Promise<string> => app.read('vendor/acme/pinned/version.txt');
  const lockedDist = async (app: Project) =>
    Lock.parse(JSON.parse(await app.read('composer.lock'))).packages[0].dist;

  /** Installs as on another machine that has only the project and its lock file. */
  const installAgain = async (app: Project) => {
    await app.forgetInstalled({ keepLock: true });
    await app.forgetCache();
    return app.run('install', '--prefer-dist');
  };

  /** Names of the GraphQL queries about commits that the simulated GitHub received since the last call. */
  const commitQueries = (): string[] => {
    const { counts } = system.gitHub.requests.summary();
    system.gitHub.requests.clear();
    return Object.entries(counts).flatMap(([line, count]) =>
      /graphql (Hash|Commit|CommitRefs)$/.test(line)
        ? Array.from({ length: Number(count) }, () => line.split(' ').at(-1) ?? '')
        : [],
    );
  };

  it('from before the import installs that commit and not the tip, with one request to the forge', async () => {
    const older = await commit('pinned', 'main~1');
    commitQueries();
    const app = await project();
    const run = await app.run('require', '--prefer-dist', `acme/pinned:dev-main#${older}`);
    expect(run.output).toContain('Locking acme/pinned (dev-main');
    expect(run.code).toBe(0);
    expect(await installed(app)).toBe('3');
    expect(await lockedDist(app)).toMatchObject({
      url: `${url}/dists/acme/pinned/%reference%.zip`,
      reference: older,
    });
    expect(commitQueries()).toEqual(['Commit']);

    // The branch moves on; the locked commit stays and is known.
    await system.gitHub.changes.run('push', {
      repository: 'pinned',
      history: [{ files: { 'version.txt': '5' } }],
    });
    await system.cloud.idle();
    expect((await installAgain(app)).code).toBe(0);
    expect(await installed(app)).toBe('3');
    expect(commitQueries()).toEqual([]);
  }, 90_000);

  it('without a reference is the tip', async () => {
    const app = await project();
    expect((await app.run('require', '--prefer-dist', 'acme/pinned:dev-main')).code).toBe(0);
    expect(await installed(app)).toBe('5');
  }, 60_000);

  it('of another branch is installed too', async () => {
    const other = await commit('pinned', 'feature~1');
    const app = await project();
    const run = await app.run('require', '--prefer-dist', `acme/pinned:dev-main#${other}`);
    expect(run.code).toBe(0);
    expect(await installed(app)).toBe('feature-1');
    expect(commitQueries()).toEqual(['Commit', 'CommitRefs']);
  }, 60_000);

  it.each([
    ['a pull request', 'pinned', 'refs/pull/1/head'],
    ['a fork', 'pinned-fork', 'refs/heads/other'],
  ])(
    'of %s only fails, with what is wrong and what to do',
    async (_, repository, ref) => {
      const person = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com'];
      const parent = await commit(repository, 'main');
      const made = await git(
        repository,
        ...person,
        'commit-tree',
        '-p',
        parent,
        '-m',
        ref,
        `${parent}^{tree}`,
      );
      await git(repository, 'update-ref', ref, made);
      const app = await project();
      const run = await app.run('require', '--prefer-dist', `acme/pinned:dev-main#${made}`);
      expect(run.code).not.toBe(0);
      expect(run.output.replaceAll(/\s+/g, ' ')).toContain(
        `Warning from ${new URL(url).host}: No branch or tag of the repository of acme/pinned contains the commit ${made.slice(0, 12)}; commits of forks and pull requests do not count.`,
      );
      expect(run.output).toContain('Pin to a commit of a branch by its whole hash');
      await expect(installed(app)).rejects.toThrow();
    },
    60_000,
  );

  it('by its first eight digits is installed, and from the lock file too', async () => {
    const digits = (await commit('pinned', 'main~3')).slice(0, 8);
    const app = await project();
    commitQueries();
    expect((await app.run('require', '--prefer-dist', `acme/pinned:dev-main#${digits}`)).code).toBe(0);
    expect(await installed(app)).toBe('2');
    expect((await lockedDist(app)).reference).toBe(digits);
    expect(commitQueries()).toEqual(['Hash', 'Commit']);
    expect((await installAgain(app)).code).toBe(0);
    expect(await installed(app)).toBe('2');
    expect(commitQueries()).toEqual([]);
  }, 60_000);

  it('of an older lock file, with the commit in the URL, is installed', async () => {
    const app = await project();
    const older = await commit('pinned', 'main~1');
    expect((await app.run('require', '--prefer-dist', 'acme/pinned:dev-main')).code).toBe(0);
    const tip = await commit('pinned', 'main');
    const lock = await app.read('composer.lock');
    await app.write('composer.lock', lock.replace('%reference%', older).replaceAll(tip, older));
    const run = await installAgain(app);
    expect(run.code).toBe(0);
    expect(await installed(app)).toBe('4');
  }, 60_000);

  it('does not affect an imported version: its first download changes no lock file', async () => {
    const app = await project();
    expect((await app.run('require', '--prefer-dist', 'acme/pinned:1.0.0')).code).toBe(0);
    await system.cloud.idle();
    const before = await app.read('composer.lock');
    await app.forgetCache();
    const run = await app.run('update', '--prefer-dist');
    expect(run.code).toBe(0);
    expect(run.output).toContain('Nothing to modify in lock file');
    expect(await app.read('composer.lock')).toBe(before);
  }, 60_000);

  const programs = ['git', 'hg', 'svn', 'svnserve', 'ssh', 'sshd'];
  it.skipIf(!areInstalled(...programs))(
    'of repositories at a URL is installed from each of their systems, and after a push the new one',
    async () => {
      const each = await serveOneOfEach('acme');
      const at = {
        slug: 'acme',
        readers: { everyone: true, teams: [] },
        allowsPrivate: true,
        allowsHttp: true,
      };
      const invoke = async (name: string, input: object) =>
        Repository.parse(await system.admin.invoke(name, { slug: 'acme', ...input }));
      const isRead = async ({ id: repository }: { readonly id: string }) => {
        await system.cloud.idle({ timeoutMs: 60_000 });
        const { state, lastFailure, hostKey } = await invoke('read-vcs-repository', { repository });
        expect([state, lastFailure]).toEqual(['working', undefined]);
        return hostKey;
      };
      try {
        const { folder, git, hg, svn } = each.repositories;
        const added = await Promise.all(
          [folder, hg, svn].map((one) => invoke('add-vcs-repository', { ...at, ...one })),
        );
        const ofGit = await invoke('add-vcs-repository', { ...at, ...git });
        each.letIn(ofGit.publicKey ?? '');
        await system.admin.invoke('scan-vcs-repository', { slug: 'acme', repository: ofGit.id });
        for (const one of added) await isRead(one);
        expect(await isRead(ofGit)).toBe(each.fingerprint);
        const app = await project();
        const names = ['acme/in-folder', 'acme/of-git', 'acme/of-hg', 'acme/of-svn'];
        const run = await app.run('require', '--prefer-dist', ...names);
        expect(run.code === 0 ? '' : run.output).toBe('');
        for (const name of names) {
          expect(await app.read(`vendor/${name}/composer.json`)).toContain(`From ${name}`);
        }
        const locked = Locked.parse(JSON.parse(await app.read('composer.lock'))).packages;
        expect(locked.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0']);
        const { dist } = locked[3] ?? {};
        expect(dist).toMatchObject({
          reference: expect.stringMatching(/^\/tags\/1\.0\.0\/@\d+$/),
          url: `${url}/dists/acme/of-svn/${distReference(dist?.reference ?? '')}.zip`,
        });

        const hook = Hook.parse(
          await system.admin.invoke('renew-vcs-hook', { slug: 'acme', repository: ofGit.id }),
        );
        each.pushTag('1.1.0');
        const headers = { 'x-repertoire-secret': hook.secret };
        expect((await fetch(hook.url, { method: 'POST', headers })).status).toBe(202);
        await system.cloud.idle({ timeoutMs: 60_000 });
        const update = await app.run('update', '--prefer-dist', 'acme/of-git');
        expect(update.output).toContain('Upgrading acme/of-git (1.0.0 => 1.1.0)');
      } finally {
        await each.close();
      }
    },
    120_000,
  );
});

const Repository = z.object({
  id: z.string(),
  state: z.string(),
  publicKey: z.string().optional(),
  hostKey: z.string().optional(),
  lastFailure: z.unknown().optional(),
});
const Hook = z.object({ url: z.string(), secret: z.string() });
const Locked = z.object({ packages: z.array(z.object({ version: z.string(), dist: Dist })) });
