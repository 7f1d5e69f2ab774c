/** `composer search`: what a principal finds is what it may read, by the real use cases. */
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resultsMax, searchesMax, searchReadable } from '../../shared/publish/search-readable.ts';
import { keys } from '../../shared/store/keys.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { findToken } from '../../shared/store/token-store.ts';
import { rewriteFiles } from '../../shared/sync/schedule/rewrite-files.ts';
import { aFact } from '../support/memory-forge.ts';
import { publishedRegistry, tokenOf } from '../support/published.ts';
import { memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { organizationId } from '../support/synchronized.ts';

const owner = [aFact.settings(false), aFact.member(1, 'owner')];
/** Account 2 reads the first repository alone. */
const facts = [...owner, aFact.member(2), aFact.repository(5), aFact.repository(6), aFact.collaborator(5, 2)];

let registry: Registry;
let ownersToken: string;
let membersToken: string;

beforeEach(async () => {
  registry = await publishedRegistry(memoryServices(), facts);
  registry.contents.set(5, {
    ...{ name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } },
    manifests: { b: manifestOf('acme/one', { description: 'Counts money', keywords: ['cash'] }) },
  });
  registry.contents.set(6, {
    ...{ name: 'acme/two', branches: { main: 'c' } },
    manifests: { c: manifestOf('acme/two', { description: 'Money in secret', type: 'metapackage' }) },
  });
  for (const id of [5, 6]) {
    await registry.pushed(id);
  }
  await registry.clock.advance(2000);
  await settled(registry);
  ownersToken = await tokenOf(registry);
  membersToken = await tokenOf(registry, 'user-2');
});

const manifestOf = (name: string, more: object): string => JSON.stringify({ name, ...more });

const Answer = z.object({
  results: z.array(z.looseObject({ name: z.string() })),
  total: z.number(),
  info: z.string().optional(),
});

/** As the CDN asks, once the edge function let the token pass. */
async function ask(token: string, text: string, type = '') {
  const principal = (await findToken(registry.table, token))?.principal ?? 'nobody';
  return searchReadable(
    { table: registry.table, clock: registry.clock, consoleBaseUrl: 'https://console.example' },
    { slug: 'acme', principal, query: new URLSearchParams({ q: text, type }) },
  );
}
const search = async (token: string, text: string, type?: string) => {
  const { status, body } = await ask(token, text, type);
  expect(status).toBe(200);
  return Answer.parse(JSON.parse(body ?? ''));
};
const names = async (token: string, text = ''): Promise<readonly string[]> =>
  (await search(token, text)).results.map(({ name }) => name);

describe('a search', () => {
  it('finds by descriptions and keywords, each package once, and says where it is shown', async () => {
    expect(await search(membersToken, 'MONEY')).toEqual({
      results: [
        {
          name: 'acme/one',
          description: 'Counts money',
          url: 'https://console.example/o/acme/packages/acme/one',
          downloads: 0,
        },
      ],
      total: 1,
    });
    expect(await names(ownersToken, 'money')).toEqual(['acme/one', 'acme/two']);
    expect(await names(ownersToken, 'cash')).toEqual(['acme/one']);
    expect((await search(ownersToken, 'money', 'metapackage')).results.map(({ name }) => name)).toEqual([
      'acme/two',
    ]);
  });

  it('finds as much as the root file lists, and nothing of what the token may not read', async () => {
    for (const [token, expected] of [
      [ownersToken, ['acme/one', 'acme/two']],
      [membersToken, ['acme/one']],
    ] as const) {
      expect(await names(token)).toEqual(expected);
      expect(await registry.listed(token)).toEqual(expected);
    }
    expect(await search(membersToken, 'secret')).toEqual({ results: [], total: 0 });
  });

  it('finds a package no more as soon as its right is being withdrawn, before the edge hears of it', async () => {
    await registry.change(
      [...owner, aFact.member(2), aFact.repository(5), aFact.repository(6)],
      'repositories',
    );
    let before = await names(membersToken);
    for (let more = true; more && before.length > 0; before = await names(membersToken)) {
      expect(await registry.get(membersToken, '/acme/p2/acme/one.json')).toContain('acme/one');
      more = await registry.handleNext();
    }
    expect(before).toEqual([]);
    await registry.settle();
    expect(await registry.get(membersToken, '/acme/p2/acme/one.json')).toBe('404');
  });

  it('by a token of the organization finds all', async () => {
    const { token } = await registry.issue({ kind: 'organization' });
    await registry.settle();
    expect(await names(token)).toEqual(['acme/one', 'acme/two']);
  });

  it('shows the summary that a release without summaries lacks, once files are written again', async () => {
    for (const { number } of await packagesOf(registry.table, organizationId)) {
      await registry.table.update({
        key: keys.package(organizationId, number),
        remove: ['summary', 'filesLayout'],
      });
    }
    expect(await names(ownersToken)).toEqual(['acme/one', 'acme/two']);
    expect(await names(ownersToken, 'cash')).toEqual([]);
    const { table, workQueue, clock, registryBaseUrl } = registry;
    expect(await rewriteFiles({ table, workQueue, clock, registryBaseUrl })).toEqual({ left: 2 });
    await registry.settle();
    expect(await names(ownersToken, 'cash')).toEqual(['acme/one']);
  });

  it('is refused for an organization that is gone, for very many words, and after 120 in a minute', async () => {
    const gone = await searchReadable(
      { table: registry.table, clock: registry.clock, consoleBaseUrl: '' },
      { slug: 'nowhere', principal: 'u.ann', query: new URLSearchParams() },
    );
    expect(gone).toMatchObject({ status: 404, body: '{"error":"not found"}' });
    expect(await ask(membersToken, 'a'.repeat(201))).toMatchObject({
      status: 400,
      body: expect.stringContaining('{"warning":"Search for fewer words'),
    });
    for (let count = 1; count < searchesMax; count++) {
      expect((await ask(membersToken, '')).status).toBe(200);
    }
    expect(await ask(membersToken, '')).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/), 'content-type': 'application/json' },
      body: expect.stringContaining('{"warning":"More than 120 searches in a minute'),
    });
    expect((await ask(ownersToken, '')).status).toBe(200);
    await registry.clock.advance(60_000);
    expect((await ask(membersToken, '')).status).toBe(200);
  });

  it('shows a hundred results, and says how many there are', async () => {
    const [one] = await packagesOf(registry.table, organizationId);
    const source = { synchronization: 'sync1', repository: '5', directory: '' };
    for (let number = 1000; number < 1000 + resultsMax; number++) {
      const name = `acme/more-${number}`;
      await registry.table.transact([
        { put: keys.package(organizationId, number), item: { ...one, number, name } },
        { put: keys.packageName(organizationId, name), item: { ...source, number } },
      ]);
    }
    const { token } = await registry.issue({ kind: 'organization' });
    const { results, ...rest } = await search(token, 'acme');
    expect(results).toHaveLength(resultsMax);
    expect(rest).toEqual({
      total: 102,
      info: 'The first 100 of 102 packages are shown. More words find fewer.',
    });
  });
});
