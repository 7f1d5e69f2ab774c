import { describe, expect, it, vi } from 'vitest';
import { allowRefusedCommit } from '../../shared/organizations/allow-commit.ts';
import { deleteVersions } from '../../shared/organizations/refuse-commits.ts';
import { auditLog } from '../../shared/store/audit-log.ts';
import { keys } from '../../shared/store/keys.ts';
import { allowCommit, refuseCommit } from '../../shared/store/refused-commit-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { packageWork } from '../../shared/store/work-items.ts';
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
import { aFact } from '../support/memory-forge.ts';
import type { MemoryTable } from '../support/memory-table.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { file, five, packages, pushed, scannedRegistry, scanOf, versions } from '../support/scanned.ts';
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
  it('does not come back by a scan: the tag and the branch at it are left out with the reason', async () => {
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

  it('leaves the metadata with the next publication, whatever a concurrent scan stored', async () => {
    const registry = await scannedRegistry();
    await refuse(registry, 'a');
    await registry.clock.advance(2000);
    const workItem = packageWork(organizationId, 1);
    await registry.table.transact([requestWork(workItem, registry.clock.now())]);
    await registry.workQueue.send([workItem.message]);
    await registry.settle();
    expect(await versions(registry)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    expect(await file(registry, 'acme/1/plain.json')).not.toContain(commitOf('a'));
    expect(await file(registry, 'acme/1/dev.json')).not.toContain(commitOf('a'));
  });

  it('has no archive any more: a request for it gets the reason, and the forge is not asked', async () => {
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
        warning: `An owner of acme refused commit ${'a'.repeat(12)} of acme/one, so its archive is not served; update to another version.`,
      },
    ]);
    expect(asked).toEqual([]);
  });

  it('that is refused while its archive is about to be built is not built', async () => {
    const registry = await scannedRegistry();
    const { table } = registry;
    const dist = keys.dist(organizationId, 1, commitOf('a'));
    // After the check for refusals, before the lease.
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

describe('a version whose author committed a secret', () => {
  it('is shown with everything that would be removed, and nothing is removed until its package is named', async () => {
    const registry = await scannedRegistry();
    await withArchives(registry, 'a');
    const asked = (confirmation: object) =>
      deleteVersions(
        of(registry),
        registry.organization,
        { packageName: 'acme/one', versions: ['1.0.0'] },
        confirmation,
      );
    const before = (registry.table as MemoryTable).dump();
    expect(await asked({})).toEqual({
      done: false,
      commits: [commitOf('a')],
      versions: [
        { package: 'acme/one', version: '1.0.0' },
        { package: 'acme/one', version: 'dev-main' },
      ],
      archives: 1,
    });
    await expect(asked({ confirm: 'acme/two', ...ann })).rejects.toThrow('confirm with acme/one');
    await expect(asked({ confirm: 'acme/one' })).rejects.toThrow('a name and a reason are required');
    await expect(deleteVersion(registry, '9.9.9')).rejects.toThrow(
      'acme/one has no version 9.9.9; it has 1.0.0, dev-main',
    );
    expect((registry.table as MemoryTable).dump()).toEqual(before);
  });

  it('is refused at the edge with its cached copies first, leaves the metadata, and its archive is removed', async () => {
    const registry = await scannedRegistry(members);
    const { token } = await registry.issue({ kind: 'organization' });
    await registry.settle();
    await withArchives(registry, 'a');
    expect(await registry.get(token, distPath('a'))).toContain('archive of a');
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a', '1.1.0': 'b' },
      branches: { main: 'b' },
    });
    await registry.clock.advance(2000);
    await pushed(registry);
    await registry.clock.advance(2000);
    registry.written.length = 0;

    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    expect(registry.written[0]).toBe('edge p/acme/acme/one');
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe(`1!${'a'.repeat(12)}`);
    expect(await registry.get(token, distPath('a'))).toBe('404');
    expect(await registry.get(token, distPath('b'))).toContain('archive of b');
    expect(await registry.get(token, '/acme/p2/acme/one.json')).not.toContain(commitOf('a'));
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect([...(await registry.published()).objects.keys()]).not.toContain(`acme/1/${commitOf('a')}.zip`);
    expect(await versions(registry)).toEqual({ '1.1.0': 'published', 'dev-main': 'published' });
    expect((await scanOf(registry))?.skipped).toEqual([
      { ref: 'tag 1.0.0', reason: `Commit ${'a'.repeat(12)} was refused by ann: a key in it` },
    ]);
    expect(await auditLog(registry.table, organizationId, 5)).toMatchObject([
      { act: 'delete-version', subject: `acme/one 1.0.0 (${'a'.repeat(12)})`, ...ann },
    ]);
    await expectSettled(registry);
  });

  it("is refused at the edge too when its archive was stored but the store's answer was lost", async () => {
    const registry = await scannedRegistry();
    const { table } = registry;
    const { update } = table;
    const mocked = vi
      .spyOn(table, 'update')
      .mockImplementation((change, when) =>
        change.set?.storedAt === undefined ? update(change, when) : Promise.reject(new Error('out of time')),
      );
    await expect(registry.fetch(1, commitOf('a'))).rejects.toThrow('out of time');
    mocked.mockRestore();
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(true);
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe(`1!${'a'.repeat(12)}`);
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(false);
    await expectSettled(registry);
  });

  it('leaves the package to everybody while the edge gets the refusal', async () => {
    const registry = await scannedRegistry(members);
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    await withArchives(registry, 'a');
    await deleteVersion(registry, '1.0.0');
    // All views are written again while the edge's new value is still on its way.
    const grants = registry.queued().filter(({ queue }) => queue === 'publish-access');
    expect(grants.length).toBeGreaterThan(0);
    await registry.change([...members, aFact.member(9)], 'members');
    while (await registry.handleNext()) {
      expect(await registry.listed(token)).toEqual(['acme/one']);
    }
    await expectSettled(registry);
  });

  it('does not come back by a scan, a pinned reference, another name, a new number or an undo', async () => {
    const registry = await scannedRegistry();
    await withArchives(registry, 'a');
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    const isAway = async () => {
      const { objects } = await registry.published();
      expect([...objects.keys()].filter((key) => key.endsWith(`${commitOf('a')}.zip`))).toEqual([]);
      for (const [key, { body }] of objects) {
        expect([key, body.toString().includes(commitOf('a'))]).toEqual([key, false]);
      }
      for (const number of [1, 2]) {
        expect((await registry.fetch(number, commitOf('a'))).status).toBe(404);
      }
    };
    await registry.clock.advance(2000);
    await pushed(registry);
    await isAway();
    // Another name makes a new package with a new number, of the same repository.
    registry.contents.set(5, { name: 'acme/two', tags: { '1.0.0': 'a' }, branches: { main: 'b' } });
    await registry.clock.advance(2000);
    await pushed(registry);
    expect(await packages(registry)).toEqual(['1 acme/one available → acme/two', '2 acme/two available']);
    await isAway();
    // Gone and back, as after an undo.
    await registry.change(members.slice(0, 2), 'repositories');
    await registry.settle();
    expect((await registry.published()).values.get('p/acme/acme/one')).toBeUndefined();
    await registry.change(five, 'repositories');
    await registry.settle();
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe(`1!${'a'.repeat(12)}`);
    await isAway();
    await expectSettled(registry);
  });

  it('that a concurrent build stores is removed all the same', async () => {
    const registry = await scannedRegistry();
    let hold: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    let reached: () => void = () => {};
    const building = new Promise<void>((resolve) => {
      reached = resolve;
    });
    registry.beforeContents = async (asked) => {
      if (asked === 'archive') {
        reached();
        await held;
      }
    };
    const build = registry.fetch(1, commitOf('a'));
    await building;
    await deleteVersion(registry, '1.0.0');
    await registry.drain();
    hold();
    await build;
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(true);
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe(`1!${'a'.repeat(12)}`);
    await registry.settle();
    expect((await registry.published()).objects.has(`acme/1/${commitOf('a')}.zip`)).toBe(false);
    await expectSettled(registry);
  });

  it('can be allowed again: under a new number, because caches have the old archive', async () => {
    const registry = await scannedRegistry(members);
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    await withArchives(registry, 'a');
    await deleteVersion(registry, '1.0.0');
    await registry.settle();
    const allow = () => allowRefusedCommit(of(registry), registry.organization, commitOf('a'), ann);
    expect(await allow()).toEqual({
      commit: commitOf('a'),
      packages: ['acme/one'],
      renumbered: ['acme/one'],
    });
    await expect(allow()).rejects.toThrow('acme does not refuse commit');
    await eachStep(registry, async () => {
      expect(await registry.listed(token)).toEqual(['acme/one']);
      expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain('"packages"');
    });
    await registry.settle();
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '2 acme/one available']);
    expect((await registry.published()).values.get('p/acme/acme/one')).toBe('2');
    expect(await versions(registry, 2)).toEqual({ '1.0.0': 'published', 'dev-main': 'published' });
    expect((await registry.fetch(2, commitOf('a'))).status).toBe(307);
    await registry.settle();
    expect(await registry.get(token, distPath('a'))).toContain('archive of a');
    await expectSettled(registry);
  });
});
