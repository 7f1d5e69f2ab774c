import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { WorldRepository } from './github-organization.ts';
import type { GitHubWorld } from './world.ts';
import { WorldError } from './world-error.ts';

/**
 * Makes a world of the git repositories below a folder, bare or not, at any depth, also through symbolic links; repositories within a
 * repository are not found. In the
 * organization `acme` alice is the owner, and ann and bob read everything through the team Everyone. The repositories are only read: the
 * simulator serves copies.
 *
 * @throws {WorldError} when the folder cannot be read or holds no repository.
 */
export async function worldFromDirectory(directory: string): Promise<GitHubWorld> {
  const root = resolve(directory);
  const info = await stat(root).catch(() => undefined);
  if (!info?.isDirectory()) throw new WorldError(`${root}: there is no such folder`);
  const paths = await findRepositories(root, new Set());
  if (paths.length === 0) {
    throw new WorldError(`${root}: there is no git repository in this folder or below it`);
  }
  const repositories = nameRepositories(root, paths);
  return {
    users: [
      { login: 'alice', name: 'Alice' },
      { login: 'ann', name: 'Ann' },
      { login: 'bob', name: 'Bob' },
    ],
    organizations: [
      {
        login: 'acme',
        name: 'Acme',
        basePermission: 'none',
        members: { alice: 'owner', ann: 'member', bob: 'member' },
        teams: [
          {
            name: 'Everyone',
            members: ['alice', 'ann', 'bob'],
            repositories: Object.fromEntries(repositories.map(({ name }) => [name, 'push'])),
          },
        ],
        repositories,
        installation: { repositories: 'all' },
      },
    ],
  };
}

/** @param seen the real paths of folders, since links may form a cycle */
async function findRepositories(directory: string, seen: Set<string>): Promise<string[]> {
  const real = await realpath(directory);
  if (seen.has(real)) return [];
  seen.add(real);
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => {
    throw new WorldError(`${directory}: the folder cannot be read`);
  });
  const names = new Set(entries.map((entry) => entry.name));
  // A work tree has `.git`, which is a file in submodules and linked work trees; a bare repository has these three.
  if (names.has('.git') || ['HEAD', 'objects', 'refs'].every((name) => names.has(name))) return [directory];
  const found: string[] = [];
  const candidates = entries.filter(
    (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && entry.name !== 'node_modules',
  );
  for (const entry of candidates.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) found.push(...(await findRepositories(path, seen)));
  }
  return found;
}

/** Names each repository after its folder, or after the path where two folders have the same name. */
function nameRepositories(root: string, paths: readonly string[]): WorldRepository[] {
  const shortNames = paths.map((path) => repositoryName(basename(path)));
  const used = new Map<string, string>();
  return paths.map((path, index) => {
    const short = shortNames[index] ?? '';
    const same = shortNames.filter((other) => other.toLowerCase() === short.toLowerCase());
    const name = same.length === 1 ? short : repositoryName(relative(root, path).split(sep).join('-'));
    const other = used.get(name.toLowerCase());
    if (other !== undefined)
      throw new WorldError(`${path}: would be called "${name}", as ${other} is already`);
    used.set(name.toLowerCase(), path);
    return { name, visibility: 'private', git: path };
  });
}

function repositoryName(folder: string): string {
  const name = folder.replace(/\.git$/, '').replace(/[^A-Za-z0-9._-]+/g, '-');
  return /^\.{0,2}$/.test(name) ? 'repository' : name.slice(0, 100);
}
