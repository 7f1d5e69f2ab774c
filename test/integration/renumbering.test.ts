import { describe, expect, it } from 'vitest';
import { atRest, deleteVersion, distPath, eachStep, members } from '../support/deletions.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { commitOf } from '../support/registry-world.ts';
import { packages, pushed, scannedRegistry } from '../support/scanned.ts';

describe('more refused commits than the edge takes of one package', () => {
  const digits = Array.from({ length: 70 }, (_, place) => (place + 16).toString(16));
  const version = (digit: string): string => `1.${Number.parseInt(digit, 16)}.0`;
  const manyVersions = async (): Promise<Registry> => {
    const registry = await scannedRegistry(members);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: Object.fromEntries(digits.map((digit) => [version(digit), digit])),
    });
    await registry.clock.advance(2000);
    await pushed(registry);
    return registry;
  };
  /** Names of the objects of a package, by their bodies. */
  const archives = async (registry: Registry, number: number): Promise<Record<string, string>> =>
    Object.fromEntries(
      [...(await registry.published()).objects].flatMap(([key, { body }]) =>
        key.startsWith(`acme/${number}/`) && key.endsWith('.zip')
          ? [[key.split('/')[2], body.toString()]]
          : [],
      ),
    );

  it('give it a new number, with its metadata and the very bytes of all other archives, before anybody may read that', async () => {
    const registry = await manyVersions();
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    const before = await archives(registry, 1);
    expect(Object.keys(before)).toHaveLength(70);
    const refused = digits.slice(0, 61);
    const kept = Object.fromEntries(
      Object.entries(before).filter(([name]) => !refused.some((digit) => name.startsWith(commitOf(digit)))),
    );
    await deleteVersion(registry, ...refused.map(version));
    // The edge cannot name them all, and must serve none of them: the package is away until it has its new number.
    let wasAway = false;
    await eachStep(registry, async () => {
      const value = (await registry.published()).values.get('p/acme/acme/one');
      wasAway ||= value === undefined;
      if (value === '2') {
        expect(await archives(registry, 2)).toEqual(kept);
      } else if (wasAway) {
        expect(value).toBeUndefined();
      }
      for (const digit of refused) {
        expect(wasAway ? await registry.get(token, distPath(digit)) : '404').toMatch(/^404$|^not stored$/);
      }
    });
    expect(wasAway).toBe(true);
    await registry.settle();
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '2 acme/one available']);
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe('2');
    expect(await archives(registry, 1)).toEqual({});
    expect(await registry.listed(token)).toEqual(['acme/one']);
    const text = await registry.get(token, '/acme/p2/acme/one.json');
    for (const digit of digits) {
      expect(text.includes(commitOf(digit))).toBe(!refused.includes(digit));
    }
    for (const [name, body] of Object.entries(kept)) {
      expect(await registry.get(token, `/acme/dists/acme/one/${name}`)).toBe(body);
    }
    await atRest(registry);
  });

  it('are not waited for: from 48 on it is copied, and nobody loses it on the way', async () => {
    const registry = await manyVersions();
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    const modified = async (number: number) =>
      (await registry.published()).objects.get(`acme/${number}/plain.json`)?.lastModified ?? 0;
    let last = 0;
    await deleteVersion(registry, ...digits.slice(0, 48).map(version));
    await eachStep(registry, async () => {
      expect(await registry.listed(token)).toEqual(['acme/one']);
      expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain(commitOf('55'));
      expect(await registry.get(token, distPath('55'))).toContain('archive of 5555');
      const [, number = 0] =
        /^(\d+)/.exec((await registry.published()).values.get('p/acme/acme/one') ?? '') ?? [];
      const now = await modified(Number(number));
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    });
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe('2');
    await atRest(registry);
  });

  it('and what is pushed, built or refused while it is copied is lost neither here nor there', async () => {
    const registry = await manyVersions();
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    await deleteVersion(registry, ...digits.slice(0, 48).map(version));
    let step = 0;
    await eachStep(registry, async () => {
      step++;
      if (step === 8) {
        registry.contents.set(5, {
          name: 'acme/one',
          tags: { ...registry.contents.get(5)?.tags, '3.0.0': 'f' },
        });
        await registry.pushed(5);
      }
      if (step === 12) {
        await deleteVersion(registry, version(digits[60] ?? ''));
      }
    });
    await registry.settle();
    expect((await registry.published()).values.get('p/acme/acme/one')).toMatch(/^2/);
    const text = await registry.get(token, '/acme/p2/acme/one.json');
    expect(text).toContain(commitOf('f'));
    expect(text).not.toContain(commitOf(digits[60] ?? ''));
    expect(await registry.get(token, distPath(digits[60] ?? ''))).toBe('404');
    expect(Object.keys(await archives(registry, 2))).toHaveLength(22);
    await atRest(registry);
  });
});
