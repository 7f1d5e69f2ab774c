/** What lists cost that somebody reads who does not own the organization, and what they show while rights change. */
import { beforeAll, describe, expect, it } from 'vitest';
import { userPrincipal } from '../../../shared/domain/ids.ts';
import { putClaim } from '../../../shared/store/claim-store.ts';
import { putFact, removeFact } from '../../../shared/store/fact-store.ts';
import { keptView, viewAttributes } from '../../../shared/store/kept-view-store.ts';
import { keys, tableKeys } from '../../../shared/store/keys.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import type { Operation, Table } from '../../../shared/store/table.ts';
import { requestWork } from '../../../shared/store/work.ts';
import { principalWork } from '../../../shared/store/work-items.ts';
import { affectedByClaims } from '../../../shared/sync/plan/affected-principals.ts';
import { aPackage, aRepository } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { publishRoots } from '../../../test/support/publish-roots.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const count = 5000;
const nameOf = (id: number) => `acme/package-${String(id).padStart(4, '0')}`;
const packages = '/organizations/acme/packages';
/** Below the organization: what the member's own session, membership and count of requests take. */
const own = '/organizations/acme';
const view = principalWork(organizationId, userPrincipal(userOf('member')));
const right = { changedAt: 0, gives: true };
const day = 24 * 3600_000;

const readableOf = (last: number): readonly number[] =>
  Array.from({ length: Math.floor(last / 10) }, (_, place) => (place + 1) * 10);

async function putInParts(world: ApiWorld, operations: Parameters<ApiWorld['table']['transact']>[0]) {
  for (let start = 0; start < operations.length; start += 100) {
    await world.table.transact(operations.slice(start, start + 100));
  }
}

/** The member is in two teams, which read every tenth package up to the number. */
async function worldWithMember(packageCount: number, readable: number): Promise<ApiWorld> {
  const world = await createApiWorld();
  const ids = Array.from({ length: packageCount }, (_, place) => place + 1);
  await putInParts(
    world,
    ids.flatMap((id) => [aRepository(id), ...aPackage(id, nameOf(id))]),
  );
  const rows = [
    ...[8, 9].flatMap((team) => [aFact.team(team), aFact.teamMember(team, 2)]),
    ...readableOf(readable).map((id) => aFact.teamRepository(8 + (id % 20 === 0 ? 1 : 0), id)),
  ];
  await putInParts(
    world,
    rows.map((fact) => putFact(synchronizationId, fact, 2, right)),
  );
  return world;
}

/** A page has been looked at, and what the member may read is kept since. */
async function looked(world: ApiWorld): Promise<ApiWorld> {
  await namesOf(world);
  await publishRoots(world.dependencies);
  return world;
}

async function namesOf(world: ApiWorld): Promise<readonly string[]> {
  const names: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await world.ask('member', { path: `${packages}?limit=100${cursor}` });
    names.push(...body.items.map(({ name }: { name: string }) => name));
    if (body.next === undefined) {
      return names;
    }
    cursor = `&cursor=${body.next}`;
  }
}

describe('a page of 5,000 packages, for a member without a token', () => {
  let world: ApiWorld;
  let reads: () => number;
  let base: number;
  const cost = async (path: string) => {
    const before = reads();
    expect((await world.ask('member', { path })).status).toBe(200);
    return reads() - before;
  };
  beforeAll(async () => {
    world = await worldWithMember(count, 1200);
    reads = countReads(world.table);
    // Asking for what one may do has one read: whether any team has a right.
    base = (await cost(own)) - 1;
  });

  it('is decided from facts at first, at a cost that packages do not change', async () => {
    // 2 MB of repositories among them.
    expect((await cost(packages)) - base).toBeLessThanOrEqual(23);
  });

  it('costs three reads from then on, and pages lead to all', async () => {
    await publishRoots(world.dependencies);
    for (const query of ['limit=100', 'name=00&state=available', 'sort=changed', 'sort=downloads']) {
      expect((await cost(`${packages}?${query}`)) - base, query).toBeLessThanOrEqual(3);
    }
    expect(await namesOf(world)).toEqual(readableOf(1200).map(nameOf));
  });
});

