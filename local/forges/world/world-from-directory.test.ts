import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyRepository, listRefs } from '../git/bare-repository.ts';
import { type BuiltRepository, buildRepositories } from './build-repositories.ts';
import { checkWorld } from './check-world.ts';
import { worldFromDirectory } from './world-from-directory.ts';

const execute = promisify(execFile);
let root: string;
let source: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'repositories-')));
  source = join(root, 'source');
  await mkdir(source);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=trunk'];
  return (await execute('git', [...identity, ...args], { cwd: folder })).stdout.trim();
}

async function makeRepository(path: string, ...init: string[]): Promise<string> {
  const folder = join(source, path);
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet', ...init);
  return folder;
}

/** Every file below a folder with its modification time and content. */
async function fingerprint(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => {
        const path = join(file.parentPath, file.name);
        const { mtimeMs, size } = await stat(path);
        const content = file.isFile() ? (await readFile(path)).toString('base64') : '';
        return [path, `${mtimeMs} ${size} ${content}`] as const;
      }),
    ),
  );
}

it('copies branches and tags of every repository below a folder, and writes nothing there', async () => {
  const money = await makeRepository('libraries/money');
  await git(money, 'commit', '--quiet', '--allow-empty', '-m', 'One');
  await git(money, 'tag', '1.0.0');
  await git(money, 'branch', 'next');
  await git(money, 'update-ref', 'refs/pull/1/head', 'HEAD');
  await git(money, 'update-ref', 'refs/remotes/origin/x', 'HEAD');
  await writeFile(join(money, 'work.txt'), 'uncommitted');
  await mkdir(join(money, 'vendor/inner/.git'), { recursive: true });
  const bare = await makeRepository('bare things/clock.git', '--bare');
  await git(money, 'push', '--quiet', bare, 'HEAD:refs/heads/main', '1.0.0');
  const detached = await makeRepository('other/money');
  await git(detached, 'commit', '--quiet', '--allow-empty', '-m', 'One');
  await git(detached, 'checkout', '--quiet', '--detach');
  await makeRepository('empty');
  await mkdir(join(source, 'notes/node_modules'), { recursive: true });
  const before = await fingerprint(source);

  const world = await worldFromDirectory(source);
  expect(checkWorld(world)).toEqual([]);
  const { repositories = [], teams } = world.organizations[0] ?? {};
  const defaultBranches = new Map<string, string>();
  const copies = repositories.map((described) => ({
    described,
    gitDirectory: join(root, `${described.name}.git`),
    person: () => ({ name: 'A', email: 'a@example.com' }),
    built: (result: BuiltRepository) => void defaultBranches.set(described.name, result.defaultBranch),
  }));
  await buildRepositories(copies, '2026-01-01T00:00:00Z');
  const copied = await Promise.all(
    copies.map(async ({ described: { name }, gitDirectory }) => [
      name,
      defaultBranches.get(name),
      [...(await listRefs(gitDirectory)).keys()],
    ]),
  );
  expect(copied).toEqual([
    ['clock', 'main', ['refs/heads/main', 'refs/tags/1.0.0']],
    ['empty', expect.any(String), []],
    ['libraries-money', 'trunk', ['refs/heads/next', 'refs/heads/trunk', 'refs/tags/1.0.0']],
    ['other-money', 'trunk', ['refs/heads/trunk']],
  ]);
  for (const { gitDirectory } of copies) {
    const { stdout } = await execute('git', [
      '--git-dir',
      gitDirectory,
      'for-each-ref',
      'refs/pull',
      'refs/remotes',
    ]);
    expect(stdout).toBe('');
    await git(gitDirectory, '--git-dir=.', 'config', 'test.written', 'yes');
  }
  expect(await fingerprint(source)).toEqual(before);
  expect(teams?.map((team) => [team.members?.length, Object.keys(team.repositories ?? {}).length])).toEqual([
    [3, 4],
  ]);
});

it('accepts a folder that is a repository itself', async () => {
  await git(source, 'init', '--quiet');
  expect((await worldFromDirectory(source)).organizations[0]?.repositories).toMatchObject([
    { name: 'source', git: source },
  ]);
});

it('follows links to repositories, and no link twice', async () => {
  const money = await makeRepository('../elsewhere/money');
  await symlink(money, join(source, 'money'));
  await symlink(join(root, 'elsewhere'), join(source, 'all'));
  await symlink(source, join(source, 'itself'));
  await symlink(join(root, 'nowhere'), join(source, 'broken'));
  const { repositories } = (await worldFromDirectory(source)).organizations[0] ?? {};
  expect(repositories?.map(({ name }) => name)).toEqual(['money']);
});

it('reports what is wrong', async () => {
  await expect(worldFromDirectory(source)).rejects.toThrow(
    `${source}: there is no git repository in this folder or below it`,
  );
  await expect(worldFromDirectory(join(source, 'x'))).rejects.toThrow(
    `${join(source, 'x')}: there is no such folder`,
  );
  for (const path of ['a/b c', 'a-b/c', 'x/c', 'a/b-c']) await makeRepository(path);
  await expect(worldFromDirectory(source)).rejects.toThrow('would be called "a-b-c"');
});

it('refuses repositories whose object ids are not SHA-1', async () => {
  const folder = await makeRepository('modern', '--object-format=sha256');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'One');
  await expect(copyRepository(folder, join(root, 'copy'))).rejects.toThrow('SHA-256');
});
