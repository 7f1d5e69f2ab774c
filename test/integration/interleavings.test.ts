import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { normalizeVersion } from '../../shared/composer/version.ts';
import { accessFactsOf, decideAccess } from '../../shared/domain/access.ts';
import type { Fact } from '../../shared/domain/facts.ts';
import { parsePrincipal } from '../../shared/domain/ids.ts';
import { distsOfPackage, packagesOf } from '../../shared/store/package-store.ts';
import { findToken } from '../../shared/store/token-store.ts';
import { accountsOf } from '../../shared/store/user-store.ts';
import { extent } from '../support/long.ts';
import { commitOf } from '../support/memory-contents.ts';
import { account, aFact } from '../support/memory-forge.ts';
import type { StoredObject } from '../support/memory-store.ts';
import { createRegistry, memoryServices, type Registry } from '../support/registry-fixture.ts';
import { unfinishedWork } from '../support/registry-view.ts';
import type { Services } from '../support/registry-world.ts';
import { organizationId } from '../support/synchronized.ts';

/**
 * Several workers at once, in any order of their calls, some of them dying, while the forge, its repositories and the tokens change: at
 * rest every client gets what the forge says, and on the way no file and no version was ever two things.
 */

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets one call of one worker go on at a time. */
function createTurns(random: () => number) {
  const waiting: (() => void)[] = [];
  return {
    wait: () => new Promise<void>((resolve) => waiting.push(resolve)),
    /** Runs the jobs to their end, in some order of their calls; `between` is called before each. */
    async run(jobs: readonly Promise<unknown>[], between: () => Promise<void>): Promise<void> {
      let open = jobs.length;
      for (const job of jobs) {
        job.finally(() => open--);
      }
      while (open > 0) {
        await setImmediate();
        const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
        await between();
        next?.();
      }
    },
  };
}

/** Writes that were under way when their worker died: they arrive some time later, or never. */
type Late = (() => Promise<unknown>)[];

/** The services of one worker, who waits for a turn before each call and dies at one of them perhaps. */
function worker(
  turns: ReturnType<typeof createTurns>,
  random: () => number,
  late: Late,
): (services: Services) => Services {
  const lives = random() < 0.15 ? Math.floor(random() * 25) : Number.POSITIVE_INFINITY;
  let calls = 0;
  const through = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== 'function' || name === 'isSame') {
          return value;
        }
        return async (...parameters: unknown[]) => {
          await turns.wait();
          if (++calls > lives) {
            if (calls === lives + 1 && (name === 'update' || name === 'transact')) {
              late.push(() => value.apply(of, parameters));
            }
            throw new Error('the worker is dead');
          }
          return value.apply(of, parameters);
        };
      },
    });
  return (services) => ({
    table: through(services.table),
    objects: through(services.objects),
    dists: through(services.dists),
    storedObjects: through(services.storedObjects),
    keyValues: through(services.keyValues),
    workQueue: through(services.workQueue),
  });
}

/** Everything that may be on the forge. */
const allFacts: readonly Fact[] = [
  aFact.member(1),
  aFact.member(2, 'owner'),
  aFact.team(7),
  aFact.teamMember(7, 1),
  aFact.teamRepository(7, 6),
  aFact.repository(5),
  aFact.repository(6),
  aFact.repository(8, { visibility: 'public' }),
  aFact.collaborator(5, 1),
];

interface History {
  readonly registry: Registry;
  readonly tokens: Set<string>;
  /** Does something outside. */
  change(): Promise<void>;
}

