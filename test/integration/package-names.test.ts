import { describe, expect, it } from 'vitest';
import { edgeKeys } from '../../shared/domain/edge-keys.ts';
import { desire } from '../../shared/store/edge-store.ts';
import { reportDeletion } from '../../shared/store/forge-deletion-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { findSynchronization, lastNumber } from '../../shared/store/synchronization-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { edgeWork, packageWork, scopeWork } from '../../shared/store/work-items.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import {
  atEdge,
  becomes,
  claims,
  endImport,
  give,
  imported,
  nameTaken,
  older,
  one,
  quiet,
  says,
  status,
  waits,
} from '../support/competing-names.ts';
import { commitOf } from '../support/memory-contents.ts';
import { repository } from '../support/memory-forge.ts';
import { listRuns, showRun } from '../support/recorded-runs.ts';
import { createRegistry, memoryServices, type Registry } from '../support/registry-fixture.ts';
import { file, owner, packages, pushed } from '../support/scanned.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

describe('two repositories with one name at the import', () => {
  const permutations = [
    [5, 6, 7],
    [5, 7, 6],
    [6, 5, 7],
    [6, 7, 5],
    [7, 5, 6],
    [7, 6, 5],
  ];

  it.each(permutations)('have the same winner in each run: scanned %i, %i, %i', async (...order) => {
    const facts = [one(5, { createdAt: '2018-01-01T00:00:00Z', fork: true }), one(6), one(7, older)];
    const registry = await createRegistry(memoryServices(), [...owner, ...facts]);
    for (const id of [5, 6, 7]) {
      says(registry, id, 'acme/one');
      await registry.table.transact([
        {
          put: keys.choice(synchronizationId, repository(id)),
          item: { repository: String(id), chosen: true },
        },
      ]);
    }
    for (const scope of ['settings', 'members', 'teams', 'roles', 'repositories'] as const) {
      await registry.ask(scope);
    }
    while (registry.queued().some(({ queue }) => queue === 'sync')) {
      await registry.handleNext();
    }
    registry.loseMessages();
    for (const id of order) {
      await registry.pushed(id);
      await registry.settle();
    }
    expect((await packages(registry)).filter((text) => text.endsWith('available'))).toHaveLength(1);
    expect((await waits(registry, 7)) ?? []).toEqual([]);
    expect(await waits(registry, 5)).toEqual(nameTaken);
    expect(await waits(registry, 6)).toEqual(nameTaken);
    expect(await claims(registry)).toEqual(['5', '6']);
    const number = await atEdge(registry);
    expect(await file(registry, `acme/${number}/plain.json`)).toContain(commitOf('7'));
  });

  it('a better claimant replaces a worse one under a new number, with a notice and an entry in the history', async () => {
    const registry = await imported(one(5));
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    await quiet(registry);
    // Not scanned yet when the first one was: the list was read in steps, or the scan failed.
    const repositories = keys.synchronization(synchronizationId);
    await registry.table.update({ key: repositories, set: { importObservedAt: 100 } });
    says(registry, 6, 'acme/one');
    await becomes(registry, one(5), one(6, older));
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain(commitOf('6'));
    expect((await status(registry)).notices).toMatchObject([
      {
        repository: 'acme/repository-6',
        version: 'acme/one',
        notice: expect.stringContaining('first among the repositories'),
      },
    ]);
    const synchronization = await findSynchronization(registry.table, synchronizationId);
    const [run] = synchronization
      ? await listRuns(registry.table, synchronization, false, registry.clock.now())
      : [];
    expect(run).toMatchObject({ counts: { update: 1 }, scopes: [{ outcome: 'name passed' }] });
    expect(
      synchronization &&
        (await showRun(registry.table, synchronization, Number(run?.number), registry.clock.now())),
    ).toMatchObject({
      changes: [
        'package acme/one (number 1) of repository acme/repository-5 (5) moved to repository acme/repository-6 (6) as number 2: first among the repositories present at the import',
      ],
    });
  });

  it("nobody replaces an owner's choice, nor anybody after the import, nor with a manifest of another name", async () => {
    const registry = await imported(one(5), one(6, older));
    expect(await atEdge(registry)).toBe('2');
    await give(registry, 'repository-5');
    await pushed(registry, 6);
    expect(await atEdge(registry)).toBe('1');
    await endImport(registry);
    says(registry, 7, 'acme/one');
    await becomes(registry, one(5), one(6, older), one(7, { createdAt: '2001-01-01T00:00:00Z' }));
    await pushed(registry, 6);
    expect(await atEdge(registry)).toBe('1');
    expect(await claims(registry)).toEqual(['6', '7']);
  });
});

