import { describe, expect, it } from 'vitest';
import { invitedBy } from '../../../test/support/invitations.ts';
import { account, aFact, repository } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld, start } from '../../../test/support/sync-world.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import type { Fact } from '../../domain/facts.ts';
import { asId, type UserId } from '../../domain/ids.ts';
import { auditLog } from '../../store/audit-log.ts';
import { findRepository } from '../../store/fact-store.ts';
import { findInvitation } from '../../store/invitation-store.ts';
import { keys } from '../../store/keys.ts';
import { areKnown } from '../../store/known-account-store.ts';
import { changesOf } from '../../store/run-store.ts';
import { scopeState } from '../../store/scope-store.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { grantsWork, scanWork } from '../../store/work-items.ts';

const createWorld = async (facts: readonly Fact[] = []): Promise<SyncWorld> =>
  createSyncWorld(createMemoryTable(), facts);

const grants = keys.grants(organizationId);
const scan = (id: number) => keys.scan(synchronizationId, repository(id));

describe('runScopes', () => {
  it('finds nobody new by the first read of a list, where new members wait', async () => {
    const world = await createWorld([aFact.member(1), aFact.repository(10), aFact.collaborator(10, 2)]);
    const { table } = world;
    await table.update({ key: keys.organization(organizationId), set: { newMembers: 'waiting' } });
    const known = () =>
      areKnown(
        table,
        organizationId,
        [1, 2, 3].map((id) => ({ ...gitHubHost, account: account(id) })),
      );
    await world.sync('members');
    expect(await known()).toEqual([true, false, false]);
    const requested = await world.wanted(grants);
    await world.sync('repositories');
    expect(await known()).toEqual([true, true, false]);
    // With the facts, and once more since they do not wait.
    expect(await world.wanted(grants)).toBe(Number(requested) + 2);

    world.later();
    world.forge.facts = [aFact.member(1), aFact.member(3)];
    await world.sync('members');
    expect(await known()).toEqual([true, true, false]);
  });

  it('ends the invitations with the first read of members', async () => {
    const world = await createWorld([aFact.member(1)]);
    const { table } = world;
    const user = asId<UserId>('user1');
    const offer = { role: 'owner', at: world.clock.now() } as const;
    await table.transact(invitedBy(organizationId, user, offer));
    await world.sync('repositories');
    expect(await findInvitation(table, organizationId, user)).toBeDefined();
    await world.sync('members');
    expect(await findInvitation(table, organizationId, user)).toBeUndefined();
    expect(await auditLog(table, organizationId, 1)).toMatchObject([
      { act: 'end-invitations', actor: { kind: 'synchronization' }, before: { invitations: 1 } },
    ]);
  });

  it('brings the table in step with the forge, scope by scope', async () => {
    const world = await createWorld([
      aFact.settings(),
      aFact.member(1),
      aFact.team(5),
      aFact.teamMember(5, 1),
      aFact.teamRepository(5, 10),
      aFact.repository(10),
      aFact.collaborator(10, 2),
    ]);
    for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
      expect(await world.sync(scope)).toBe('done');
    }
    expect(await world.facts('settings')).toEqual(['settings']);
    expect(await world.facts('members')).toEqual(['member#1']);
    expect(await world.facts('teams')).toEqual(['team#5', 'team-member#1#5', 'team-repository#5#10']);
    expect(await world.facts('repositories')).toEqual(['collaborator#2#10', 'repository#10']);
  });

  it("requests grants and scans in the facts' transaction, and sends their messages afterwards", async () => {
    const world = await createWorld([aFact.repository(10), aFact.repository(11)]);
    await world.sync('repositories');
    expect(await world.wanted(grants)).toBe(1);
    expect(await world.wanted(scan(10))).toBe(1);
    expect(await world.wanted(scan(11))).toBe(1);
    expect(world.workQueue.take()).toEqual(
      [
        grantsWork(organizationId),
        scanWork(organizationId, synchronizationId, repository(10)),
        scanWork(organizationId, synchronizationId, repository(11)),
      ].map((workItem) => ({ ...workItem.message, delaySeconds: 0 })),
    );

    world.later();
    world.forge.facts = [aFact.repository(10, { pushedAt: '2026-11-22T11:00:00Z' })];
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#10']);
    expect(await world.wanted(grants)).toBe(2);
    expect(await world.wanted(scan(10))).toBe(2);
    expect(await world.wanted(scan(11))).toBe(2);
  });

  it('requests no grants for attributes that are only displayed', async () => {
    const world = await createWorld([aFact.settings()]);
    await world.sync('settings');
    expect(await world.wanted(grants)).toBe(0);
    world.later();
    world.forge.facts = [aFact.settings(true)];
    await world.sync('settings');
    expect(await world.wanted(grants)).toBe(1);
  });

  it('writes nothing when nothing changed, and is idle when nothing is requested', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    const before = await world.table.get(keys.fact(synchronizationId, 'member#1'));
    world.workQueue.take();
    await world.sync('members');
    await world.run('members');
    expect(await world.table.get(keys.fact(synchronizationId, 'member#1'))).toEqual(before);
    expect(world.workQueue.take()).toEqual([]);
    expect(await world.runs()).toHaveLength(2);
  });

  it('counts repositories of the first complete read as imported and later ones as new, also those that return', async () => {
    const world = await createWorld([aFact.repository(10), aFact.repository(11)]);
    await world.sync('repositories');
    const imported = (await findSynchronization(world.table, synchronizationId))?.importObservedAt;
    expect(imported).toBe(1);
    world.later();
    world.forge.facts = [aFact.repository(10), aFact.repository(12)];
    await world.sync('repositories');
    world.later();
    world.forge.facts = [aFact.repository(10), aFact.repository(11), aFact.repository(12)];
    await world.sync('repositories');
    const first = async (id: number) =>
      (await findRepository(world.table, synchronizationId, repository(id)))?.firstObservedAt;
    expect([await first(10), await first(11), await first(12)]).toEqual([1, 1, 2]);
    expect((await findSynchronization(world.table, synchronizationId))?.importObservedAt).toBe(1);
  });

  it('does not count an empty list as the first one when some repositories were chosen from it', async () => {
    const world = await createWorld();
    await world.sync('repositories');
    const imported = async () =>
      (await findSynchronization(world.table, synchronizationId))?.importObservedAt;
    expect(await imported()).toBeUndefined();
    world.forge.facts = [aFact.repository(10)];
    await world.sync('repositories');
    expect(await imported()).toBe(2);
  });

  it('leaves a tombstone for a day', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    world.later();
    world.forge.facts = [];
    await world.sync('members');
    expect(await world.facts('members')).toEqual([]);
    expect(await world.table.get(keys.fact(synchronizationId, 'member#1'))).toMatchObject({
      removed: true,
      observedAt: 2,
      expiresAt: world.clock.time / 1000 + 24 * 3600,
    });
  });

  it.each([
    ['names the delivery that asked for it', { cause: 'webhook membership', delivery: 'd-1' }, 'd-1'],
    ['names no delivery that asked for an earlier one', { cause: 'schedule' }, undefined],
  ])('records the run, which %s', async (_, request, delivery) => {
    const world = await createWorld([aFact.member(1)]);
    const { table } = world;
    const user = asId<UserId>('user1');
    await table.transact(invitedBy(organizationId, user, { role: 'member', at: world.clock.now() }));
    await world.ask('members', { cause: 'webhook organization', delivery: 'd-0' });
    await world.ask('members', request);
    await world.run('members');
    const [run] = await world.runs();
    expect(run?.scopes.map((one) => one.delivery)).toEqual([delivery]);
    const [entry] = await auditLog(table, organizationId, 1);
    expect([entry?.act, entry?.from?.delivery]).toEqual(['end-invitations', delivery]);
  });

  it('records the run with its changes', async () => {
    const world = await createWorld(Array.from({ length: 60 }, (_, place) => aFact.member(place + 1)));
    await world.sync('members');
    const [run] = await world.runs();
    expect(run).toMatchObject({
      observedAt: 1,
      scopes: [{ scope: 'members', cause: 'test', outcome: 'whole' }],
      counts: { add: 60, update: 0, remove: 0 },
    });
    const changes = await changesOf(world.table, synchronizationId, 1);
    expect(changes).toHaveLength(60);
    expect(changes).toContainEqual({ kind: 'add', after: aFact.member(1), evidence: ['read'] });
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({
      lastSuccessAt: start,
      readAt: 1,
    });
    expect((await findSynchronization(world.table, synchronizationId))?.lastSuccessAt).toEqual({
      members: start,
    });
  });

  it('runs again when work was requested meanwhile', async () => {
    const world = await createWorld([aFact.member(1)]);
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {};
        await world.ask('members');
      }
    };
    await world.sync('members');
    const [sent] = world.workQueue.take().filter((one) => one.queue === 'sync');
    expect(sent?.message).toEqual({ synchronization: synchronizationId, scope: 'members' });
    world.forge.facts = [];
    world.later();
    await world.run('members');
    expect(await world.facts('members')).toEqual([]);
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
  });
});
