/** The registry's address is changed: an own domain that is set later, or another port on one machine. */
import { beforeEach, describe, expect, it } from 'vitest';
import { describeFiles } from '../../shared/organizations/describe-files.ts';
import { rewriteFiles } from '../../shared/sync/schedule/rewrite-files.ts';
import { publishedRegistry, tokenOf } from '../support/published.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { organizationId } from '../support/synchronized.ts';

const before = 'https://registry.example';
const after = 'https://packages.example.com';
const acme = { id: organizationId, slug: 'acme' };

let registry: Registry;
beforeEach(async () => {
  registry = await publishedRegistry();
  await tokenOf(registry);
});

/** What start-reconcile does every ten minutes. */
const schedule = () =>
  rewriteFiles({
    ...{ table: registry.table, workQueue: registry.workQueue, clock: registry.clock },
    registryBaseUrl: registry.registryBaseUrl,
  });

/** The files that have the address, by their kind. */
async function filesWith(address: string): Promise<readonly string[]> {
  const { objects } = await registry.published();
  const names = [...objects]
    .filter(([, { body }]) => String(body).replaceAll('\\/', '/').includes(`"${address}/`))
    .map(([name]) => (name.startsWith('acme/roots/') ? 'root' : name));
  return [...new Set(names)].sort();
}
const all = ['acme/1/dev.json', 'acme/1/plain.json', 'root'];

describe('a changed address of the registry', () => {
  it('is written into every file, with progress in status', async () => {
    expect(await filesWith(before)).toEqual(all);
    registry.registryBaseUrl = after;
    await registry.clock.advance(2000);
    const { left } = await schedule();
    expect(left).toBeGreaterThan(1);
    expect(await describeFiles(registry.table, acme, after)).toEqual({
      url: `${after}/acme`,
      rewriting: { left, of: left },
    });
    await registry.settle();
    expect(await filesWith(after)).toEqual(all);
    expect(await filesWith(before)).toEqual([]);
    expect(await describeFiles(registry.table, acme, after)).toEqual({ url: `${after}/acme` });
    expect(await schedule()).toEqual({ left: 0 });
  });

  it('that a publisher did not know yet is written by the next schedule', async () => {
    registry.registryBaseUrl = after;
    await registry.clock.advance(2000);
    const { left } = await schedule();
    registry.registryBaseUrl = before;
    await registry.settle();
    expect(await filesWith(before)).toEqual(all);
    registry.registryBaseUrl = after;
    await registry.clock.advance(2000);
    expect(await schedule()).toEqual({ left });
    await registry.settle();
    expect(await filesWith(after)).toEqual(all);
  });

  it('asks no more of an organization whose files have it than one read', async () => {
    await schedule();
    await schedule();
    registry.written.length = 0;
    const sent = registry.queued().length;
    expect(await schedule()).toEqual({ left: 0 });
    expect(registry.queued()).toHaveLength(sent);
    expect(registry.written).toEqual([]);
  });
});