describe('a repository that was deleted and created again with the same manifest', () => {
  it('has the name once the deletion is confirmed, with another number and nothing of the old one', async () => {
    const registry = await imported(one(5));
    await endImport(registry);
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    await quiet(registry);
    says(registry, 6, 'acme/one');
    // The new one is read first.
    await becomes(registry, one(5), one(6));
    expect(await waits(registry, 6)).toEqual(nameTaken);
    const before = (await registry.published()).objects.get('acme/1/plain.json')?.lastModified ?? 0;
    await becomes(registry, one(6));
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
    expect(await waits(registry, 6)).toEqual([]);
    expect(await claims(registry)).toEqual([]);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain(commitOf('6'));
    const { objects } = await registry.published();
    expect([...objects.keys()].filter((key) => key.startsWith('acme/1/'))).toEqual([]);
    expect(Number(objects.get('acme/2/plain.json')?.lastModified)).toBeGreaterThan(Number(before));
  });

  it('has it also if the deletion was read first, and the old one waits if it is restored', async () => {
    const registry = await imported(one(5));
    await endImport(registry);
    await becomes(registry);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    says(registry, 6, 'acme/one');
    await becomes(registry, one(6));
    expect(await atEdge(registry)).toBe('2');
    await becomes(registry, one(5), one(6));
    expect(await atEdge(registry)).toBe('2');
    expect(await waits(registry, 5)).toEqual(nameTaken);
    // An owner may give it back, and it gets its own number again.
    expect(await give(registry, 'repository-5')).toMatchObject({ numberBefore: 2, number: 1 });
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/one superseded']);
    expect(await file(registry, 'acme/1/plain.json')).toContain(commitOf('5'));
  });

  it('under a credential that sees only a selection, has it also when the event confirms the deletion, in either order', async () => {
    const registry = await imported(one(5));
    await endImport(registry);
    registry.forge.absence = 'not-found';
    says(registry, 6, 'acme/one');
    await becomes(registry, one(6));
    expect(await waits(registry, 6)).toEqual(nameTaken);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    const part = scopeWork(organizationId, synchronizationId, 'repository:5');
    await registry.table.transact([
      reportDeletion(synchronizationId, repository(5), {
        at: registry.clock.now(),
        after: await lastNumber(registry.table, synchronizationId),
      }),
      requestWork(part, registry.clock.now(), { cause: 'webhook repository.deleted' }),
    ]);
    await registry.workQueue.send([part.message]);
    await quiet(registry);
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
  });

  it('waits when two claim the name, also when one of the two has gone since', async () => {
    const registry = await imported(one(5));
    await endImport(registry);
    says(registry, 6, 'acme/one');
    says(registry, 7, 'acme/one');
    await becomes(registry, one(5), one(6), one(7, older));
    await becomes(registry, one(6), one(7, older));
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    expect(await waits(registry, 6)).toEqual(nameTaken);
    expect(await waits(registry, 7)).toEqual(nameTaken);
    await becomes(registry, one(7, older));
    await pushed(registry, 7);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    expect((await status(registry)).waiting).toMatchObject([
      {
        repository: 'acme/repository-7',
        why: expect.stringContaining('while several repositories claimed it'),
      },
    ]);
    await give(registry, 'acme/repository-7');
    expect(await packages(registry)).toEqual(['1 acme/one superseded', '2 acme/one available']);
  });

  it('loses no message: whichever of the two scans writes first, the claimant decides again', async () => {
    let stop = 0;
    for (; ; stop++) {
      const registry = await imported(one(5));
      await endImport(registry);
      says(registry, 6, 'acme/one');
      await registry.change([...owner, one(5), one(6)], 'repositories');
      let calls = 0;
      // During the claimant's scan its holder is deleted, read and scanned to the end.
      const interrupted = async <Answer>(answer: Answer): Promise<Answer> => {
        if (calls++ === stop) {
          await registry.change([...owner, one(6)], 'repositories');
          await registry.drain();
        }
        return answer;
      };
      await registry.settle(({ table, ...services }) => ({
        ...services,
        table: {
          ...table,
          get: async (key) => interrupted(await table.get(key)),
          getMany: async (list) => interrupted(await table.getMany(list)),
          query: async (...of) => interrupted(await table.query(...of)),
          update: async (...of) => interrupted(await table.update(...of)),
          transact: async (operations) => interrupted(await table.transact(operations)),
        },
      }));
      if (calls <= stop) {
        break;
      }
      await quiet(registry);
      expect([stop, await atEdge(registry)]).toEqual([stop, '2']);
    }
    expect(stop).toBeGreaterThan(20);
  });

  it('that gets its name back by rule has what it had before, with the commits of its tags', async () => {
    const registry = await imported(one(5), one(6, { createdAt: '2026-10-02T00:00:00Z' }));
    await endImport(registry);
    await give(registry, 'repository-6');
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': '7' }, branches: { main: '7' } });
    await pushed(registry);
    await becomes(registry, one(5));
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/one superseded']);
    expect(await file(registry, 'acme/1/plain.json')).toContain(commitOf('5'));
    expect(await file(registry, 'acme/1/dev.json')).toContain(commitOf('7'));
  });
});

