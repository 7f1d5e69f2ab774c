import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allowRefusedCommit } from '../../shared/organizations/allow-commit.ts';
import { deletePackage, withdrawal } from '../../shared/organizations/delete-package.ts';
import { givePackageName } from '../../shared/organizations/give-package-name.ts';
import { findPackage } from '../../shared/store/package-store.ts';
import { atEdge, endImport, give, imported, one, says } from '../support/competing-names.ts';
import {
  ann,
  deleteVersion,
  distPath,
  eachStep,
  expectSettled,
  members,
  of,
  withArchives,
} from '../support/deletions.ts';
import { commitOf } from '../support/memory-contents.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { packages, pushed, scannedRegistry } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

describe('more refused commits than the edge can hold for one package', () => {
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
  /** Names of a package's archives, by their contents. */
  const archives = async (registry: Registry, number: number): Promise<Record<string, string>> =>
    Object.fromEntries(
      [...(await registry.published()).objects].flatMap(([key, { body }]) =>
        key.startsWith(`acme/${number}/`) && key.endsWith('.zip')
          ? [[key.split('/')[2], body.toString()]]
          : [],
      ),
    );

  it('give it a new number, with its metadata and the same bytes of all other archives, before anybody may read it', async () => {
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
    // The edge has no room for all of them and must serve none, so the package is unavailable until it has its new number.
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
    await expectSettled(registry);
  });

  it('are prepared for: from 48 on the package is copied, and stays available meanwhile', async () => {
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
    await expectSettled(registry);
  });

  it('and whatever is pushed, built or refused during the copy is kept under both numbers', async () => {
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
    await expectSettled(registry);
  });
});

describe('a package that gets a new number', () => {
  const allow = (registry: Registry, digit: string) =>
    allowRefusedCommit(of(registry), registry.organization, commitOf(digit), ann);
  /** Handles messages until the copy has its number. */
  const untilCopying = async (registry: Registry): Promise<void> => {
    while ((await findPackage(registry.table, organizationId, 2))?.state !== 'copying') {
      expect(await registry.handleNext()).toBe(true);
    }
  };
  /** Does not settle completely: kept archives are removed after 90 days. */
  const halfAMinute = async (registry: Registry): Promise<void> => {
    for (let seconds = 0; seconds < 30; seconds += 5) {
      await registry.drain();
      await registry.clock.advance(5_000);
    }
  };
  /** A package that is being copied to number 2, because the refusal of its commit was revoked. */
  const beingCopied = async (registry: Registry): Promise<Registry> => {
    await withArchives(registry, 'a');
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    await allow(registry, 'a');
    await untilCopying(registry);
    return registry;
  };

  it('and is deleted meanwhile leaves no files behind, and its name is free for another repository at once', async () => {
    const registry = await scannedRegistry([...members, one(6, { createdAt: '2026-10-02T00:00:00Z' })]);
    says(registry, 6, 'acme/one');
    await pushed(registry, 6);
    await beingCopied(registry);
    await deletePackage(
      of(registry),
      registry.organization,
      { packageName: 'acme/one', keepArchives: true },
      { confirm: 'acme/one', ...ann },
    );
    await halfAMinute(registry);
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '2 acme/one deleted']);
    const { objects } = await registry.published();
    expect([...objects.keys()].filter((key) => /^acme\/\d+\/.*json$/.test(key))).toEqual([]);
    expect((await registry.fetch(1, commitOf('a'))).status).toBe(404);
    await givePackageName(
      { ...registry, randomBytes, logger: { warn: () => {} } },
      registry.organization,
      { packageName: 'acme/one', to: 'repository-6', samePackage: false },
      ann,
    );
    await halfAMinute(registry);
    expect(await atEdge(registry)).toBe('3');
    expect(registry.errors).toEqual([]);
  });

  it("finishes, although its repository got the name back with another package's number", async () => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }));
    await endImport(registry);
    await withArchives(registry, '5');
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    await give(registry, 'repository-6');
    await give(registry, 'repository-5', { samePackage: true });
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
    await allow(registry, '5');
    await expectSettled(registry);
    expect(await packages(registry)).toEqual([
      '1 acme/one deleted',
      '2 acme/one available',
      '3 acme/one superseded',
    ]);
    expect(await atEdge(registry)).toBe('2');
    await pushed(registry);
    expect((await registry.fetch(2, commitOf('5'))).status).toBe(307);
  });

  it('is copied again if only the copy was withdrawn', async () => {
    const registry = await beingCopied(await scannedRegistry(members));
    const copy = await findPackage(registry.table, organizationId, 2);
    if (copy === undefined) {
      throw new Error('nothing is copied');
    }
    const withdrawn = withdrawal(registry.organization, copy, false, registry.clock.now());
    await registry.table.transact(withdrawn.operations);
    await registry.workQueue.send(withdrawn.messages);
    await registry.settle();
    expect(await packages(registry)).toEqual([
      '1 acme/one deleted',
      '2 acme/one deleted',
      '3 acme/one available',
    ]);
    expect(await atEdge(registry)).toBe('3');
    expect((await registry.fetch(3, commitOf('a'))).status).toBe(307);
    await expectSettled(registry);
  });
});
