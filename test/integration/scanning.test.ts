import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ForgeError, type ForgeErrorCode } from '../../shared/forge/errors.ts';
import { keys } from '../../shared/store/keys.ts';
import { requestWork, takeLease } from '../../shared/store/work.ts';
import { scanWork } from '../../shared/store/work-items.ts';
import { commitOf } from '../support/memory-contents.ts';
import { repository } from '../support/memory-forge.ts';
import { file, owner, packages, pushed, scannedRegistry, scanOf, versions } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

describe('tags', () => {
  it('of the first scan are published at once, later ones with a checksum from the first moment', async () => {
    const registry = await scannedRegistry();
    expect(await versions(registry)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    await registry.clock.advance(2000);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', '1.1.0': 'b' },
      branches: { main: 'b' },
    });
    const seen: string[] = [];
    registry.archiveOf = (commit) => {
      seen.push(commit);
      return Readable.from(['archive']);
    };
    await registry.pushed(5);
    while (await registry.handleNext()) {
      const text = await file(registry, 'acme/1/plain.json');
      if (text.includes('1.1.0')) {
        expect(text).toMatch(/"version":"1.1.0".*?"shasum":"[0-9a-f]{40}"/);
      }
    }
    expect(seen).toEqual([commitOf('b')]);
    expect(await file(registry, 'acme/1/plain.json')).toContain('1.1.0');
  });

  it('stay pending while the forge does not serve their archive, with the reason, and are retried', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b', '1.2.0': 'c' } });
    registry.beforeContents = (asked, what) => {
      if (asked === 'archive' && what === commitOf('b')) {
        throw new ForgeError('unavailable', 'no archive today');
      }
    };
    await pushed(registry);
    expect(await versions(registry)).toEqual({
      '1.0.0': 'published',
      '1.1.0': 'pending: the forge did not return its archive: unavailable',
      '1.2.0': 'published',
    });
    expect(await scanOf(registry)).toMatchObject({ unfinished: true });
    expect(await file(registry, 'acme/1/plain.json')).not.toContain('1.1.0');
    registry.beforeContents = () => {};
    await registry.settleWithReconciles();
    expect(await versions(registry)).toMatchObject({ '1.1.0': 'published' });
    expect(await scanOf(registry)).toMatchObject({ unfinished: false });
  });

  it('are not requested one after another when the forge refuses all of them', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b', '1.2.0': 'c' } });
    let asked = 0;
    registry.beforeContents = (what) => {
      if (what === 'archive') {
        asked++;
        throw new ForgeError('rate-limited', 'wait');
      }
    };
    await pushed(registry);
    expect(asked).toBe(1);
    expect(
      Object.values(await versions(registry)).filter((state) => state.includes('rate-limited')),
    ).toHaveLength(2);
  });

  it('whose archive another worker builds are rechecked within seconds', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b' } });
    const dist = keys.dist(organizationId, 1, commitOf('b'));
    const until = registry.clock.now() + 30_000;
    await registry.table.update({ key: dist, set: { leaseUntil: until, leaseId: 'other' } });
    await registry.pushed(5);
    await registry.drain();
    expect(await versions(registry)).toMatchObject({ '1.1.0': 'pending: its archive is being built' });
    await registry.settle();
    expect(await versions(registry)).toMatchObject({ '1.1.0': 'published' });
    expect(registry.clock.now()).toBeLessThan(until + 60_000);
  });

  it('leave time for other requests: a repository that is gone is not read to the end', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a', '1.1.0': 'b', '1.2.0': 'c' } });
    const built: string[] = [];
    registry.beforeContents = async (asked, what) => {
      if (asked === 'archive') {
        built.push(what);
        await registry.change(owner, 'repositories');
        const queued = registry.queued();
        expect(queued[0]).toBeDefined();
        while ((await scanOf(registry))?.wanted === 2) {
          await registry.handleNext();
        }
      }
    };
    await pushed(registry);
    expect(built).toHaveLength(1);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
  });
});

