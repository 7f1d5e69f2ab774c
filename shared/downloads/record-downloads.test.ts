import { describe, expect, it, vi } from 'vitest';
import { tokenOf as tokenAtEdge } from '../../functions/authorize-request/request.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import {
  createRegistry,
  memoryServices,
  type Registry,
  settled,
} from '../../test/support/registry-fixture.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { downloadsByDay } from '../store/download-store.ts';
import { keys } from '../store/keys.ts';
import { namesOf } from '../store/name-store.ts';
import { downloadsMax, recordDownloads, tokenOf } from './record-downloads.ts';

/** Ann reads acme/one, and acme/two is hidden from her. */
async function registryOf(): Promise<{ registry: Registry; ann: string }> {
  const registry = await createRegistry(memoryServices(), [
    aFact.settings(false),
    aFact.member(1),
    aFact.repository(5),
    aFact.repository(6),
    aFact.collaborator(5, 1),
  ]);
  registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'a' } });
  registry.contents.set(6, { name: 'acme/two', tags: { '1.0.0': 'b' } });
  await settled(registry);
  const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
  await registry.settle();
  return { registry, ann: token };
}

const report = (...downloads: readonly (readonly [string, string])[]): string =>
  JSON.stringify({ downloads: downloads.map(([name, version]) => ({ name, version })) });

async function count(registry: Registry, name: string, version: string): Promise<unknown> {
  const holder = await registry.table.get(keys.packageName(organizationId, name));
  const item = await registry.table.get(keys.downloads(organizationId, Number(holder?.number), version));
  return item?.count;
}

describe('recordDownloads', () => {
  it('counts versions that exist, and that the token may install', async () => {
    const { registry, ann } = await registryOf();
    const body = report(
      ['acme/one', '1.0.0.0'],
      ['Acme/One', 'dev-main'],
      ['acme/one', '9.9.9.9'],
      ['acme/two', '1.0.0.0'],
      ['acme/none', '1.0.0.0'],
      ['', ''],
    );
    expect(await recordDownloads(registry, ann, body)).toBe(2);
    expect(await recordDownloads(registry, ann, body)).toBe(2);
    expect(await count(registry, 'acme/one', '1.0.0.0')).toBe(2);
    expect(await count(registry, 'acme/one', 'dev-main')).toBe(2);
    expect(await count(registry, 'acme/two', '1.0.0.0')).toBeUndefined();
    expect(await downloadsByDay(registry.table, organizationId, 1, 30, registry.clock.now())).toEqual([
      { day: '2026-11-22', count: 4 },
    ]);
    expect(await downloadsByDay(registry.table, organizationId, 'all', 30, registry.clock.now())).toEqual([
      { day: '2026-11-22', count: 4 },
    ]);
    expect(await namesOf(registry.table, organizationId)).toMatchObject([
      { name: 'acme/one', downloads: 4 },
      { name: 'acme/two', downloads: 0 },
    ]);
    const { token } = await registry.issue({ kind: 'organization' });
    expect(await recordDownloads(registry, token, body)).toBe(3);
    expect(await count(registry, 'acme/two', '1.0.0.0')).toBe(1);
  });

  it('counts nothing for a token that is unknown, revoked or expired', async () => {
    const { registry, ann } = await registryOf();
    const body = report(['acme/one', '1.0.0.0']);
    expect(await recordDownloads(registry, `${ann.slice(0, -1)}x`, body)).toBeUndefined();
    expect(await recordDownloads(registry, '', body)).toBeUndefined();
    const { token } = await registry.issue({ kind: 'organization' }, registry.clock.now() + 60_000);
    expect(await recordDownloads(registry, token, body)).toBe(1);
    await registry.clock.advance(60_000);
    expect(await recordDownloads(registry, token, body)).toBeUndefined();
    await registry.revoke(ann);
    expect(await recordDownloads(registry, ann, body)).toBeUndefined();
    expect(await count(registry, 'acme/one', '1.0.0.0')).toBe(1);
  });

  it.each([
    ['invalid JSON', '{'],
    ['an invalid report', '{"downloads":[{"name":7,"version":"1"}]}'],
  ])('ignores %s', async (_, body) => {
    const { registry, ann } = await registryOf();
    expect(await recordDownloads(registry, ann, body)).toBeUndefined();
  });
});

describe('a report that somebody made up', () => {
  it('is not parsed before its token is known', async () => {
    const { registry } = await registryOf();
    const parse = vi.spyOn(JSON, 'parse');
    try {
      expect(
        await recordDownloads(registry, 'rprt_m_nobody', report(['acme/one', '1.0.0.0'])),
      ).toBeUndefined();
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });

  it('counts a version that it names a thousand times once, with as many writes as for one', async () => {
    const { registry, ann } = await registryOf();
    const repeated = Array.from({ length: 1000 }, () => ['acme/one', '1.0.0.0'] as const);
    const update = vi.spyOn(registry.table, 'update');
    expect(await recordDownloads(registry, ann, report(...repeated))).toBe(1);
    // The version, the day, the day of the organization, the name, and the token's last use.
    expect(update).toHaveBeenCalledTimes(5);
    expect(await count(registry, 'acme/one', '1.0.0.0')).toBe(1);
  });

  it('counts its first 500 versions', async () => {
    const { registry, ann } = await registryOf();
    const many = Array.from(
      { length: downloadsMax },
      (_, place) => [`acme/none-${place}`, '1.0.0.0'] as const,
    );
    expect(await recordDownloads(registry, ann, report(...many, ['acme/one', '1.0.0.0']))).toBe(0);
    expect(await recordDownloads(registry, ann, report(...many.slice(1), ['acme/one', '1.0.0.0']))).toBe(1);
  });

  it('counts the rest of it where a name or version has half of a surrogate pair', async () => {
    const { registry, ann } = await registryOf();
    const body = report(['acme/one', '\ud800'], ['acme/\udfff', '1.0.0.0'], ['acme/one', '1.0.0.0']);
    const read = vi.spyOn(registry.table, 'getMany');
    expect(await recordDownloads(registry, ann, body)).toBe(1);
    expect(read.mock.calls.flat(2).every(({ sk }) => sk.isWellFormed())).toBe(true);
  });
});

describe('tokenOf', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    [basic('token:secret'), 'secret'],
    [basic('se:cr:et'), 'cr:et'],
    [basic('secret').toLowerCase().replace('basic', 'basic'), undefined],
    ['Bearer secret', 'secret'],
    ['bearer  secret ', 'secret'],
    [basic('no colon'), ''],
    ['Digest secret', ''],
    ['secret', ''],
    ['', ''],
  ])('reads %j like the edge', (header, expected) => {
    const taken = tokenOf(header);
    expect(taken).toBe(tokenAtEdge({ value: header }));
    if (expected !== undefined) {
      expect(taken).toBe(expected);
    }
    expect(tokenOf(undefined)).toBe('');
  });
});