describe("a colleague's older repository that waits for a name", () => {
  const attacker = one(6, { createdAt: '2001-01-01T00:00:00Z' });

  async function waiting(): Promise<Registry> {
    const registry = await imported(one(5));
    await endImport(registry);
    says(registry, 6, 'acme/one');
    await becomes(registry, one(5), attacker);
    expect(await waits(registry, 6)).toEqual(nameTaken);
    return registry;
  }

  it('does not get it when the holder renames its manifest', async () => {
    const registry = await waiting();
    says(registry, 5, 'acme/two');
    await pushed(registry);
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one available → acme/two', '2 acme/two available']);
    expect((await status(registry)).waiting).toMatchObject([
      { why: 'acme/repository-5, created 2026-10-01, has it, though its composer.json says acme/two now' },
    ]);
  });

  it('does not get it when the holder is removed from the selection, and the holder has it when it is back', async () => {
    const registry = await waiting();
    registry.forge.absence = 'not-found';
    await becomes(registry, attacker);
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    expect((await status(registry)).waiting).toMatchObject([
      { why: expect.stringContaining('acme/repository-5 has it and cannot be read') },
    ]);
    await becomes(registry, one(5), attacker);
    expect(await packages(registry)).toEqual(['1 acme/one available']);
  });

  it('does not get it when the holder was transferred to somebody else', async () => {
    const registry = await waiting();
    registry.forge.absence = 'elsewhere';
    await becomes(registry, attacker);
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
  });

  it('does not get it when nobody could read the holder for 90 days', async () => {
    const registry = await waiting();
    registry.forge.absence = 'not-found';
    await becomes(registry, attacker);
    await registry.clock.advance(91 * 24 * 3600_000);
    const { table, workQueue, clock } = registry;
    await reconcile({ table, workQueue, clock, logger: { info: () => {}, warn: () => {}, error: () => {} } });
    await quiet(registry);
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    expect(await waits(registry, 6)).toEqual(nameTaken);
    // Nothing is left that could move with it.
    await expect(give(registry, 'repository-6', { samePackage: true })).rejects.toThrow(
      'nothing of it is left',
    );
    await give(registry, 'repository-6');
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '2 acme/one available']);
  });

  it('does not get it when an owner deletes the package here, even if the repository is deleted too; nor does the holder get it back by itself', async () => {
    const registry = await waiting();
    const workItem = packageWork(organizationId, 1);
    const deleted = { state: 'deleted', unreadableAt: undefined };
    const key = edgeKeys.package('acme', 'acme/one');
    const subject = { kind: 'package', organization: organizationId, packageNumber: 1 } as const;
    const now = registry.clock.now();
    await registry.table.transact([
      requestWork(workItem, now, deleted),
      desire(key, undefined, subject, now),
    ]);
    await registry.workQueue.send([workItem.message, edgeWork(key).message]);
    await pushed(registry);
    await pushed(registry, 6);
    await becomes(registry, attacker);
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    await becomes(registry, one(5), attacker);
    expect(await packages(registry)).toEqual(['1 acme/one deleted']);
    expect((await status(registry)).waiting).toMatchObject([
      { repository: 'acme/repository-5', why: expect.stringContaining('an owner deleted the package') },
      { repository: 'acme/repository-6' },
    ]);
    await give(registry, 'repository-5');
    expect(await packages(registry)).toEqual(['1 acme/one deleted', '2 acme/one available']);
  });

  it('does not get it as a fork that nobody chose, even when the holder was deleted', async () => {
    const registry = await imported(one(5));
    await endImport(registry);
    says(registry, 6, 'acme/one');
    await becomes(registry, one(5), { ...attacker, fork: true });
    await becomes(registry, { ...attacker, fork: true });
    await pushed(registry, 6);
    expect(await packages(registry)).toEqual(['1 acme/one unreadable']);
    expect(await waits(registry, 6)).toMatchObject([{ reason: 'fork' }]);
    await expect(give(registry, 'repository-6')).rejects.toThrow('does not claim acme/one');
  });

  it('is no claimant any more when its manifest has another name, or it is gone', async () => {
    const registry = await waiting();
    expect(await claims(registry)).toEqual(['6']);
    says(registry, 6, 'acme/six');
    await pushed(registry, 6);
    expect(await claims(registry)).toEqual([]);
    says(registry, 6, 'acme/one');
    await pushed(registry, 6);
    expect(await claims(registry)).toEqual(['6']);
    await becomes(registry, one(5));
    expect(await claims(registry)).toEqual([]);
    expect(await packages(registry)).toEqual(['1 acme/one available', '2 acme/six unreadable']);
  });
});
