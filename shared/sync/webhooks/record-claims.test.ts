import { describe, expect, it } from 'vitest';
import { account, aFact, repository, team } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import {
  addSynchronized,
  gitHubHost,
  installationId,
  organizationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import { decideAccess } from '../../domain/access.ts';
import type { Fact } from '../../domain/facts.ts';
import type { ParsedDelivery } from '../../forge/forge.ts';
import { loadAccessFacts } from '../../store/access-fact-store.ts';
import {
  deleteClaims,
  loadClaims,
  loadExpectations,
  numberClaims,
  putClaim,
} from '../../store/claim-store.ts';
import { putFact } from '../../store/fact-store.ts';
import { findDeletions } from '../../store/forge-deletion-store.ts';
import { keys } from '../../store/keys.ts';
import { drawNumber } from '../../store/synchronization-store.ts';
import type { Operation, Table } from '../../store/table.ts';
import { type Origin, takeDelivery } from './receive-delivery.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const people = 2000;

/** A team with very many members. */
const large: readonly Fact[] = [
  aFact.settings(false),
  aFact.team(5),
  aFact.teamRepository(5, 7),
  aFact.repository(7),
  ...Array.from({ length: people }, (_, place) => [
    aFact.member(place + 1),
    aFact.teamMember(5, place + 1),
  ]).flat(),
];

async function createScene(facts: readonly Fact[]) {
  const table = createMemoryTable();
  await addSynchronized(table);
  for (let start = 0; start < facts.length; start += 90) {
    const part = facts.slice(start, start + 90);
    await table.transact(part.map((fact) => putFact(synchronizationId, fact, 1)));
  }
  const workQueue = createRecordingQueue();
  const written: Operation[] = [];
  const watched = {
    ...table,
    async transact(operations: readonly Operation[]) {
      await table.transact(operations);
      written.push(...operations);
    },
  };
  let deliveries = 0;
  return {
    table,
    workQueue,
    written,
    take: (
      delivery: Partial<ParsedDelivery>,
      origin: Origin = { by: 'webhook', bodyHash: 'one' },
      through: Table = watched,
    ) =>
      takeDelivery(
        {
          table: through,
          workQueue,
          clock: { now: () => now },
          logger: { info: () => {}, warn: () => {} },
        },
        gitHubHost,
        {
          deliveryId: `delivery-${++deliveries}`,
          event: 'team.deleted',
          installation: installationId,
          removals: [],
          arrivals: [],
          hints: [{ look: 'scope', scope: 'team:5' }],
          ...delivery,
        },
        origin,
      ),
    async mayRead(id: number): Promise<boolean> {
      const claims = await loadClaims(table, synchronizationId);
      const subject = { kind: 'account', account: account(id) } as const;
      const facts = await loadAccessFacts(table, synchronizationId, subject, claims);
      return decideAccess(subject, facts, now).has(repository(7));
    },
  };
}

const gone = (key: string) => ({ key, expect: 'gone' }) as const;

describe('a team of 2,000 members deleted', () => {
  it("is one claim, and ends its members' access after a handful of writes", async () => {
    const { table, workQueue, written, take, mayRead } = await createScene(large);
    expect([await mayRead(1), await mayRead(people)]).toEqual([true, true]);
    expect(await take({ removals: [gone('team#5')] })).toBe('taken');
    expect([await mayRead(1), await mayRead(people)]).toEqual([false, false]);
    // The record of the delivery, what owners see of it, its body, the requested read, the claim, the deleted expectation, and everybody's
    // views.
    expect(written).toHaveLength(7);
    expect(await loadClaims(table, synchronizationId)).toHaveLength(1);
    expect(workQueue.sent.map(({ queue, message }) => [queue, message.kind ?? message.scope])).toEqual([
      ['publish-roots', 'grants'],
      ['sync', 'team:5'],
    ]);
    expect(await table.get(keys.grants(organizationId))).toMatchObject({ wanted: 1 });
    const subject = { kind: 'team', team: team(5) } as const;
    const claims = await loadClaims(table, synchronizationId);
    const facts = await loadAccessFacts(table, synchronizationId, subject, claims);
    expect(decideAccess(subject, facts, now).size).toBe(0);
  });
});

describe('the event claims of a delivery', () => {
  const few = large.slice(0, 8);

  it('are hints when the delivery comes from the log, or is old or not yet sent by its signed time', async () => {
    const { table, take, mayRead } = await createScene(few);
    const removals = [gone('team-member#1#5')];
    await take({ removals }, { by: 'log' });
    await take({ removals, happenedAt: now - 301_000 });
    await take({ removals, happenedAt: now + 301_000 });
    expect(await loadClaims(table, synchronizationId)).toEqual([]);
    expect(await loadExpectations(table, synchronizationId)).toMatchObject([{ key: 'team-member#1#5' }]);
    expect(await mayRead(1)).toBe(true);
    await take({ removals, happenedAt: now - 299_000 }, { by: 'webhook', bodyHash: 'another' });
    expect(await mayRead(1)).toBe(false);
  });

  it('get their number after they are stored, so that no read in between has a higher one', async () => {
    const { table, take } = await createScene(few);
    const before = await drawNumber(table, synchronizationId);
    await take({ removals: [gone('team-member#1#5'), gone('team-member#2#5')] });
    const claims = await loadClaims(table, synchronizationId);
    expect(claims.map(({ number }) => number)).toEqual([before + 1, before + 1]);
    // If the writer died before it drew the number, the claim is later than every read.
    await table.transact([
      putClaim(synchronizationId, { key: 'team-member#1#5', expect: 'gone', at: now, bodies: [] }),
    ]);
    const [claim] = await loadClaims(table, synchronizationId);
    expect(claim?.number).toBe(Number.POSITIVE_INFINITY);
  });

  it('replace each other: the latest one is expected', async () => {
    const { table, take } = await createScene(few);
    const row = 'team-member#1#5';
    await take({ arrivals: [{ key: row, expect: 'there' }] }, { by: 'webhook', bodyHash: 'came' });
    expect(await loadExpectations(table, synchronizationId)).toMatchObject([{ key: row, number: 0 }]);
    await take({ removals: [gone(row)] }, { by: 'webhook', bodyHash: 'went' });
    expect(await loadExpectations(table, synchronizationId)).toEqual([]);
    // The same bytes once more, with nothing given back: only a reason to read.
    await take({ removals: [gone(row)] }, { by: 'webhook', bodyHash: 'went' });
    expect(await loadClaims(table, synchronizationId)).toMatchObject([{ number: 1, bodies: ['went'] }]);
  });

  it('of a deleted repository are not weakened by an older "privatized" that arrives later', async () => {
    const { table, take, mayRead } = await createScene(few);
    await take({ removals: [gone('repository#7')] }, { by: 'webhook', bodyHash: 'deleted' });
    expect(await mayRead(1)).toBe(false);
    const hidden = { key: 'repository#7', expect: 'not-public' } as const;
    await take({ removals: [hidden] }, { by: 'webhook', bodyHash: 'privatized' });
    expect(await mayRead(1)).toBe(false);
    const claims = await loadClaims(table, synchronizationId);
    expect(claims.map(({ expect: what, bodies }) => [what, bodies])).toEqual([
      ['gone', ['deleted']],
      ['not-public', ['privatized']],
    ]);
    await deleteClaims(table, synchronizationId, claims);
    expect(await loadClaims(table, synchronizationId)).toEqual([]);
  });

  it('get no number that was drawn before they were reported again', async () => {
    const { table } = await createScene(few);
    const one = { key: 'team-member#1#5', expect: 'gone', at: now, bodies: [] } as const;
    await table.transact([putClaim(synchronizationId, one)]);
    const before = await loadClaims(table, synchronizationId);
    await table.transact([putClaim(synchronizationId, { ...one, at: now + 1000 })]);
    await numberClaims(table, synchronizationId, before);
    expect(await loadClaims(table, synchronizationId)).toMatchObject([{ number: Number.POSITIVE_INFINITY }]);
  });

  it('are all stored, in several transactions if there are many', async () => {
    const { table, take } = await createScene(few);
    const removals = Array.from({ length: 250 }, (_, place) => gone(`repository#${place}`));
    await take({ removals });
    expect(await loadClaims(table, synchronizationId)).toHaveLength(250);
  });

  it.each([1, 2, 3])(
    'are all stored when the receiver dies after transaction %i and the delivery comes again',
    async (transactions) => {
      const { table, workQueue, take } = await createScene(few);
      const members = Array.from({ length: 39 }, (_, place) => gone(`team-member#${place}#5`));
      const removals = [...members, gone('team#5')];
      const many = { deliveryId: 'many', removals };
      let left = transactions;
      const dying = {
        ...table,
        async transact(operations: readonly Operation[]) {
          await table.transact(operations);
          if (--left === 0) {
            throw new Error('dead');
          }
        },
      };
      await expect(take(many, undefined, dying)).rejects.toThrow('dead');
      // The last transaction completes everything, and the delivery is known.
      expect(await take(many)).toBe(transactions === 3 ? 'known' : 'taken');
      expect(await loadClaims(table, synchronizationId)).toHaveLength(40);
      // Withdrawals first; the sweep finds work whose message was not sent.
      const queues = workQueue.sent.map(({ queue }) => queue);
      expect(queues[0]).toBe('publish-roots');
      expect(queues.indexOf('sync')).toBe(transactions === 3 ? -1 : queues.length - 1);
    },
  );

  it('are not written again when a large delivery is repeated', async () => {
    const { written, take } = await createScene(few);
    const removals = Array.from({ length: 40 }, (_, place) => gone(`team-member#${place}#5`));
    await take({ deliveryId: 'many', removals });
    const before = written.length;
    expect(await take({ deliveryId: 'many', removals })).toBe('known');
    expect(written).toHaveLength(before);
  });
});

describe('the deletion of a repository', () => {
  const deleted = { removals: [gone('repository#7')], deleted: [repository(7)] };
  const first = { by: 'webhook', bodyHash: 'deleted' } as const;
  const stated = async (table: Table) =>
    (await findDeletions(table, synchronizationId, [repository(7)]))[0]?.statedAt;

  it('is recorded from a new delivery', async () => {
    const { table, take } = await createScene(large.slice(0, 8));
    await take(deleted, first);
    expect(await stated(table)).toBe(now);
  });

  it('is not recorded from the log, from an old delivery, or from the same bytes after it was restored', async () => {
    const { table, take } = await createScene(large.slice(0, 8));
    await take(deleted, { by: 'log' });
    await take({ ...deleted, happenedAt: now - 301_000 }, { by: 'webhook', bodyHash: 'old' });
    expect(await stated(table)).toBeUndefined();
    await take(deleted, first);
    await table.transact([{ delete: keys.forgeDeletion(synchronizationId, repository(7)) }]);
    const restored = aFact.repository(7);
    const number = await drawNumber(table, synchronizationId);
    await table.transact([putFact(synchronizationId, restored, number, { changedAt: now, gives: true })]);
    await take(deleted, first);
    expect(await stated(table)).toBeUndefined();
  });
});