describe('what a member may read', () => {
  it.each([
    ['the person', view.key],
    ['everybody', keys.grants(organizationId)],
  ])('is decided from facts while the rights of %s are decided again', async (_, key) => {
    const world = await looked(await worldWithMember(20, 20));
    expect(await namesOf(world)).toEqual([10, 20].map(nameOf));
    await world.table.transact([removeFact(synchronizationId, aFact.teamRepository(8, 10), 3, 0)]);
    expect(await namesOf(world)).toEqual([10, 20].map(nameOf));
    await world.table.update({ key, add: { wanted: 1 } });
    expect(await namesOf(world)).toEqual([20].map(nameOf));
  });

  it('is less from the delivery on that takes a team from him', async () => {
    const world = await looked(await worldWithMember(20, 20));
    const synchronization = await findSynchronization(world.table, synchronizationId);
    const claim = { key: 'team-member#2#9', expect: 'gone', at: world.now(), bodies: [] } as const;
    const affected =
      synchronization && (await affectedByClaims(world.table, synchronization, [claim], world.now()));
    await world.table.transact([putClaim(synchronizationId, claim), ...(affected?.operations ?? [])]);
    expect(await namesOf(world)).toEqual([10].map(nameOf));
    await publishRoots(world.dependencies);
    expect(await namesOf(world)).toEqual([10].map(nameOf));
  });

  it('has no right longer than it lasts, though nobody has decided it again', async () => {
    const world = await worldWithMember(20, 20);
    const row = { ...aFact.teamRepository(8, 10), expiresAt: world.now() + 60_000 };
    await world.table.transact([putFact(synchronizationId, row, 3, right)]);
    await looked(world);
    expect(await namesOf(world)).toEqual([10, 20].map(nameOf));
    world.advance(60_000);
    expect(await namesOf(world)).toEqual([20].map(nameOf));
  });

  it('is kept for 30 days after he looked last, which is noted once a day', async () => {
    const world = await looked(await worldWithMember(20, 20));
    const kept = async () => (await world.table.get(view.key)) ?? {};
    const first = await kept();
    expect([first.viewedAt, first[tableKeys.expiry]]).toEqual([
      world.now(),
      Math.ceil((world.now() + 30 * day) / 1000),
    ]);
    world.advance(day - 1);
    await world.signIn('member');
    await namesOf(world);
    expect(await kept()).toEqual(first);
    world.advance(1);
    await namesOf(world);
    expect((await kept()).viewedAt).toBe(world.now());
    expect((await kept())[tableKeys.expiry]).toBe(Math.ceil((world.now() + 30 * day) / 1000));
    world.advance(30 * day);
    await world.table.transact([requestWork(view, world.now())]);
    await publishRoots(world.dependencies);
    expect((await kept()).readable).toBeUndefined();
  });

  it('does not expire while he has a token, whatever the item had before', async () => {
    const { table, now } = await createApiWorld();
    const decided = { rights: undefined, hasTokens: true, now: now() };
    const attributes = await viewAttributes(table, organizationId, { viewedAt: now() }, decided);
    expect(Object.entries(attributes)).toContainEqual([tableKeys.expiry, undefined]);
  });

  it.each<[string, Operation, boolean]>([
    ['work is requested of the item', requestWork(view, 0), true],
    ['the item is deleted', { delete: view.key }, false],
  ])('is not noted as looked at when %s at this moment', async (_, meanwhile, isThere) => {
    const world = await looked(await worldWithMember(20, 20));
    world.advance(day);
    const { table } = world.dependencies;
    const racing: Table = {
      ...table,
      getMany: async (wanted) => {
        const items = await table.getMany(wanted);
        await table.transact([meanwhile]);
        return items;
      },
    };
    await keptView({ ...world.dependencies, table: racing }, organizationId, userPrincipal(userOf('member')));
    const item = await table.get(view.key);
    expect([item !== undefined, item?.[tableKeys.expiry]]).toEqual([isThere, undefined]);
  });
});
