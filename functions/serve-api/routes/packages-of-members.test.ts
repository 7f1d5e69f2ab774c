/** What lists cost that somebody reads who does not own the organization, and what they show while rights change. */
import { describe, expect, it } from 'vitest';
import { bitmapChunks, edgeKeys } from '../../../shared/domain/edge-keys.ts';
import { userPrincipal } from '../../../shared/domain/ids.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { aPackage, aRepository } from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const count = 5000;
const nameOf = (id: number) => `acme/package-${String(id).padStart(4, '0')}`;
const packages = '/organizations/acme/packages';
/** Below the organization: what the member's own session, membership and count of requests take. */
const own = '/organizations/acme';

/** The member is in two teams, which read every tenth package up to the number. */
async function worldWithMember(readable: number): Promise<ApiWorld> {
  const world = await createApiWorld();
  for (let id = 1; id <= count; id += 20) {
    const ids = Array.from({ length: 20 }, (_, place) => id + place);
    await world.table.transact(ids.flatMap((one) => [aRepository(one), ...aPackage(one, nameOf(one))]));
  }
  const right = { changedAt: 0, gives: true };
  const rows = [
    ...[8, 9].flatMap((team) => [aFact.team(team), aFact.teamMember(team, 2)]),
    ...readableOf(readable).map((id) => aFact.teamRepository(8 + (id % 20 === 0 ? 1 : 0), id)),
  ];
  for (let start = 0; start < rows.length; start += 100) {
    const part = rows.slice(start, start + 100);
    await world.table.transact(part.map((fact) => putFact(synchronizationId, fact, 2, right)));
  }
  return world;
}

const readableOf = (last: number): readonly number[] =>
  Array.from({ length: Math.floor(last / 10) }, (_, place) => (place + 1) * 10);

/** As the publisher leaves the view of somebody with a token. */
async function publish({ table }: ApiWorld, numbers: readonly number[]): Promise<void> {
  const principal = userPrincipal(userOf('member'));
  const subject = { kind: 'view', organization: organizationId, principal };
  const done = { wanted: 3, done: 3 };
  await table.transact([
    { put: keys.principal(organizationId, principal), item: done },
    { put: keys.grants(organizationId), item: done },
    ...[...bitmapChunks(numbers)].map(([chunk, value]) => ({
      put: keys.edge(edgeKeys.view('acme', principal, chunk)),
      item: { value, published: value, ...done, subject },
    })),
  ]);
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

describe('a member’s page of 5,000 packages', () => {
  it('costs three reads by the published view, and pages lead to all', { timeout: 60_000 }, async () => {
    const world = await worldWithMember(1200);
    await publish(world, readableOf(1200));
    const reads = countReads(world.table);
    const cost = async (path: string) => {
      const before = reads();
      expect((await world.ask('member', { path })).status).toBe(200);
      return reads() - before;
    };
    // Asking for what one may do has one read: whether any team has a right.
    const base = (await cost(own)) - 1;
    for (const query of ['limit=100', 'name=00&state=available', 'sort=changed']) {
      expect((await cost(`${packages}?${query}`)) - base, query).toBeLessThanOrEqual(3);
    }
    expect(await namesOf(world)).toEqual(readableOf(1200).map(nameOf));
  });

  it('without a token is decided from facts, at a cost that packages do not change', async () => {
    const world = await worldWithMember(100);
    const reads = countReads(world.table);
    const base = reads();
    expect((await world.ask('member', { path: packages })).body.items).toHaveLength(10);
    // 2 MB of repositories are read twice: for everybody's rights, and for the account's.
    expect(reads() - base).toBeLessThanOrEqual(30);
  });
});

describe('a published view', () => {
  it.each([
    ['the person', keys.principal(organizationId, userPrincipal(userOf('member')))],
    ['everybody', keys.grants(organizationId)],
  ])('counts for nothing while the rights of %s are decided again', async (_, key) => {
    const world = await createApiWorld();
    await world.table.transact([5, 6].flatMap((id) => [aRepository(id), ...aPackage(id, nameOf(id))]));
    await publish(world, [5, 6]);
    expect(await namesOf(world)).toEqual([nameOf(5), nameOf(6)]);
    await world.table.update({ key, set: { wanted: 4 } });
    expect(await namesOf(world)).toEqual([]);
  });
});
