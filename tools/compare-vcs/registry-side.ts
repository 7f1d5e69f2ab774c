/** The registry, in full on this machine, after it has imported every repository of the world as a start does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { GitHubSimulator } from '../../local/forges/github/simulator.ts';
import type { World } from '../../local/forges/world/world.ts';
import type { AdminClient } from '../../local/start/admin-client.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import type { StartedOrganization } from '../../local/start/connect-world.ts';
import { parseOptions } from '../../local/start/options.ts';
import { takePorts } from '../../local/start/ports.ts';
import type { Progress } from '../../local/start/progress.ts';
import { type Started, start } from '../../local/start/start.ts';
import { openStateFolder } from '../../local/start/state-folder.ts';

export interface RegistryRepository {
  /** As the simulated forge calls it: `acme/lib`. */
  readonly fullName: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly packageNames: readonly string[];
  /** The texts of its p2 files. */
  readonly files: readonly string[];
  /** Package names that it would have and does not get, with the reason. */
  readonly waiting: readonly { readonly name: string; readonly reason: string }[];
}

export interface Registry {
  /** What the registry's own addresses begin with. */
  readonly url: string;
  readonly repositories: readonly RegistryRepository[];
}

export interface GitHubRegistry extends Registry {
  readonly gitHub: GitHubSimulator;
}

/**
 * Runs until `use` has ended.
 *
 * @throws Error when the registry does not start, or a file cannot be read
 */
export async function withRegistry<Result>(
  world: World,
  progress: Progress,
  use: (registry: GitHubRegistry) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'compare-vcs-'));
  try {
    const options = parseOptions(['--data', directory, '--port', '0']);
    if (options === 'help') throw new Error('these are no options');
    const assembly = await buildAssembly(() => progress.step('bundling the functions'));
    const folder = await openStateFolder(options);
    const ports = await takePorts(options.port);
    const started = await start(folder, world, { assembly, ports, progress });
    try {
      return await use(await readAll(started));
    } finally {
      await started.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const Described = z.object({
  ownedVendors: z.array(z.string()),
  proposedVendors: z.array(z.string()),
  packages: z.array(z.object({ name: z.string(), repository: z.string() })),
  waiting: z.array(z.object({ name: z.string(), reason: z.string(), repository: z.string() })),
  pending: z.object({ total: z.number() }),
});
type Described = z.infer<typeof Described>;

async function readAll({ gitHub, admin, organizations }: Started): Promise<GitHubRegistry> {
  const [organization] = organizations;
  if (organization === undefined) throw new Error('the registry has no organization');
  const login = gitHub.state.organizations.get(organization.gitHubId ?? 0)?.login ?? '';
  const described = await acceptVendors(admin, organization.slug);
  const files = await readFiles(organization);
  const repositories = [...gitHub.state.repositories.values()].map(({ name, defaultBranch }) => {
    const isOf = ({ repository }: { repository: string }): boolean => repository.split('/').at(-1) === name;
    const packageNames = described.packages.filter(isOf).map((one) => one.name);
    return {
      fullName: `${login}/${name}`,
      name,
      defaultBranch,
      packageNames: packageNames.filter((packageName) => files.has(packageName)),
      files: packageNames.flatMap((packageName) => files.get(packageName) ?? []),
      waiting: described.waiting.filter(isOf),
    };
  });
  const tied = new Set(repositories.flatMap(({ packageNames }) => packageNames));
  const untied = [...files.keys()].find((packageName) => !tied.has(packageName));
  if (untied) throw new Error(`${untied} is published, but the registry ties it to no repository`);
  return { gitHub, url: organization.url, repositories };
}

/**
 * Owns the vendors that wait for it, as an owner would who wants every package: a start looks for vendors on default branches only, and
 * a package can have its name from tags.
 */
async function acceptVendors(admin: AdminClient, slug: string): Promise<Described> {
  const before = await synchronized(admin, slug);
  if (before.proposedVendors.length === 0) return before;
  await admin.invoke('set-owned-vendors', {
    slug,
    vendors: [...before.ownedVendors, ...before.proposedVendors],
  });
  return synchronized(admin, slug);
}

/** How long we wait for the registry to have nothing more to do. */
const quietMs = 5 * 60_000;

async function synchronized(admin: AdminClient, slug: string): Promise<Described> {
  const giveUp = Date.now() + quietMs;
  // Twice in a row: what flows in a circle may be missed once.
  for (let quiet = 0; Date.now() < giveUp; await sleep(150)) {
    const described = Described.parse(await admin.invoke('describe-organization', { slug }));
    quiet = described.pending.total === 0 ? quiet + 1 : 0;
    if (quiet >= 2) return described;
  }
  throw new Error('the registry does not come to the end of its synchronization');
}

const RootFile = z.object({
  'metadata-url': z.string().optional(),
  'available-packages': z.array(z.string()).default([]),
});

/** The texts of both files of every package that the root lists. */
async function readFiles({ url, members }: StartedOrganization): Promise<Map<string, string[]>> {
  const token = members[0]?.token ?? '';
  const root = RootFile.parse(JSON.parse(await readText(`${url}/packages.json`, token)));
  const files = new Map<string, string[]>();
  for (const name of root['available-packages']) {
    const paths = [name, `${name}~dev`].map((file) =>
      (root['metadata-url'] ?? '').replace('%package%', file),
    );
    files.set(name, await Promise.all(paths.map((path) => readText(new URL(path, url).href, token))));
  }
  return files;
}

async function readText(url: string, token: string): Promise<string> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
  return answer.text();
}
