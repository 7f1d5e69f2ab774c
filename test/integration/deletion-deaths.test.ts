import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allowRefusedCommit } from '../../shared/organizations/allow-commit.ts';
import { deleteOrganization } from '../../shared/organizations/delete-organization.ts';
import { deletePackage } from '../../shared/organizations/delete-package.ts';
import { deleteSynchronization } from '../../shared/organizations/delete-synchronization.ts';
import { deleteVersions, type RefuseDependencies } from '../../shared/organizations/refuse-commits.ts';
import { auditLog } from '../../shared/store/audit-log.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Item } from '../../shared/store/table.ts';
import { issueToken } from '../../shared/tokens/issue-token.ts';
import { members } from '../support/deletions.ts';
import { type Fault, faulty, writes } from '../support/injected-fault.ts';
import { commitOf } from '../support/memory-contents.ts';
import { createMemoryKeyValues, createMemoryObjects, type StoredObject } from '../support/memory-store.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { clientGets, listedNames, unfinishedWork } from '../support/registry-view.ts';
import { createRegistryWorld, type RegistryWorld } from '../support/registry-world.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';
import { gitHubScopes } from '../support/traits.ts';

/** What an owner deleted is gone, and nothing else, wherever his call or a worker dies or a service fails it. */

const ann = { by: 'ann', why: 'a key in it' };

interface Rest {
  readonly items: ReadonlyMap<string, Item>;
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly values: ReadonlyMap<string, string>;
  readonly tokens: readonly string[];
  readonly time: number;
}

type Act = (dependencies: RefuseDependencies) => Promise<unknown>;

async function organizationOf({ table }: Pick<RefuseDependencies, 'table'>) {
  const organization = await findOrganization(table, organizationId);
  if (!organization) {
    throw new Error('there is no organization');
  }
  return organization;
}

const acts: Readonly<Record<string, Act>> = {
  'a version deleted': async (given) =>
    deleteVersions(
      given,
      await organizationOf(given),
      { packageName: 'acme/one', versions: ['1.0.0'] },
      { confirm: 'acme/one', ...ann },
    ),
  'its commit allowed again': async (given) =>
    allowRefusedCommit(given, await organizationOf(given), commitOf('a'), ann),
  'the package deleted': async (given) =>
    deletePackage(
      given,
      await organizationOf(given),
      { packageName: 'acme/one', keepArchives: false },
      { confirm: 'acme/one', ...ann },
    ),
  async 'the synchronization deleted'(given) {
    const synchronization = await findSynchronization(given.table, synchronizationId);
    if (!synchronization) {
      throw new Error('there is no synchronization');
    }
    return deleteSynchronization(given, await organizationOf(given), synchronization, {
      confirm: 'acme',
      ...ann,
    });
  },
  'the organization deleted': async (given) =>
    deleteOrganization(given, await organizationOf(given), { confirm: 'acme', ...ann }),
};

async function live(
  from: Rest | undefined,
  step: (
    world: RegistryWorld,
    through: ReturnType<typeof faulty>,
    storage: Omit<Parameters<ReturnType<typeof faulty>>[0], 'workQueue'>,
  ) => Promise<readonly string[] | undefined>,
  fault?: Fault,
) {
  let time = from?.time ?? Date.parse('2026-11-22T12:00:00Z');
  const clock = {
    now: () => time,
    async advance(ms: number) {
      time += ms;
    },
  };
  const table = createMemoryTable(from?.items);
  const { writer, dists, storedObjects, list } = createMemoryObjects(clock, from?.objects);
  const keyValues = createMemoryKeyValues(from?.values);
  const storage = { table, objects: writer, dists, storedObjects, keyValues };
  const world = await createRegistryWorld({ ...storage, clock }, members);
  world.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a', '1.1.0': 'b' },
    branches: { main: 'b' },
  });
  const calls: string[] = [];
  const through = faulty(calls, fault);
  const tokens = (await step(world, through, storage)) ?? from?.tokens ?? [];
  await world.settleWithReconciles(through);
  const published = { values: await keyValues.list(), objects: await list() };
  const rest: Rest = { ...published, items: table.dump(), tokens, time };
  return { rest, calls, said: await inWords(rest), unfinished: unfinishedWork(rest.items.values()) };
}

/** One owner's act and all that follows from it. An owner whose call did nothing asks again. */
const livesWith = (from: Rest, act: Act, fault?: Fault) =>
  live(
    from,
    async (world, through, storage) => {
      const { table, workQueue } = through({ ...storage, workQueue: world.workQueue });
      const { clock } = world;
      const before = (await auditLog(world.table, organizationId, 100)).length;
      try {
        await act({ table, workQueue, clock, randomBytes });
      } catch {
        if ((await auditLog(world.table, organizationId, 100)).length === before) {
          await act({ ...world, clock, randomBytes });
        }
      }
      return undefined;
    },
    fault,
  );

