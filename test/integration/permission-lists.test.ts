/** A forge whose permissions are a list of their own: it is treated as any other list. */
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { decideAccess } from '../../shared/domain/access.ts';
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import type { Organization } from '../../shared/domain/organization.ts';
import { type AnyScope, namesIn } from '../../shared/domain/scopes.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { decideRemovals } from '../../shared/organizations/decide-removals.ts';
import { describeOrganization } from '../../shared/organizations/describe-organization.ts';
import { undoRun } from '../../shared/organizations/undo-run.ts';
import { loadAccessFacts } from '../../shared/store/access-fact-store.ts';
import { loadClaims, numberClaims, putClaim } from '../../shared/store/claim-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { listHeld, scopeState } from '../../shared/store/scope-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { scopeWork } from '../../shared/store/work-items.ts';
import { reviewRights, rightsAsOf } from '../../shared/sync/run/suspension.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { byOwner } from '../support/by-owner.ts';
import { addListingForge, listingLink, listingTraits } from '../support/listing-forge.ts';
import { account, aFact, repository } from '../support/memory-forge.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-world.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

beforeAll(addListingForge);

const people = [1, 2, 3, 4, 5, 6, 7, 8];
const workItems: readonly Fact[] = [
  aFact.settings(),
  ...people.map((id) => aFact.member(id)),
  aFact.repository(5),
  aFact.repository(6),
];
const rows = people.map((id) => aFact.collaborator(5, id));

/** The facts were read once, a long time ago. */
async function createWorld(facts: readonly Fact[] = [...workItems, ...rows]): Promise<SyncWorld> {
  const world = await createSyncWorld(createMemoryTable(), facts, listingLink);
  await world.syncAll();
  later(world);
  return world;
}

const later = ({ clock }: SyncWorld): void => {
  clock.time += 2 * listingTraits.lagMs;
};
const keysOf = (facts: readonly Fact[]): string[] => facts.map(factKey).sort();
const outage =
  (...scopes: readonly string[]) =>
  (asked: string) => {
    if (scopes.includes(asked)) {
      throw new ForgeError('unavailable', 'an outage');
    }
  };

async function known({ table }: SyncWorld) {
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('there is no synchronization');
  }
  return synchronization;
}

async function acme({ table }: SyncWorld): Promise<Organization> {
  const found = await findOrganizationBySlug(table, 'acme');
  if (found === undefined) {
    throw new Error('there is no organization');
  }
  return found;
}

