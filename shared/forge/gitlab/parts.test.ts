import { describe, expect, test } from 'vitest';
import type { Fact, FactKind } from '../../domain/facts.ts';
import { asId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';
import type { AnyScope, PartScope } from '../../domain/scopes.ts';
import type { StoredFacts, StructureReader } from '../forge.ts';
import { createTestGitLab, member, type TestGitLab, worldOf } from './test-api.ts';

const team = asId<ForgeTeamId>(5);
const stored = (name = 'G5', rights: readonly Fact[] | 'open' = [right]): StoredFacts => ({
  ...{ since: 0, watched: new Set(), isStored: () => true },
  of<Kind extends FactKind>(_: AnyScope, kind: Kind) {
    const one: Fact = { kind: 'team', team, slug: 'g5', name, parent: asId<ForgeTeamId>(1) };
    const facts: readonly Fact[] = kind === 'team' || rights === 'open' ? [one] : rights;
    const isKind = (fact: Fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind;
    return rights === 'open' && kind !== 'team' ? undefined : facts.filter(isKind);
  },
});
const right: Fact = {
  ...{ kind: 'team-repository', team, repository: asId<ForgeRepositoryId>(1004), permission: 'Owner' },
  ...{ via: team, keyedByVia: true, readers: ['Owner'] },
};

/** Account 5 is in group 5; with `inTop`, in the top-level group too. */
const labWith = (inTop: boolean): TestGitLab => {
  const lab = createTestGitLab();
  const all = worldOf({ groups: 30, projects: 500, graphql: true });
  lab.answer = (request) =>
    inTop && /groups\/1\/members\/5$/.test(request.path) ? { json: member(5) } : all(request);
  return lab;
};

async function facts(
  structure: StructureReader,
  scope: AnyScope,
  given: Partial<StoredFacts> | undefined,
  handle?: string,
) {
  const known = given as StoredFacts | undefined;
  const step = await structure.readScope(scope, { handle, stored: async () => known });
  if (!('done' in step)) throw new Error('it was not read in one step');
  return step.done.facts;
}

/** As the run that an event about account 5 in group 5 causes. */
async function run(lab: TestGitLab, given: StoredFacts | undefined) {
  const { structure } = lab.open();
  await structure.probe();
  const ofMember = await facts(structure, 'member:5', given, '5');
  const ofTeam = await facts(structure, 'team:5', given);
  await structure.probe();
  return { ofMember, ofTeam };
}

describe('an event about a member of a group', () => {
  test.each([true, false])(
    'costs at most 5 requests, with probes; the account is in the top-level group: %s',
    async (inTop) => {
      const lab = labWith(inTop);
      const { ofMember, ofTeam } = await run(lab, stored());
      expect(lab.requests.map(({ path }) => path)).toHaveLength(5);
      expect(ofMember).toMatchObject([{ kind: 'member', account: '5', role: inTop ? 'member' : 'outside' }]);
      expect(ofTeam.map(({ kind }) => kind)).toEqual(['team', 'team-member', 'team-repository']);
      expect(lab.requests.at(-1)?.path, 'it ends with a group as its owner sees it').toMatch(/groups\/5\?/);
    },
  );

  test.each(['owner', 'member', 'outside'] as const)(
    'costs at most 5 requests where it went and was there as %s, and leaves other places as they are stored',
    async (role) => {
      const lab = labWith(false);
      const { answer } = lab;
      lab.answer = (request) =>
        /groups\/5\/members\?/.test(request.path)
          ? { json: [], headers: { 'x-total': '0' } }
          : answer(request);
      const before: Fact = { kind: 'member', account: asId('5'), login: 'u5', role, readsByTeams: true };
      const known = stored();
      const given = {
        ...known,
        of: (part: PartScope, kind: FactKind) => (kind === 'member' ? [before] : known.of(part, kind)),
      };
      const { ofMember, ofTeam } = await run(lab, given as StoredFacts);
      expect(lab.requests.map(({ path }) => path)).toHaveLength(5);
      expect(ofMember).toEqual([
        role === 'outside' ? before : { kind: 'member', account: '5', login: 'u5', role: 'outside' },
      ]);
      expect(ofTeam.map(({ kind }) => kind)).toEqual(['team', 'team-repository']);
    },
  );

  test('of whom nothing is stored, and who is in neither group, costs at most 5 requests, and asks for no list', async () => {
    const lab = labWith(false);
    const { structure } = lab.open();
    const given = { ...stored('G5', []), isStored: () => false };
    const step = await structure.readScope('member:77', { handle: '5', stored: async () => given });
    expect('done' in step && step.done).toMatchObject({ facts: [], followUps: [] });
    expect(lab.requests.length).toBeLessThanOrEqual(5);
  });

  test('has nothing read of a group that is neither ours nor invited, but that it is none', async () => {
    const lab = labWith(false);
    const { answer } = lab;
    const foreign = { id: 99, path: 'big', name: 'Big', full_path: 'big', parent_id: null };
    lab.answer = (request) =>
      /groups\/99\?/.test(request.path)
        ? { json: { ...foreign, share_with_group_lock: false, shared_with_groups: [] } }
        : answer(request);
    const step = await lab.open().structure.readScope('team:99');
    expect('done' in step && step.done).toMatchObject({ facts: [], absence: 'elsewhere' });
    expect(lab.requests.filter(({ path }) => path.includes('/groups/99/'))).toEqual([]);
  });

  test.each([
    ['nothing is stored', undefined],
    ['its rights are open', stored('G5', 'open')],
    ['the group has another name', stored('another')],
  ])('has the rights of the group read where %s', async (_, given) => {
    const lab = labWith(true);
    lab.answer = (
      (all) => (request) =>
        request.path.startsWith('/api/v4/groups/5/projects')
          ? { json: [], headers: { 'x-total': '0' } }
          : all(request)
    )(lab.answer);
    const { ofTeam } = await run(lab, given);
    expect(ofTeam.map(({ kind }) => kind)).toEqual(['team', 'team-member']);
    expect(lab.requests.at(-1)?.path, 'it ends with a probe').toMatch(/groups\/1\?/);
  });

  test('R3: ends with a probe where the group is not shown as its owner sees it', async () => {
    const lab = labWith(true);
    const { answer } = lab;
    lab.answer = async (request) => {
      const { json, ...rest } = await answer(request);
      const { runners_token: _, ...shown } = Object(json);
      return request.path.startsWith('/api/v4/groups/5?') ? { ...rest, json: shown } : { ...rest, json };
    };
    await run(lab, stored());
    expect(lab.requests.at(-1)?.path).toMatch(/groups\/1\?/);
  });

  test('R2: a group whose members are not shown is no group without members', async () => {
    const lab = labWith(true);
    const { answer } = lab;
    lab.answer = (request) =>
      /groups\/5\/members\?/.test(request.path) ? { status: 403, json: {} } : answer(request);
    const { structure } = lab.open();
    await expect(structure.readScope('team:5')).rejects.toMatchObject({ code: 'incomplete' });
  });
});

describe('the groups that a project is in', () => {
  const of = (repository: Fact | undefined): Partial<StoredFacts> => ({
    of: () => repository && ([repository] as never),
  });
  const fact: Fact = { ...right, kind: 'repository' } as never;
  test.each([
    ['are read next where it is not stored yet', '1004', of(undefined), ['team:5', 'team:1']],
    ['are one where it is in the top-level group', '1000', of(undefined), ['team:1']],
    ['are left alone where it is stored', '1004', of(fact), []],
    ['are left alone where everything is read', '1004', undefined, []],
  ])('%s', async (_, id, given, followUps) => {
    const { structure } = labWith(true).open();
    const stored = async () => given as StoredFacts | undefined;
    const step = await structure.readScope(`repository:${id}`, { stored });
    expect('done' in step && step.done.followUps).toEqual(followUps);
  });
});

test('a run compares with lists of GitLab once, and not what it reads again', async () => {
  const lab = labWith(true);
  const { structure } = lab.open();
  const compared = async () => {
    const step = await structure.readScope('members');
    return 'done' in step && step.done.compared;
  };
  expect(await compared()).not.toHaveLength(0);
  expect(await compared()).toBeUndefined();
});

test('a list that is read again is asked for again, and one of another scope a moment later is not', async () => {
  const lab = labWith(true);
  const { structure } = lab.open();
  const asked = () => lab.requests.filter(({ path }) => path.includes('/groups/1/projects')).length;
  await structure.readScope('members');
  await structure.readScope('repositories');
  expect(asked()).toBe(5);
  await structure.readScope('repositories');
  expect(asked()).toBe(10);
  await structure.readScope('members');
  expect(asked()).toBe(10);
  await structure.probe();
  await structure.readScope('members');
  expect(asked()).toBe(15);
  lab.clock.time += 10_000;
  await structure.readScope('repositories');
  expect(asked()).toBe(20);
});