/** Everything that lasts, without numbers, ids and times. */
async function inWords({ items, objects, values, tokens, time }: Rest) {
  const plain = (text: string): string =>
    text
      .replace(/(PACKAGE#(?:org1#)?)\d+/g, '$1n')
      .replace(/^acme\/\d+\//, 'acme/n/')
      .replace(/AUDIT#.*/, 'AUDIT')
      .replace(/(SCANLOG#[^#]*)#.*/, '$1')
      .replace(/((?:package|renumbering)#)\d+/, '$1n');
  // A reconcile that a death made necessary has a record, as long as its synchronization is there.
  const isSynchronized = items.has(`SYNC#${synchronizationId}\nSYNC`);
  const lasts = (key: string): boolean => !(isSynchronized && /\n(?:RUN|CHANGES)#/.test(key));
  const published = { values, objects };
  const gets: string[] = [];
  for (const token of tokens) {
    gets.push(`lists ${(await listedNames(published, token, time))?.join(' ')}`);
    for (const path of [
      'p2/acme/one.json',
      'p2/acme/one~dev.json',
      ...['a', 'b'].map((digit) => `dists/acme/one/${commitOf(digit)}.zip`),
    ]) {
      const text = await clientGets(published, token, `/acme/${path}`, time);
      gets.push(`${path}: ${text.replace(/, made.*/, '').replace(/"shasum":"\w+"/g, '"shasum"')}`);
    }
  }
  const packages = await packagesOf(createMemoryTable(items), organizationId);
  return {
    gets,
    keys: [...new Set([...items.keys()].filter(lasts).map((key) => plain(key.replace('\n', ' '))))].sort(),
    objects: [...objects.keys()].map(plain).sort(),
    values: [...values]
      .map(([key, value]) => (key.startsWith('p/') ? `${key} ${value.replace(/^\d+/, 'n')}` : key[0]))
      .sort(),
    packages: packages.map(({ name, state, refused, isRemoved }) => ({ name, state, refused, isRemoved })),
  };
}

const digestOf = (said: unknown): string => createHash('sha1').update(JSON.stringify(said)).digest('hex');

describe('a removal', async () => {
  const { rest: base } = await live(undefined, async (world) => {
    for (const scope of gitHubScopes) {
      await world.ask(scope);
    }
    await world.settle();
    for (const digit of ['a', 'b']) {
      await world.fetch(1, commitOf(digit));
    }
    const organization = await organizationOf(world);
    const tokens: string[] = [];
    for (const holder of [
      { kind: 'member', login: 'user-2' },
      { kind: 'team', slug: 'team-3' },
    ] as const) {
      const options = { description: 'test', expiresAt: undefined };
      tokens.push((await issueToken({ ...world, randomBytes }, organization, holder, options)).token);
    }
    return tokens;
  });
  const undisturbed = new Map<string, Awaited<ReturnType<typeof livesWith>>>();
  for (const [name, act] of Object.entries(acts)) {
    const from = name === 'its commit allowed again' ? undisturbed.get('a version deleted')?.rest : base;
    undisturbed.set(name, await livesWith(from ?? base, act));
  }

  it('is of something that was there, and leaves something else each time', () => {
    const ends = [...undisturbed.values()];
    expect(ends.flatMap(({ unfinished }) => unfinished)).toEqual([]);
    expect(new Set(ends.map(({ said }) => digestOf(said))).size).toBe(ends.length);
    expect(base.objects.size).toBeGreaterThan(3);
    expect(undisturbed.get('the organization deleted')?.rest.objects.size).toBe(0);
  });

  describe.each(Object.entries(acts))('%s', (name, act) => {
    const from =
      (name === 'its commit allowed again' ? undisturbed.get('a version deleted')?.rest : undefined) ?? base;
    const expected = undisturbed.get(name);
    const calls = expected?.calls ?? [];
    const writing = calls.map((_, place) => place).filter((place) => writes(calls[place] ?? ''));

    it.each([
      ['dies', 'after'],
      ['fails', 'before'],
    ] as const)(
      'ends the same when a process %s %s a write, whichever it is',
      async (kind, when) => {
        for (const call of writing) {
          const life = await livesWith(from, act, { kind, when, call });
          const label = `${kind} ${when} call ${call}, ${calls[call]}`;
          expect(life.calls.length, label).toBeGreaterThan(call);
          expect(life.unfinished, label).toEqual([]);
          expect(life.said, label).toEqual(expected?.said);
        }
      },
      60_000,
    );
  });
});
