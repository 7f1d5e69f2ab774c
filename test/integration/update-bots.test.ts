/**
 * What bots that propose updates read of our files, by the rules in their sources.
 *
 * Renovate's own reader: https://github.com/renovatebot/renovate/tree/main/lib/modules/datasource/packagist (read on 2026-08-22). It asks for the
 * root file below the repository's URL with Basic credentials, for names that the root file has in the same letters, and for both files of
 * a package, of which that of finished versions has to exist. What does not have its form it leaves out without a word, so it is demanded here.
 *
 * Dependabot looks into the root file for versions, and without any there it has Composer's library resolve the update; a test with that
 * library is beside those of the client. https://github.com/dependabot/dependabot-core/tree/main/composer
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expand } from '../../shared/composer/metadata-minifier.ts';
import { aFact } from '../support/memory-forge.ts';
import { members, publishedRegistry, tokenOf } from '../support/published.ts';
import { memoryServices, type Registry, settled } from '../support/registry-fixture.ts';

const url = 'https://registry.example/acme';

const RootFile = z.looseObject({
  packages: z.tuple([]),
  'metadata-url': z.string(),
  'available-packages': z.array(z.string()),
});
/** Other ways to find packages, which Renovate would go on to try. */
const olderKeys = ['includes', 'providers', 'provider-includes', 'providers-url', 'providers-lazy-url'];

/** A version as Renovate reads it. It takes what else stands in these places for nothing. */
const Release = z.looseObject({
  version: z.string(),
  time: z.iso.datetime({ offset: true }),
  source: z.looseObject({ url: z.url() }),
  homepage: z.url(),
  require: z.looseObject({ php: z.string().optional() }).optional(),
  abandoned: z.union([z.literal(true), z.string()]).optional(),
});
const PackageFile = z.object({
  minified: z.literal('composer/2.0'),
  packages: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

let registry: Registry;
let token: string;

beforeAll(async () => {
  const repositories = [aFact.repository(5), aFact.repository(6, { archived: true })];
  registry = await publishedRegistry(memoryServices(), [...members, ...repositories]);
  registry.contents.set(5, {
    ...{ name: 'acme/one', tags: { '1.0.0': 'a', 'v1.1.0': 'd' }, branches: { main: 'b' } },
    manifests: {
      a: JSON.stringify({
        name: 'Acme/One',
        require: { php: '>=8.1', 'acme/two': '*' },
        homepage: 'https://a.example',
      }),
      // What Renovate's reader of minified lists has to take away again.
      d: JSON.stringify({ name: 'Acme/One', require: { 'acme/two': '*' }, abandoned: 'acme/two' }),
    },
  });
  registry.linksOf = (id) => ({
    source: { type: 'git', url: `https://forge.example/acme/repository-${id}.git` },
    homepage: `https://forge.example/acme/repository-${id}`,
  });
  await registry.pushed(5);
  await registry.pushed(6);
  await registry.clock.advance(2000);
  await settled(registry);
  token = await tokenOf(registry);
});

/** A path below the repository's URL, or one that begins at its host's root. */
const get = (path: string): Promise<string> => registry.get(token, new URL(path, `${url}/`).pathname);

async function lookUp(packageName: string): Promise<readonly z.infer<typeof Release>[] | undefined> {
  const root = RootFile.parse(JSON.parse(await get('packages.json')));
  if (!root['available-packages'].includes(packageName)) {
    return undefined;
  }
  const releases: z.infer<typeof Release>[] = [];
  for (const name of [packageName, `${packageName}~dev`]) {
    const file = PackageFile.parse(JSON.parse(await get(root['metadata-url'].replace('%package%', name))));
    releases.push(...expand(file.packages[packageName] ?? []).map((version) => Release.parse(version)));
  }
  return releases;
}

describe('Renovate', () => {
  it('finds each version, with its time, its source, and what it requires of PHP', async () => {
    const releases = await lookUp('acme/one');
    expect(
      releases?.map(({ version, require, abandoned, homepage }) => [
        version,
        require?.php,
        abandoned,
        homepage,
      ]),
    ).toEqual([
      ['v1.1.0', undefined, 'acme/two', 'https://forge.example/acme/repository-5'],
      ['1.0.0', '>=8.1', undefined, 'https://a.example'],
      ['dev-main', undefined, undefined, 'https://forge.example/acme/repository-5'],
    ]);
  });

  it('finds a package that has only branches, whose file of finished versions has to exist, and that is archived', async () => {
    expect(await lookUp('acme/two')).toMatchObject([{ version: 'dev-main', abandoned: true }]);
    expect(JSON.parse(await get('/acme/p2/acme/two.json'))).toMatchObject({ packages: { 'acme/two': [] } });
  });

  it('goes on to the next registry for what is not here, and tries nothing older', async () => {
    expect(await lookUp('acme/three')).toBeUndefined();
    const root = RootFile.parse(JSON.parse(await get('packages.json')));
    expect(Object.keys(root).filter((key) => olderKeys.includes(key))).toEqual([]);
  });
});

describe('Dependabot', () => {
  it('finds no version in the root file, in the only form that it takes for none, and asks Composer', async () => {
    const { packages } = RootFile.parse(JSON.parse(await get('packages.json')));
    expect(packages).toEqual([]);
  });
});
