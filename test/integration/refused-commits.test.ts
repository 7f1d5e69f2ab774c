import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { allowCommit, refuseCommit } from '../../shared/store/refused-commit-store.ts';
import { packageThing } from '../../shared/store/things.ts';
import { raise } from '../../shared/store/work.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { commitOf } from '../support/registry-world.ts';
import { file, pushed, scannedRegistry, scanOf, versions } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

const refuse = (registry: Registry, digit: string) =>
  registry.table.transact([
    refuseCommit(organizationId, {
      commit: commitOf(digit),
      by: 'ann',
      why: 'a key in it',
      at: registry.clock.now(),
    }),
  ]);

describe('a refused commit', () => {
  it('does not come back by a scan: the tag and the branch that stand at it are left out with the reason', async () => {
    const registry = await scannedRegistry();
    await refuse(registry, 'a');
    await registry.clock.advance(2000);
    await pushed(registry);
    expect(await versions(registry)).toEqual({});
    const reason = `Commit ${'a'.repeat(12)} was refused by ann: a key in it`;
    expect((await scanOf(registry))?.skipped).toEqual([
      { ref: 'tag 1.0.0', reason },
      { ref: 'branch main', reason },
    ]);
    expect(await file(registry, 'acme/1/plain.json')).not.toContain(commitOf('a'));
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
    await registry.clock.advance(2000);
    await pushed(registry);
    expect(await versions(registry)).toEqual({ 'dev-main': 'published' });
  });

  it('leaves the metadata with the next writing, whatever a scan at the same moment stored', async () => {
    const registry = await scannedRegistry();
    await refuse(registry, 'a');
    await registry.clock.advance(2000);
    const thing = packageThing(organizationId, 1);
    await registry.table.transact([raise(thing, registry.clock.now())]);
    await registry.waker.wake([thing.wake]);
    await registry.settle();
    expect(await versions(registry)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    expect(await file(registry, 'acme/1/plain.json')).not.toContain(commitOf('a'));
    expect(await file(registry, 'acme/1/dev.json')).not.toContain(commitOf('a'));
  });

  it('has no archive any more: who asks for it is told so, and the forge is not asked', async () => {
    const registry = await scannedRegistry();
    const asked: string[] = [];
    registry.beforeContents = (what) => {
      asked.push(what);
    };
    await refuse(registry, 'a');
    const answer = await registry.fetch(1, commitOf('a'));
    expect([answer.status, JSON.parse(answer.body ?? '')]).toEqual([
      404,
      {
        warning: `An owner of acme refused commit ${'a'.repeat(12)} of acme/one, so it has no archive any more; update to another version.`,
      },
    ]);
    expect(asked).toEqual([]);
  });

  it('that is refused while its archive is about to be built is not built', async () => {
    const registry = await scannedRegistry();
    const { table } = registry;
    const dist = keys.dist(organizationId, 1, commitOf('a'));
    // After the look at the refusals, before the lease.
    let armed = true;
    const transact = table.transact.bind(table);
    table.transact = async (operations) => {
      if (armed && operations.some((one) => 'update' in one && one.update.key.sk === dist.sk)) {
        armed = false;
        await refuse(registry, 'a');
      }
      return transact(operations);
    };
    expect((await registry.fetch(1, commitOf('a'))).status).toBe(404);
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(false);
    expect(await table.get(dist)).not.toHaveProperty('leaseId');
  });

  it('is as before once it is allowed again', async () => {
    const registry = await scannedRegistry();
    await refuse(registry, 'a');
    await registry.clock.advance(2000);
    await pushed(registry);
    await registry.table.transact([allowCommit(organizationId, commitOf('a'))]);
    await registry.clock.advance(2000);
    await pushed(registry);
    expect(await versions(registry)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    expect((await registry.fetch(1, commitOf('a'))).status).toBe(307);
  });
});
