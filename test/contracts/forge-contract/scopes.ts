/** Whole scopes are read whole, and their parts show the same. */
import { describe, expect, test } from 'vitest';
import { factKey, type Handle } from '../../../shared/domain/facts.ts';
import { isId } from '../../../shared/domain/ids.ts';
import {
  type AnyScope,
  idOfPart,
  isScope,
  mainKeyOf,
  memberPart,
  type PartScope,
  partOf,
  repositoryPart,
  teamPart,
} from '../../../shared/domain/scopes.ts';
import type { LookedUp } from '../../../shared/forge/forge.ts';
import type { ForgeFixture, WorldChanges } from './fixture.ts';
import { factsOf, readWhole } from './reading.ts';

/** A member, a team and a repository, and the keys of what may tie them. */
export async function makeOne(fixture: ForgeFixture, name: string) {
  const { changes } = fixture;
  const account = await changes.addMember();
  const team = await changes.addTeam();
  const repository = await changes.addRepository(name);
  const parts = { member: memberPart(account), team: teamPart(team), repository: repositoryPart(repository) };
  const facts = new Map([...(await factsOf(fixture, 'teams')), ...(await factsOf(fixture, 'repositories'))]);
  const handleOf = (part: PartScope): Handle | undefined => {
    const fact = facts.get(mainKeyOf(part));
    return fact !== undefined && 'handle' in fact ? fact.handle : undefined;
  };
  return {
    account,
    team,
    repository,
    parts,
    teamMember: `team-member#${account}#${team}`,
    teamRepository: `team-repository#${team}#${repository}`,
    collaborator: `collaborator#${account}#${repository}`,
    /** As who knows the fact reads the part. */
    readPart: (part: PartScope) => readWhole(fixture, part, { handle: handleOf(part) }),
    lookedUp: (part: PartScope): LookedUp => ({ part, handle: handleOf(part) }),
  };
}
type One = Awaited<ReturnType<typeof makeOne>>;

