/** Repertoire, started as `npm start -- --github DIR` does it, read as a client with a token reads it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { World } from '../../local/forges/world/world.ts';
import type { AdminClient } from '../../local/start/admin-client.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { parseOptions } from '../../local/start/options.ts';
import { takePorts } from '../../local/start/ports.ts';
import type { Progress } from '../../local/start/progress.ts';
import { type Started, type StartedOrganization, start } from '../../local/start/start.ts';
import { openStateFolder } from '../../local/start/state-folder.ts';
import { expand } from '../../shared/composer/metadata-minifier.ts';
import { Row } from './rows.ts';

export interface RegistryRepository {
  /** As the simulated GitHub calls it. */
  readonly name: string;
  readonly defaultBranch: string;
  readonly rows: readonly Row[];
  /** Package names that it would have and does not get, with the reason. */
  readonly waiting: readonly { readonly name: string; readonly reason: string }[];
}

/** @throws Error when the registry does not start, or a file cannot be read */
export async function readWithRegistry(world: World, progress: Progress): Promise<RegistryRepository[]> {
  const directory = await mkdtemp(join(tmpdir(), 'compare-vcs-'));
  try {
    const options = parseOptions(['--data', directory, '--port', '0']);
    if (options === 'help') throw new Error('these are no options');
    const assembly = await buildAssembly(() => progress.step('bundling the functions'));
    const folder = await openStateFolder(options);
    const ports = await takePorts(options.port);
    const started = await start(folder, world, { assembly, ports, progress });
    try {
      return await readAll(started);
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

async function readAll({ gitHub, admin, organizations }: Started): Promise<RegistryRepository[]> {
  const [organization] = organizations;
  if (organization === undefined) throw new Error('the registry has no organization');
  const described = await acceptVendors(admin, organization.slug);
  const rows = await readPackages(organization);
  const repositories = [...gitHub.state.repositories.values()].map(({ name, defaultBranch }) => {
    const isOf = ({ repository }: { repository: string }): boolean => repository.split('/').at(-1) === name;
    const own = new Set(described.packages.filter(isOf).map((one) => one.name));
    return {
      name,
      defaultBranch,
      rows: rows.filter((row) => own.has(row.name.toLowerCase())),
      waiting: described.waiting.filter(isOf),
    };
  });
  const tied = new Set(repositories.flatMap((repository) => repository.rows));
  const untied = rows.find((row) => !tied.has(row));
  if (untied) throw new Error(`${untied.name} is published, but the registry ties it to no repository`);
  return repositories;
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
const PackageFile = z.object({
  minified: z.literal('composer/2.0').optional(),
  packages: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

async function readPackages({ url, members }: StartedOrganization): Promise<Row[]> {
  const token = members[0]?.token ?? '';
  const root = RootFile.parse(await readJson(`${url}/packages.json`, token));
  const rows: Row[] = [];
  for (const name of root['available-packages']) {
    for (const file of [name, `${name}~dev`]) {
      const path = (root['metadata-url'] ?? '').replace('%package%', file);
      const { minified, packages } = PackageFile.parse(await readJson(new URL(path, url).href, token));
      const versions = packages[name] ?? [];
      rows.push(...(minified ? expand(versions) : versions).map(rowOf));
    }
  }
  return rows;
}

async function readJson(url: string, token: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
  return answer.json();
}

const Published = z.object({
  name: z.string(),
  version: z.string(),
  version_normalized: z.string(),
  dist: z.object({ reference: z.string() }).optional(),
  type: z.string().default('library'),
  require: Row.shape.require.default({}),
  autoload: Row.shape.autoload.default({}),
  extra: Row.shape.extra.default({}),
  abandoned: Row.shape.abandoned.default(false),
  'default-branch': z.boolean().default(false),
});

/** @throws ZodError when the version is none that a client could read */
export function rowOf(data: unknown): Row {
  const { version_normalized, dist, type, 'default-branch': defaultBranch, ...rest } = Published.parse(data);
  return {
    ...rest,
    versionNormalized: version_normalized,
    reference: dist?.reference ?? null,
    // As clients take it: ArrayLoader::configureObject, composer/composer src/Composer/Package/Loader/ArrayLoader.php at tag 2.10.2.
    type: type.toLowerCase(),
    defaultBranch,
  };
}
