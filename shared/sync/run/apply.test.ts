import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { layout } from '../../../test/support/traits.ts';
import { loadScope } from '../../store/fact-store.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { ConflictError } from '../../store/table.ts';
import { requestWork, takeLease } from '../../store/work.ts';
import { scopeWork } from '../../store/work-items.ts';
import { type Application, applyPlan } from './apply.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const workItem = scopeWork(organizationId, synchronizationId, 'members');

async function createApplication() {
  const table = createMemoryTable();
  await addSynchronized(table);
  await table.transact([requestWork(workItem, now)]);
  const lease = await takeLease(table, workItem, { leaseId: 'a', now, leaseMs: 1000 });
  const synchronization = await findSynchronization(table, synchronizationId);
  if (lease === 'idle' || lease === 'busy' || synchronization === undefined) {
    throw new Error('nothing to apply to');
  }
  const application: Application = {
    synchronization,
    scope: 'members',
    lease,
    observedAt: 5,
    startedAt: now,
    layout,
    nextExpiryOf: () => undefined,
    covers: [],
    states: new Map(),
    changes: [{ kind: 'add', fact: aFact.member(1), narrows: false, widens: true, evidence: ['read'] }],
    now,
    record: () => [],
    applied: () => {},
  };
  const members = async () => (await loadScope(table, synchronizationId, layout, 'members')).facts.length;
  return { table, application, members };
}

describe('applyPlan', () => {
  it('writes nothing once the lease is lost, even if nobody read the scope since', async () => {
    const { table, application, members } = await createApplication();
    await takeLease(table, workItem, { leaseId: 'b', now: now + 2000, leaseMs: 1000 });
    await expect(applyPlan(table, application)).rejects.toThrow(ConflictError);
    expect(await members()).toBe(0);
  });

  it('writes nothing of a read that began before the last complete one, even under the lease', async () => {
    const { table, application, members } = await createApplication();
    await applyPlan(table, { ...application, observedAt: 6, changes: [] });
    await expect(applyPlan(table, application)).rejects.toThrow(ConflictError);
    expect(await members()).toBe(0);
    await applyPlan(table, { ...application, observedAt: 7 });
    expect(await members()).toBe(1);
  });

  it('writes nothing of a list read when one of its parts was read after the plan was made', async () => {
    const { table, application, members } = await createApplication();
    await table.transact([{ update: { key: workItem.key, add: { partsRead: 1 } } }]);
    const planned = (partsRead: number): Application => ({
      ...application,
      states: new Map([['members', { partsRead }]]),
    });
    for (const before of [0, 2]) {
      await expect(applyPlan(table, planned(before))).rejects.toThrow(ConflictError);
    }
    expect(await members()).toBe(0);
    await applyPlan(table, planned(1));
    expect(await members()).toBe(1);
  });
});