function createHistory(registry: Registry, random: () => number): History {
  const tokens = new Set<string>();
  const pick = <Thing>(list: readonly Thing[]): Thing | undefined => list[Math.floor(random() * list.length)];
  let membersRead = true;
  const present = new Set<Fact>(allFacts);
  const names: Record<number, readonly string[]> = {
    5: ['acme/five'],
    6: ['acme/six', 'acme/sechs', 'other/six'],
    8: ['acme/eight'],
  };
  const push = async (): Promise<void> => {
    const id = pick([5, 6, 8]) ?? 5;
    const tags: Record<string, string> = {};
    for (const tag of ['1.0.0', '1.1.0', 'v1.1', '2.0.0']) {
      const commit = pick(['a', 'a', 'b', 'c', '']);
      if (commit) {
        tags[tag] = commit;
      }
    }
    const main = pick(['a', 'b', 'c', 'd']) ?? 'a';
    registry.contents.set(id, { name: pick(names[id] ?? []) ?? '', tags, branches: { main } });
    await registry.pushed(id);
  };
  const changes: readonly (() => Promise<void>)[] = [
    push,
    push,
    async () => {
      membersRead = !membersRead;
      await registry.change([aFact.settings(membersRead), ...present], 'settings');
    },
    async () => {
      const fact = pick(allFacts);
      if (fact) {
        present.delete(fact) || present.add(fact);
      }
      await registry.change([aFact.settings(membersRead), ...present], 'members', 'teams', 'repositories');
    },
    async () => {
      const holder = pick([
        { kind: 'member', login: 'user-1' },
        { kind: 'member', login: 'user-2' },
        { kind: 'team', slug: 'team-7' },
        { kind: 'organization' },
      ] as const);
      // Who is not there now gets none.
      const issued = holder && (await registry.issue(holder).catch(() => undefined));
      if (issued) {
        tokens.add(issued.token);
      }
    },
    async () => {
      const token = pick([...tokens]);
      if (token !== undefined && random() < 0.5) {
        await registry.revoke(token);
      }
    },
  ];
  return { registry, tokens, change: async () => pick(changes)?.() };
}

/** Holds what the files say against what they said before. */
function createWitness() {
  const seen = new Map<string, { body: string; lastModified: number }>();
  const references = new Map<string, string>();
  return (objects: ReadonlyMap<string, StoredObject>): void => {
    for (const [key, { body, lastModified }] of objects) {
      const text = body.toString();
      const before = seen.get(key);
      if (key.endsWith('.zip')) {
        expect(before?.body ?? text, key).toBe(text);
      } else if (key.includes('/roots/')) {
        continue;
      } else if (before !== undefined && before.body !== text) {
        expect(lastModified, `${key} changed within a second`).toBeGreaterThan(before.lastModified);
      }
      seen.set(key, { body: text, lastModified });
      if (key.endsWith('plain.json')) {
        for (const [version, reference] of referencesIn(text)) {
          const name = `${key} ${version}`;
          expect(references.get(name) ?? reference, `${name} was at another commit`).toBe(reference);
          references.set(name, reference);
        }
      }
    }
  };
}

const PackageFile = z.object({
  packages: z.record(
    z.string(),
    z.array(z.object({ version: z.string(), dist: z.object({ reference: z.string() }).optional() })),
  ),
});

/** The commit of each version; what a version does not say is as in the one before it. */
function referencesIn(text: string): readonly (readonly [version: string, reference: string])[] {
  let reference = '';
  return Object.values(PackageFile.parse(JSON.parse(text)).packages)
    .flat()
    .map(({ version, dist }) => {
      reference = dist?.reference ?? reference;
      return [version, reference] as const;
    });
}

