import { expect, test } from 'vitest';
import { type Fact, type FactKind, factKey } from '../../domain/facts.ts';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import { partOf } from '../../domain/scopes.ts';
import type { StoredFacts } from '../forge.ts';
import { isInTurn } from './project-rotation.ts';
import { createTestGitLab, member, type TestGitLab, worldOf } from './test-api.ts';

const minuteMs = 60_000;
const periodMs = 50 * minuteMs;
const start = Date.parse('2026-11-28T00:00:00Z');
const ids = (first: number, step: number, count = 50): readonly ForgeRepositoryId[] =>
  Array.from({ length: count }, (_, place) => asId<ForgeRepositoryId>(first + place * step));

test.each([
  [1, 1],
  [1000, 10],
  [4_294_967_296, 7],
  [61_234_567, 1013],
])(
  'each read takes about as many of the projects from %i in steps of %i, and each within an hour',
  (first, step) => {
    const last = new Map<string, number>();
    for (let at = start; at < start + 6 * 60 * minuteMs; at += 10 * minuteMs) {
      const taken = ids(first, step).filter((id) => isInTurn(id, at - 10 * minuteMs, at, periodMs));
      expect(taken.length).toBeGreaterThanOrEqual(7);
      expect(taken.length).toBeLessThanOrEqual(13);
      for (const id of taken) {
        expect(at - (last.get(id) ?? at)).toBeLessThanOrEqual(60 * minuteMs);
        last.set(id, at);
      }
    }
    expect(last.size).toBe(50);
  },
);

test('a read takes the turns since the last one that succeeded', () => {
  const [id = asId<ForgeRepositoryId>(0)] = ids(7, 1);
  const steps = Array.from({ length: 6 }, (_, place) => start + place * 10 * minuteMs);
  const turn = steps.find((at) => isInTurn(id, at - 10 * minuteMs, at, periodMs)) ?? 0;
  expect(isInTurn(id, turn - 10 * minuteMs, turn + 20 * minuteMs, periodMs)).toBe(true);
  expect(isInTurn(id, turn, turn + 20 * minuteMs, periodMs)).toBe(false);
  expect(ids(1, 3).every((one) => isInTurn(one, start, start + periodMs, periodMs))).toBe(true);
});

const isKind = <Kind extends FactKind>(fact: Fact, kind: Kind): fact is Extract<Fact, { kind: Kind }> =>
  fact.kind === kind;

/** Reads the projects again after so many minutes, with what the last read stored. */
function createReads(answer: TestGitLab['answer']) {
  const lab = createTestGitLab();
  lab.answer = answer;
  let stored: StoredFacts | undefined;
  return {
    lab,
    async read(minutes: number) {
      lab.clock.time += minutes * minuteMs;
      lab.requests.splice(0);
      const since = lab.clock.time;
      const step = await lab.open().structure.readScope('repositories', { stored: async () => stored });
      if (!('done' in step)) throw new Error('it was not read in one step');
      const { facts, watched = [], isCounted } = step.done;
      stored = {
        ...{ since, watched: new Set(watched) },
        isStored: (part) => facts.some((fact) => partOf(fact) === part),
        of: (part, kind) =>
          facts.filter((fact) => partOf(fact) === part).filter((fact) => isKind(fact, kind)),
      };
      const asked = lab.requests.flatMap(({ path }) => /projects\/(\d+)\/members/.exec(path)?.[1] ?? []);
      return { asked, keys: facts.map(factKey).sort(), watched, facts, isCounted };
    },
  };
}

/** As the world has it, but for what is given of some projects, and for their members. */
const changed =
  (
    world: TestGitLab['answer'],
    projects: Readonly<Record<number, object>>,
    members: Readonly<Record<number, readonly unknown[]>>,
  ): TestGitLab['answer'] =>
  async (request) => {
    const answer = await world(request);
    const [, id] = /projects\/(\d+)\/members/.exec(request.path) ?? [];
    const given = members[Number(id)];
    if (given !== undefined) {
      return { json: given, headers: { 'x-total': `${given.length}` } };
    }
    return /groups\/\d+\/projects/.test(request.path) && Array.isArray(answer.json)
      ? { ...answer, json: answer.json.map((one) => ({ ...one, ...projects[one.id] })) }
      : answer;
  };

const world = worldOf({ groups: 2, projects: 60, graphql: false });

test('without GraphQL the members of a project are read at most once an hour, and are the same', async () => {
  const { read } = createReads(world);
  const first = await read(0);
  expect(first.asked).toHaveLength(60);
  const asked: string[] = [];
  for (let reads = 0; reads < 6; reads += 1) {
    const again = await read(10);
    expect(again.keys).toEqual(first.keys);
    expect(again.asked.length).toBeLessThanOrEqual(15);
    asked.push(...again.asked);
  }
  expect(new Set(asked).size).toBe(60);
});

test('with GraphQL all members are read each time', async () => {
  const { lab, read } = createReads(worldOf({ groups: 2, projects: 60, graphql: true }));
  await read(0);
  await read(10);
  expect(lab.requests.filter(({ body }) => body.includes('ProjectMembers'))).toHaveLength(1);
});

test('a project without members is read when the list shows that something happened in it, and else once a day', async () => {
  const none = Object.fromEntries(Array.from({ length: 60 }, (_, place) => [1000 + place, []]));
  const { lab, read } = createReads(changed(world, {}, none));
  await read(0);
  let asked = 0;
  for (let reads = 0; reads < 6; reads += 1) asked += (await read(10)).asked.length;
  expect(asked).toBeLessThanOrEqual(6);

  const at = new Date(lab.clock.time).toISOString();
  lab.answer = changed(world, { 1003: { last_activity_at: at } }, { ...none, 1003: [member(5)] });
  const joined = await read(10);
  expect(joined.asked).toContain('1003');
  expect(joined.keys).toContain('collaborator#5#1003');
});

test('a member who does not read is watched, since another level is no activity', async () => {
  const { lab, read } = createReads(changed(world, {}, { 1003: [member(5, 10)], 1004: [] }));
  expect((await read(0)).watched).toEqual(['1003']);
  expect((await read(10)).watched, 'also when it was not read').toEqual(['1003']);
  lab.answer = changed(world, {}, { 1003: [member(5)], 1004: [] });
  const keys: string[] = [];
  for (let reads = 0; reads < 6; reads += 1) keys.push(...(await read(10)).keys);
  expect(keys).toContain('collaborator#5#1003');
});

test('what is stored ends with its time, and each list that was read was counted', async () => {
  const ends = { ...member(5), expires_at: '2026-11-29' };
  const { read } = createReads(changed(world, {}, { 1003: [ends] }));
  const { facts, isCounted } = await read(0);
  expect(facts.every((fact) => isCounted?.(fact))).toBe(true);
  const before = Date.parse('2026-11-29T00:00:00Z') - start;
  expect((await read(before / minuteMs - 1)).keys).toContain('collaborator#5#1003');
  const { asked, keys } = await read(2);
  expect(asked).not.toContain('1003');
  expect(keys).not.toContain('collaborator#5#1003');
});

test('what GitLab or the store leaves open is read: another version of the project, or nothing stored', async () => {
  const { lab, read } = createReads(world);
  await read(0);
  lab.answer = changed(
    world,
    { 1003: { visibility: 'public' }, 1004: { path_with_namespace: 'g2/p1004' } },
    {},
  );
  expect((await read(1)).asked).toEqual(expect.arrayContaining(['1003', '1004']));
  expect((await read(0)).asked).toEqual([]);
});