describe('a list of permissions', () => {
  it('is read, planned after what its rows refer to, and stored', async () => {
    const world = await createWorld();
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
    expect(await world.facts('repositories')).toEqual(['repository#5', 'repository#6']);
    expect(await world.facts('repository:5')).toEqual(keysOf([aFact.repository(5), ...rows]));
    const [run] = await world.runs();
    expect(run?.scopes.map(({ scope }) => scope)).toEqual(namesIn(listingTraits.scopes));
  });

  it('keeps its rows when the list of repositories is read', async () => {
    const world = await createWorld();
    world.forge.facts = [...workItems.slice(0, -1), ...rows];
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#5']);
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
  });

  it('does not undo what a later read of the repository itself found', async () => {
    const world = await createWorld();
    const [gone, ...left] = rows;
    let isAsked = false;
    world.forge.before = async (asked) => {
      if (asked === 'permissions' && !isAsked) {
        isAsked = true;
        world.forge.facts = [...workItems, ...left];
        await world.sync('repository:5');
      }
    };
    await world.sync('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(left));
    expect(gone && (await world.facts('permissions')).includes(factKey(gone))).toBe(false);
  });

  it('has its removals held like those of any list, until an owner allows them', async () => {
    const world = await createWorld();
    world.forge.facts = [...workItems, ...rows.slice(0, 2)];
    await world.sync('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
    await world.sync('repositories');
    const held = await listHeld(world.table, synchronizationId);
    expect(held).toMatchObject([{ scope: 'permissions', count: 6 }]);
    const { digest } = held[0] ?? { digest: '' };
    const decision = { scope: 'permissions', shown: digest, decision: 'yes' } as const;
    await decideRemovals({ ...world, randomBytes }, await known(world), decision, byOwner);
    await world.run('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(rows.slice(0, 2)));
  });

  it('loses the rows of a repository that is gone, however many they are', async () => {
    const world = await createWorld();
    world.forge.facts = workItems.filter((fact) => factKey(fact) !== 'repository#5');
    await world.syncAll();
    expect(await world.facts('permissions')).toEqual([]);
    expect(await listHeld(world.table, synchronizationId)).toEqual([]);
  });

  it('is rechecked later while its repositories are about to be read', async () => {
    const world = await createWorld();
    world.forge.facts = workItems.filter((fact) => factKey(fact) !== 'repository#5');
    await world.ask('permissions');
    await world.ask('repositories');
    world.forge.before = outage('repositories');
    await world.run('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
    expect(await listHeld(world.table, synchronizationId)).toEqual([]);
  });

  it('ends the held removals of one repository, which the list of repositories does not', async () => {
    const world = await createWorld();
    world.forge.facts = [...workItems, ...rows.slice(0, 2)];
    await world.sync('repository:5');
    const scopes = async () => (await listHeld(world.table, synchronizationId)).map(({ scope }) => scope);
    expect(await scopes()).toEqual(['repository:5']);
    await world.sync('repositories');
    expect(await scopes()).toEqual(['repository:5']);
    world.forge.facts = [...workItems, ...rows];
    await world.sync('permissions');
    expect(await scopes()).toEqual([]);
  });

  it('is restored by an undo', async () => {
    const world = await createWorld();
    world.forge.facts = [...workItems, ...rows.slice(1)];
    await world.sync('permissions');
    const [run] = (await world.runs()).slice(-1);
    world.forge.facts = [...workItems, ...rows];
    const undone = await undoRun(
      { ...world, randomBytes },
      await known(world),
      run?.observedAt ?? 0,
      byOwner,
    );
    expect(undone.scopes).toMatchObject([{ scope: 'permissions', outcome: 'pending' }]);
    await world.run('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
  });

  it('restores what a claim withdrew by a read that began after the lag of this forge', async () => {
    const world = await createWorld();
    const key = 'collaborator#1#5';
    const at = world.clock.time;
    const claim = { key, expect: 'gone', at, bodies: [] } as const;
    await world.table.transact([putClaim(synchronizationId, claim)]);
    await numberClaims(world.table, synchronizationId, [{ ...claim, number: Number.POSITIVE_INFINITY }]);
    const left = async () => (await world.table.query(`SYNC#${synchronizationId}`, 'CLAIM#')).length;
    world.clock.time = at + listingTraits.lagMs - 1;
    await world.sync('permissions');
    expect(await left()).toBe(1);
    world.clock.time = at + listingTraits.lagMs;
    await world.sync('repositories');
    expect(await left()).toBe(1);
    await world.sync('permissions');
    expect(await left()).toBe(0);
  });
});

describe('whoever is missing from the list of members', () => {
  const person = account(1);
  const reads = async ({ table, clock }: SyncWorld): Promise<readonly string[]> => {
    const claims = await loadClaims(table, synchronizationId);
    const subject = { kind: 'account', account: person } as const;
    const facts = await loadAccessFacts(table, synchronizationId, subject, claims);
    return [...decideAccess(subject, facts, clock.time).keys()];
  };
  const withoutMember = [...workItems, ...rows].filter((fact) => factKey(fact) !== `member#${person}`);

  it('reads nothing at once, although the list of permissions is read later', async () => {
    const world = await createWorld();
    expect(await reads(world)).toEqual([repository(5)]);
    world.forge.facts = withoutMember;
    const asked: string[] = [];
    world.forge.before = (what) => void asked.push(what);
    await world.sync('members');
    expect(await reads(world)).toEqual([]);
    expect(asked).not.toContain('permissions');
    expect(await world.facts('permissions')).toEqual(keysOf(rows));
  });

  it('reads again once a later list has the membership: the first one was wrong', async () => {
    const world = await createWorld();
    world.forge.facts = withoutMember;
    await world.sync('members');
    world.forge.facts = [...workItems, ...rows];
    world.clock.time += listingTraits.lagMs - 1;
    await world.sync('members');
    expect(await reads(world)).toEqual([]);
    world.clock.time += 1;
    await world.sync('members');
    expect(await reads(world)).toEqual([repository(5)]);
  });

  it('reads as a collaborator once the list of permissions says so', async () => {
    const world = await createWorld();
    world.forge.facts = withoutMember;
    await world.sync('members');
    later(world);
    await world.sync('members');
    expect(await reads(world)).toEqual([]);
    await world.sync('permissions');
    expect(await reads(world)).toEqual([repository(5)]);
  });
});

describe('many repositories that are requested by themselves', () => {
  const parts = Array.from({ length: 11 }, (_, place): AnyScope => `repository:${place + 20}`);
  const pending = async (world: SyncWorld, scopes: readonly AnyScope[]) => {
    const states = await Promise.all(
      scopes.map((scope) => scopeState(world.table, synchronizationId, scope)),
    );
    return states.filter((state) => state?.wanted !== state?.done).length;
  };
  const ask = async (world: SyncWorld) => {
    for (const part of parts) {
      await world.ask(part);
    }
  };

  it('are read by both their lists', async () => {
    const world = await createWorld();
    await ask(world);
    const asked: string[] = [];
    world.forge.before = (what) => void asked.push(what);
    await world.run(parts[0] ?? 'settings');
    expect(asked).toEqual(['probe', 'repositories', 'permissions', 'probe']);
    expect(await pending(world, parts)).toBe(0);
  });

  it.each([['repositories'], ['permissions']])('wait when %s could not be read', async (failing) => {
    const world = await createWorld();
    await ask(world);
    world.forge.before = outage(failing);
    await world.run(parts[0] ?? 'settings');
    expect(await pending(world, parts)).toBe(parts.length);
    world.forge.before = () => {};
    world.clock.time += 60_000;
    await world.run(parts[0] ?? 'settings');
    expect(await pending(world, [...parts, 'repositories', 'permissions'])).toBe(0);
  });
});

describe('where permissions are a list', () => {
  it('rights are as old as that list, and a scope that the forge lacks is not missed', async () => {
    const world = await createWorld();
    const before = rightsAsOf(listingTraits.scopes, await known(world));
    expect(before).toBeDefined();
    for (const scope of ['settings', 'members', 'repositories'] as const) {
      await world.sync(scope);
    }
    expect(rightsAsOf(listingTraits.scopes, await known(world))).toBe(before);
    await world.sync('permissions');
    expect(rightsAsOf(listingTraits.scopes, await known(world))).toBe(world.clock.time);
  });

  it('access is suspended when that list was not read for a week, but not for a scope that the forge does not have any more', async () => {
    const world = await createWorld();
    const { table, workQueue, clock } = world;
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const resting = async () => {
      await reviewRights({ table, workQueue, clock, logger }, synchronizationId);
      return (await known(world)).rightsSuspendedAt !== undefined;
    };
    await table.update({ key: keys.synchronization(synchronizationId), set: { teamsSucceededAt: 1 } });
    expect(await resting()).toBe(false);
    clock.time += 7 * 24 * 3600_000;
    for (const scope of ['settings', 'members', 'repositories'] as const) {
      await world.sync(scope);
    }
    expect(await resting()).toBe(true);
    await world.sync('permissions');
    expect(await resting()).toBe(false);
  });

  it('the status names the scopes that the forge has', async () => {
    const world = await createWorld();
    const described = await describeOrganization(world.table, await acme(world), world.clock.time);
    const [synchronization] = described.synchronizations;
    expect(Object.keys(synchronization?.scopes ?? {})).toEqual(namesIn(listingTraits.scopes));
  });

  it('the schedule requests that list at its own interval, and the others each time', async () => {
    const world = await createWorld();
    const wanted = async () => {
      const { table, workQueue, clock } = world;
      await reconcile({
        table,
        workQueue,
        clock,
        logger: { info: () => {}, warn: () => {}, error: () => {} },
      });
      const asked = await Promise.all(
        namesIn(listingTraits.scopes).map(async (scope) => {
          const isWanted = (await world.wanted(scopeWork(organizationId, synchronizationId, scope).key)) > 0;
          return isWanted ? [scope] : [];
        }),
      );
      await world.run('settings');
      return asked.flat();
    };
    expect(await wanted()).toEqual(['settings', 'members', 'repositories']);
    world.clock.time += 3600_000;
    expect(await wanted()).toEqual(['settings', 'members', 'repositories', 'permissions']);
    world.clock.time += 600_000;
    expect(await wanted()).toEqual(['settings', 'members', 'repositories']);
  });

  it('a scope that the forge lacks is not read, whoever requests it', async () => {
    const world = await createWorld();
    await world.ask('teams');
    const asked: string[] = [];
    world.forge.before = (what) => void asked.push(what);
    expect(await world.run('teams')).toBe('done');
    expect(asked).toEqual([]);
  });
});