describe('a scan', () => {
  it('that the forge fails changes nothing, is retried after 5, 30 and 120 s, and then by the reconcile', async () => {
    const registry = await scannedRegistry();
    const before = await registry.published();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
    const asked: number[] = [];
    registry.beforeContents = (what) => {
      if (what === 'refs') {
        asked.push(registry.clock.now());
        throw new ForgeError('unavailable', 'bad gateway');
      }
    };
    const start = registry.clock.now();
    await pushed(registry);
    expect(asked.map((at) => Math.round((at - start) / 1000))).toEqual([0, 5, 35, 155]);
    expect(await registry.published()).toEqual(before);
    expect(await scanOf(registry)).toMatchObject({ unfinished: true, lastFailure: { code: 'unavailable' } });
    registry.beforeContents = () => {};
    await registry.settleWithReconciles();
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('b'));
    const scan = await scanOf(registry);
    expect(scan).toMatchObject({ unfinished: false });
    expect(scan).not.toHaveProperty('lastFailure');
  });

  it.each<ForgeErrorCode>([
    'credential-rejected',
    'insufficient-scope',
    'sso-required',
    'gone',
    'unexpected',
  ])('is not retried on %s, and work that was requested meanwhile is done', async (code) => {
    const registry = await scannedRegistry();
    let asked = 0;
    registry.beforeContents = async (what) => {
      if (what === 'refs' && asked++ === 0) {
        await registry.pushed(5);
        registry.loseMessages();
        throw new ForgeError(code, 'no');
      }
    };
    await registry.pushed(5);
    // Not even the sweep is needed.
    expect(await registry.settle()).toBe(0);
    expect(asked).toBe(2);
  });

  it('that a dead credential stopped is requested again by the schedule', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
    registry.beforeContents = () => {
      throw new ForgeError('credential-rejected', 'no');
    };
    await pushed(registry);
    expect(await scanOf(registry)).toMatchObject({ unfinished: true });
    registry.beforeContents = () => {};
    await registry.settleWithReconciles();
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('b'));
  });

  it('waits for as long as a rate limit requires', async () => {
    const registry = await scannedRegistry();
    const start = registry.clock.now();
    const asked: number[] = [];
    registry.beforeContents = (what) => {
      asked.push(registry.clock.now() - start);
      if (what === 'refs' && registry.clock.now() < start + 100_000) {
        throw new ForgeError('rate-limited', 'wait', { notBefore: start + 100_000 });
      }
    };
    await pushed(registry);
    expect(asked.map((at) => Math.floor(at / 1000))).toEqual([0, 100]);
  });

  it('that another worker took over ends silently', async () => {
    const registry = await scannedRegistry();
    const workItem = scanWork(organizationId, synchronizationId, repository(5));
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
    registry.beforeContents = async () => {
      registry.beforeContents = () => {};
      const now = registry.clock.now() + 400_000;
      await takeLease(registry.table, workItem, { leaseId: 'other', now, leaseMs: 1000 });
    };
    await registry.pushed(5);
    await registry.drain();
    expect(registry.handled.at(-1)).toMatchObject({ queue: 'scan', outcome: 'busy' });
    expect(registry.errors).toEqual([]);
    // The other worker has done nothing, so the sweep finds the work.
    await registry.settle();
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('b'));
  });

  it('for a burst of pushes is repeated once after the running one', async () => {
    const registry = await scannedRegistry();
    let scans = 0;
    registry.beforeContents = async (what) => {
      if (what === 'refs' && scans++ === 0) {
        for (let push = 0; push < 5; push++) {
          await registry.pushed(5);
        }
      }
    };
    await pushed(registry);
    expect(scans).toBe(2);
  });

  it('is repeated once more if its message arrived while it ran', async () => {
    const registry = await scannedRegistry();
    let asked = 0;
    registry.beforeContents = async (what) => {
      if (what !== 'refs' || asked++ > 0) return;
      const workItem = scanWork(organizationId, synchronizationId, repository(5));
      // Its message finds the lease taken, so it is as good as lost.
      await registry.table.transact([requestWork(workItem, registry.clock.now())]);
    };
    await registry.pushed(5);
    expect(await registry.settle()).toBe(0);
    expect(asked).toBe(2);
  });

  it('logs that a tag moved', async () => {
    const registry = await scannedRegistry();
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'b' }, branches: { main: 'b' } });
    await pushed(registry);
    await pushed(registry);
    expect(registry.logged).toEqual(['a tag moved, and its version keeps the first commit']);
    expect(await file(registry, 'acme/1/plain.json')).toContain(commitOf('a'));
  });
});
