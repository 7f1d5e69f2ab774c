import { describe, expect, it } from 'vitest';
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
import { recordDownloads, tokenOf } from './record-downloads.ts';

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
    ['a report that is too long', report(...Array.from({ length: 1001 }, () => ['a/b', '1'] as const))],
  ])('ignores %s', async (_, body) => {
    const { registry, ann } = await registryOf();
    expect(await recordDownloads(registry, ann, body)).toBeUndefined();
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
