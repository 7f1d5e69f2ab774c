import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Fact } from '../../shared/domain/facts.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import type { Item } from '../../shared/store/table.ts';
import { findToken } from '../../shared/store/token-store.ts';
import { revokeToken } from '../../shared/store/token-transitions.ts';
import { issueToken } from '../../shared/tokens/issue-token.ts';
import { historyProblems } from '../support/history.ts';
import { type Fault, faulty, writes } from '../support/injected-fault.ts';
import type { MemoryRefs } from '../support/memory-contents.ts';
import { aFact } from '../support/memory-forge.ts';
import { createMemoryKeyValues, createMemoryObjects, type StoredObject } from '../support/memory-store.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { describeWorld, unfinishedWork } from '../support/registry-view.ts';
import { createRegistryWorld, type RegistryWorld } from '../support/registry-world.ts';

/** Nothing is lost and nothing is left over, wherever a worker dies or a service fails it: the sweep brings everything to the same end. */

const facts = [aFact.settings(true), aFact.member(1), aFact.repository(5)];
/** Each changes something outside; after each, the world comes to rest. */
type Step = (world: RegistryWorld, tokens: string[]) => Promise<void>;
const steps: Readonly<Record<string, Step>> = {
  async 'a synchronization'(world) {
    for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
      await world.ask(scope);
    }
  },
  async 'a repository and a token'(world, tokens) {
    world.contents.set(5, { name: 'acme/five', tags: { '1.0.0': 'a' }, branches: { main: 'a' } });
    await world.pushed(5);
    const organization = await findOrganizationBySlug(world.table, 'acme');
    if (!organization) {
      throw new Error('no organization');
    }
    const { token } = await issueToken(
      { ...world, randomBytes: (count) => new Uint8Array(count).fill(7) },
      organization,
      { kind: 'member', login: 'user-1' },
      { description: 'ann', expiresAt: undefined },
    );
    tokens.push(token);
  },
  async 'a new tag, and another name'(world) {
    world.contents.set(5, {
      name: 'acme/funf',
      tags: { '1.0.0': 'a', '1.1.0': 'b' },
      branches: { main: 'b' },
    });
    await world.pushed(5);
  },
  async 'a tag under the new name'(world) {
    world.contents.set(5, {
      name: 'acme/funf',
      tags: { '1.0.0': 'a', '1.1.0': 'b', '1.2.0': 'c' },
      branches: { main: 'b' },
    });
    await world.pushed(5);
  },
  'the repository gone': (world) => world.change([aFact.settings(true), aFact.member(1)], 'repositories'),
  'the repository back': (world) => world.change(facts, 'repositories'),
  async 'the token revoked'(world, [secret = '']) {
    const token = await findToken(world.table, secret);
    if (token) {
      await world.workQueue.send(await revokeToken(world.table, token, world.clock.now()));
    }
  },
};

/** A world at rest, from which others go on. */
interface Rest {
  readonly items: ReadonlyMap<string, Item>;
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly values: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<string | number, MemoryRefs>;
  readonly facts: readonly Fact[];
  readonly tokens: readonly string[];
  readonly time: number;
}

const nothing: Rest = {
  items: new Map(),
  objects: new Map(),
  values: new Map(),
  contents: new Map([[5, { name: 'acme/five' }]]),
  facts,
  tokens: [],
  time: Date.parse('2026-11-22T12:00:00Z'),
};

/** Goes on from there with one step, and comes to rest. */
async function live(from: Rest, step: Step, fault?: Fault) {
  let { time } = from;
  const clock = {
    now: () => time,
    async advance(ms: number) {
      time += ms;
    },
  };
  const table = createMemoryTable(from.items);
  const objects = createMemoryObjects(clock, from.objects);
  const keyValues = createMemoryKeyValues(from.values);
  const world = await createRegistryWorld(
    {
      table,
      objects: objects.writer,
      dists: objects.dists,
      storedObjects: objects.storedObjects,
      keyValues,
      clock,
    },
    from.facts,
  );
  for (const [id, refs] of from.contents) {
    world.contents.set(id, refs);
  }
  const tokens = [...from.tokens];
  const calls: string[] = [];
  await step(world, tokens);
  await world.settleWithReconciles(faulty(calls, fault));
  const published = { values: await keyValues.list(), objects: await objects.list() };
  const rest: Rest = {
    ...published,
    items: table.dump(),
    contents: new Map(world.contents),
    facts: world.forge.facts,
    tokens,
    time,
  };
  const said = await describeWorld(table, published, tokens, time);
  return { rest, said, calls, errors: world.errors, unfinished: unfinishedWork(table.dump().values()) };
}

const RootFile = z.object({ 'available-packages': z.array(z.string()).optional() });

describe('a worker', async () => {
  const undisturbed: Awaited<ReturnType<typeof live>>[] = [];
  for (const step of Object.values(steps)) {
    undisturbed.push(await live(undisturbed.at(-1)?.rest ?? nothing, step));
  }

  it('goes through a history in which everything happens', () => {
    expect(undisturbed.flatMap(({ errors, unfinished }) => [...errors, ...unfinished])).toEqual([]);
    const listed = undisturbed
      .slice(1)
      .map(({ said }) => RootFile.safeParse(JSON.parse(said.gets['token 0 /acme/packages.json'] ?? '')).data);
    const one = { 'available-packages': ['acme/five'] };
    const both = { 'available-packages': ['acme/five', 'acme/funf'] };
    // Without packages, then without a token.
    expect(listed).toEqual([one, both, both, {}, both, undefined]);
    const calls = undisturbed.flatMap((life) => life.calls);
    expect(calls.filter(writes).length).toBeGreaterThan(100);
  });

  describe.each(Object.entries(steps).map(([name, step], place) => ({ name, step, place })))(
    '$name',
    ({ step, place }) => {
      const from = undisturbed[place - 1]?.rest ?? nothing;
      const expected = undisturbed[place];
      const calls = expected?.calls ?? [];
      const every = calls.map((_, call) => call);
      const writing = every.filter((call) => writes(calls[call] ?? ''));
      const next = Object.values(steps)[place + 1];

      it.each([
        // A dead worker writes nothing, so between two writes it is all the same when it dies.
        { kind: 'dies', when: 'after', at: writing },
        // The same call in the same step fails in the same way.
        {
          kind: 'fails',
          when: 'before',
          at: every.filter((call) => calls.indexOf(calls[call] ?? '') === call),
        },
        { kind: 'fails', when: 'after', at: writing },
      ] as const)(
        'ends the same when a worker $kind $when a call, whichever it is',
        async ({ kind, when, at }) => {
          for (const call of at) {
            const life = await live(from, step, { kind, when, call });
            const label = `${kind} ${when} call ${call}, ${calls[call]}`;
            expect(life.calls.length, label).toBeGreaterThan(call);
            expect(life.unfinished, label).toEqual([]);
            expect(historyProblems(from.items, life.rest.items), label).toEqual([]);
            expect(life.said, label).toEqual(expected?.said);
            if (next) {
              // Nothing hidden is left behind that the next step would stumble over.
              const later = await live(life.rest, next);
              expect(later.unfinished, label).toEqual([]);
              expect(later.said, label).toEqual(undisturbed[place + 1]?.said);
            }
          }
        },
        60_000,
      );
    },
  );
});