export function scopesContract(fixture: () => ForgeFixture): void {
  test('says whom the connection speaks for', async () => {
    const organization = await (await fixture().open()).structure.probe();
    expect(organization).toMatchObject({ suspended: false });
    expect(isId(organization.id)).toBe(true);
  });

  test('has facts of the kinds of their scopes, each once, with ids of its own form', async () => {
    const { changes } = fixture();
    const one = await makeOne(fixture(), 'all-kinds');
    await changes.addTeamMember(one.team, one.account);
    await changes.grant(one.team, one.repository);
    await changes.addCollaborator(one.repository, one.account);
    for (const { name: scope, kinds } of fixture().traits.scopes) {
      const { facts, covers } = await readWhole(fixture(), scope);
      expect(facts.filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
      expect(new Set(facts.map(factKey)).size).toBe(facts.length);
      expect(facts.flatMap((fact) => factKey(fact).split('#').slice(1)).filter((id) => !isId(id))).toEqual(
        [],
      );
      expect(covers).toEqual([]);
    }
    expect((await factsOf(fixture(), 'settings')).size).toBe(1);
    for (const part of Object.values(one.parts)) expect(isScope(part)).toBe(true);
  });

  /** What each change does to the facts of a whole scope, and of the part that it is about. */
  const steps: readonly {
    readonly title: string;
    readonly make: (changes: WorldChanges, one: One) => Promise<unknown>;
    readonly undo: (changes: WorldChanges, one: One) => Promise<unknown>;
    readonly scope: AnyScope;
    readonly part: keyof One['parts'];
    readonly key: 'teamMember' | 'teamRepository' | 'collaborator';
  }[] = [
    {
      title: 'a member of a team',
      make: (changes, { team, account }) => changes.addTeamMember(team, account),
      undo: (changes, { team, account }) => changes.removeTeamMember(team, account),
      scope: 'teams',
      part: 'team',
      key: 'teamMember',
    },
    {
      title: "a team's right",
      make: (changes, { team, repository }) => changes.grant(team, repository),
      undo: (changes, { team, repository }) => changes.revoke(team, repository),
      scope: 'teams',
      part: 'team',
      key: 'teamRepository',
    },
    {
      title: 'a collaborator',
      make: (changes, { repository, account }) => changes.addCollaborator(repository, account),
      undo: (changes, { repository, account }) => changes.removeCollaborator(repository, account),
      scope: 'repositories',
      part: 'repository',
      key: 'collaborator',
    },
  ];
  test.each(steps)('shows $title in the list and in the part, and then no more', async (step) => {
    const { changes } = fixture();
    const one = await makeOne(fixture(), `row-${step.key}`);
    const part = one.parts[step.part];
    for (const isThere of [false, true, false]) {
      if (isThere) await step.make(changes, one);
      for (const { facts } of [await readWhole(fixture(), step.scope), await one.readPart(part)]) {
        const keys = facts.map(factKey);
        expect(keys.includes(one[step.key])).toBe(isThere);
        expect(keys).toContain(mainKeyOf(part));
      }
      if (isThere) await step.undo(changes, one);
    }
  });

  test('shows of a part exactly the facts that the list has of it', async () => {
    const { changes } = fixture();
    const one = await makeOne(fixture(), 'same-facts');
    await changes.addTeamMember(one.team, one.account);
    await changes.grant(one.team, one.repository);
    await changes.addCollaborator(one.repository, one.account);
    const scopes: readonly (readonly [AnyScope, PartScope])[] = [
      ['members', one.parts.member],
      ['teams', one.parts.team],
      ['repositories', one.parts.repository],
    ];
    for (const [whole, part] of scopes) {
      const read = await one.readPart(part);
      const all = await factsOf(fixture(), whole);
      expect(read.covers[0]).toBe(part);
      expect(read.facts.length).toBeGreaterThan(0);
      for (const fact of read.facts) expect(all.get(factKey(fact))).toEqual(fact);
      const ofPart = [...all].filter(([, fact]) => partOf(fact) === part).map(([key]) => key);
      expect(read.facts.map(factKey)).toEqual(expect.arrayContaining(ofPart));
    }
  });

  describe('what is gone', () => {
    const kinds = ['member', 'team', 'repository'] as const;
    test.each(kinds)(
      'a %s: its own look-up and its part say so, and the list has no row of it',
      async (kind) => {
        const { changes, open } = fixture();
        const one = await makeOne(fixture(), `gone-${kind}`);
        await changes.addTeamMember(one.team, one.account);
        await changes.grant(one.team, one.repository);
        await changes.addCollaborator(one.repository, one.account);
        const part = one.parts[kind];
        if (kind === 'member') await changes.removeMember(one.account);
        if (kind === 'team') await changes.removeTeam(one.team);
        if (kind === 'repository') await changes.removeRepository(one.repository);
        const read = await one.readPart(part);
        expect(read).toMatchObject({ facts: [], absenceIsStated: true });
        expect(read.covers).toContain(part);
        const main = mainKeyOf(part);
        for (const scope of ['members', 'teams', 'repositories'] as const) {
          const keys = [...(await factsOf(fixture(), scope)).keys()];
          expect(keys).not.toContain(main);
          if (kind !== 'member') {
            expect(keys.filter((key) => key.split('#').includes(idOfPart(part)))).toEqual([]);
          }
        }
        if (kind === 'member') return;
        const others = (['team', 'repository'] as const).map((other) => one.parts[other]);
        const { structure } = await open();
        const answers = await structure.lookUp(others.map(one.lookedUp));
        expect([...answers.keys()].sort()).toEqual([...others].sort());
        expect(answers.get(part)).toMatchObject({ is: 'absent' });
        for (const other of others.filter((each) => each !== part)) {
          expect(['present', 'unknown']).toContain(answers.get(other)?.is);
        }
      },
    );

    test('R6: a name that another has by now leads to nothing of the one that had it', async () => {
      const { changes } = fixture();
      const old = await changes.addRepository('name-passes');
      await changes.renameRepository(old, 'name-passed');
      const young = await changes.addRepository('name-passes');
      expect(young).not.toBe(old);
      for (const scope of ['repositories', repositoryPart(old)] as const) {
        const fact = (await factsOf(fixture(), scope)).get(`repository#${old}`);
        expect(fact).toMatchObject({ name: 'name-passed', repository: old });
      }
      const fact = (await factsOf(fixture(), repositoryPart(young))).get(`repository#${young}`);
      expect(fact).toMatchObject({ name: 'name-passes', repository: young });
    });
  });
}
