/** Describes what the registry holds without numbers, times and ids, so that worlds with the same history compare as equal. */
import { createHash } from 'node:crypto';
import { handler, runOn } from '../../functions/authorize-request/authorize.ts';
import { distsOfPackage, packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import type { StoredObject } from './memory-store.ts';
import { organizationId } from './synchronized.ts';

const sha1 = (body: Buffer): string => createHash('sha1').update(body).digest('hex');

export interface Published {
  /** The edge's store. */
  readonly values: ReadonlyMap<string, string>;
  /** The bucket. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

/** What a client with the token gets for a path: the object's text, or the status. Decided by the edge function's own code. */
export async function clientGets(
  { values, objects }: Published,
  token: string,
  path: string,
  now: number,
): Promise<string> {
  runOn({
    store: {
      async get(key) {
        const value = values.get(key);
        if (value === undefined) {
          throw new Error('KeyNotFound');
        }
        return value;
      },
    },
    sha256: (text) => createHash('sha256').update(text).digest('base64url'),
    now: () => now,
  });
  const answer = await handler({
    request: {
      method: 'GET',
      uri: path,
      querystring: {},
      cookies: {},
      headers: { authorization: { value: `Bearer ${token}` } },
    },
  });
  if ('statusCode' in answer) {
    return String(answer.statusCode);
  }
  return objects.get(answer.uri.slice(1))?.body.toString() ?? 'not stored';
}

/** Names in the root file; undefined when the token reads no root. */
export async function listedNames(
  published: Published,
  token: string,
  now: number,
): Promise<readonly string[] | undefined> {
  const text = await clientGets(published, token, '/acme/packages.json', now);
  return text.startsWith('{')
    ? ((JSON.parse(text) as { 'available-packages'?: string[] })['available-packages'] ?? [])
    : undefined;
}

export interface DescribedWorld {
  readonly packages: readonly unknown[];
  /** What each token gets for each path, by `token <place> <path>`. */
  readonly gets: Readonly<Record<string, string>>;
  readonly keysAtEdge: readonly string[];
  readonly objects: readonly string[];
}

/** Describes everything that is stored for good. Archives differ from world to world, so each is described by its commit. */
export async function describeWorld(
  table: Table,
  published: Published,
  tokens: readonly string[],
  now: number,
): Promise<DescribedWorld> {
  const packages = await packagesOf(table, organizationId);
  const archives = new Map<string, string>();
  for (const [key, { body }] of published.objects) {
    if (key.endsWith('.zip')) {
      archives.set(sha1(body), `sha1 of ${key.split('/').at(-1)}`);
    }
  }
  const plain = (text: string): string => {
    let described = text;
    for (const [shasum, description] of archives) {
      described = described.replaceAll(shasum, description);
    }
    return described;
  };
  const paths = ['/acme/packages.json'];
  const described = [];
  for (const { number, filesModifiedAt: _, unreadableAt: __, ...one } of packages) {
    const [versions, dists] = [
      await versionsOfPackage(table, organizationId, number),
      await distsOfPackage(table, organizationId, number),
    ];
    paths.push(`/acme/p2/${one.name}.json`, `/acme/p2/${one.name}~dev.json`);
    paths.push(...dists.map(({ commit }) => `/acme/dists/${one.name}/${commit}.zip`));
    described.push({
      ...one,
      versions: versions.map(({ shasum, ...version }) => ({
        ...version,
        shasum: shasum === undefined ? undefined : plain(shasum),
      })),
      dists: dists.map(({ commit, shasum, leaseUntil }) => ({
        commit,
        leaseUntil,
        shasum: shasum === undefined ? undefined : plain(shasum),
      })),
      files: Object.fromEntries(
        ['plain.json', 'dev.json'].map((file) => [
          file,
          plain(published.objects.get(`acme/${number}/${file}`)?.body.toString() ?? 'none'),
        ]),
      ),
    });
  }
  const gets: Record<string, string> = {};
  for (const [place, token] of tokens.entries()) {
    for (const path of paths) {
      const text = await clientGets(published, token, path, now);
      gets[`token ${place} ${path}`] = path.endsWith('.zip') ? text.replace(/, made.*/, '') : plain(text);
    }
  }
  const kinds = [...published.values.keys()].map((key) => key.slice(0, 2));
  return {
    packages: described,
    gets,
    keysAtEdge: kinds.sort(),
    objects: [...published.objects.keys()].map((key) => key.replace(/\/\d+\//, '/')).sort(),
  };
}

/** Work items that are not done, are listed although they are done, or are leased by a worker that is gone. */
export function unfinishedWork(items: Iterable<Item>): readonly string[] {
  return [...items].flatMap((item) => {
    const isWanted = (item.wanted ?? 0) !== (item.done ?? 0);
    const isOpen = isWanted || item.pending !== undefined || item.leaseId !== undefined;
    return isOpen ? [`${item.pk} ${item.sk}`] : [];
  });
}