/** What each token may read by the facts alone. */
async function expectAsTheForgeSays({ registry, tokens }: History): Promise<void> {
  const { facts } = registry.forge;
  const accessFacts = accessFactsOf(facts);
  const packages = await packagesOf(registry.table, organizationId);
  const known = new Set(accessFacts.repositories.map(({ repository }) => repository));
  for (const one of packages) {
    expect(one.state, one.name).toBe(known.has(one.repository) ? 'available' : 'unreadable');
    const refs = registry.contents.get(Number(one.repository));
    if (one.state === 'available' && refs?.name === one.name) {
      expect(await publishedRefs(registry, one.number), one.name).toEqual({
        tags: new Set(Object.keys(refs.tags ?? {}).map((tag) => normalizeVersion(tag))),
        main: refs.branches?.main === undefined ? undefined : commitOf(refs.branches.main),
      });
    }
  }
  for (const secret of tokens) {
    const token = await findToken(registry.table, secret);
    const parts = parsePrincipal(token?.principal ?? '');
    const accounts = parts.kind === 'user' ? await accountsOf(registry.table, parts.user) : [];
    const readable = new Set<string>(parts.kind === 'organization' ? known : []);
    for (const subject of [
      ...(parts.kind === 'organization' ? [] : [{ kind: 'anyone' } as const]),
      ...(parts.kind === 'team' ? [{ kind: 'team', team: parts.team } as const] : []),
      ...accounts.map((one) => ({ kind: 'account', account: account(Number(one.account)) }) as const),
    ]) {
      for (const repository of decideAccess(subject, accessFacts, 0).keys()) {
        readable.add(repository);
      }
    }
    const names = packages.filter((one) => readable.has(one.repository)).map(({ name }) => name);
    const isRevoked = token?.state === 'revoked';
    expect(await registry.listed(secret)).toEqual(isRevoked ? undefined : names.sort());
    for (const { name } of packages) {
      const text = await registry.get(secret, `/acme/p2/${name}.json`);
      expect(text, name).toMatch(isRevoked ? /^401$/ : names.includes(name) ? /^\{/ : /^404$/);
    }
  }
}

/** Tags and the commit of `main`, as a package's files have them. Which commit a tag is at is the witness's business. */
async function publishedRefs(registry: Registry, packageNumber: number) {
  const { objects } = await registry.published();
  const file = (name: string) =>
    referencesIn(objects.get(`acme/${packageNumber}/${name}.json`)?.body.toString() ?? '{"packages":{}}');
  return {
    tags: new Set(file('plain').map(([version]) => normalizeVersion(version))),
    main: file('dev').find(([version]) => version === 'dev-main')?.[1],
  };
}

async function live(seed: number): Promise<void> {
  const random = createRandom(seed);
  const services = memoryServices();
  const registry = await createRegistry(services, [aFact.settings(true), ...allFacts]);
  const history = createHistory(registry, random);
  const witness = createWitness();
  const turns = createTurns(random);
  const late: Late = [];
  for (const id of [5, 6, 8]) {
    registry.contents.set(id, {
      name: `acme/${['five', 'six', '', 'eight'][id - 5]}`,
      tags: { '1.0.0': 'a' },
    });
  }
  for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
    await registry.ask(scope);
  }
  for (let round = 0; round < 12; round++) {
    await history.change();
    const jobs = Array.from({ length: 3 }, () => registry.handleNext(worker(turns, random, late)));
    await turns.run(jobs, async () => {
      witness((await registry.published()).objects);
      await registry.clock.advance(Math.floor(random() * 120));
      if (random() < 0.02) {
        await history.change();
      }
      if (random() < 0.1) {
        await late
          .shift()?.()
          .catch(() => {});
      }
    });
    if (random() < 0.2) {
      // Long enough for the leases of the dead to end and for others to have done their work.
      await registry.settle();
    }
  }
  for (const arrive of late) {
    await registry.settle();
    await arrive().catch(() => {});
  }
  await registry.settleWithReconciles();
  witness((await registry.published()).objects);
  await expectAsTheForgeSays(history);
  const items = await Promise.all(
    ['EDGE', `ORG#${organizationId}`].map((partition) => registry.table.query(partition, '')),
  );
  expect(unfinishedWork(items.flat())).toEqual([]);
  const { objects } = await registry.published();
  for (const { number } of await packagesOf(registry.table, organizationId)) {
    for (const dist of await distsOfPackage(registry.table, organizationId, number)) {
      const body = objects.get(`acme/${number}/${dist.commit}.zip`)?.body;
      // A worker that died may have left bytes that nobody asked for since.
      if (dist.shasum !== undefined) {
        expect(dist.shasum).toBe(body && createHash('sha1').update(body).digest('hex'));
      }
      expect(body?.toString() ?? dist.commit).toContain(dist.commit);
    }
  }
}

it(
  'comes to what the forge says from any interleaving',
  async () => {
    const numRuns = extent({ short: 20, long: 5000 });
    await fc.assert(fc.asyncProperty(fc.noShrink(fc.nat()), live), { numRuns, endOnFailure: true });
  },
  extent({ short: 60_000, long: 3_600_000 }),
);
