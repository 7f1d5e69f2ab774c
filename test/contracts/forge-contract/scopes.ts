/** Contract: scopes are read completely, and their parts show the same facts. */
import { describe, expect, test } from 'vitest';
import { factKey } from '../../../shared/domain/facts.ts';
import { isId } from '../../../shared/domain/ids.ts';
import {
  idOfPart,
  isScope,
  mainKeyOf,
  mainScopeOf,
  namesIn,
  partOf,
  repositoryPart,
  scopeOfKind,
} from '../../../shared/domain/scopes.ts';
import { createdKinds, linkAll, linkKinds, links, makeOne, removeCreated, whyWithout } from './created.ts';
import type { ForgeFixture } from './fixture.ts';
import { factsOf, readWhole } from './reading.ts';

export function scopesContract(fixture: () => ForgeFixture): void {
  test('reports which organization the connection belongs to', async () => {
    const organization = await (await fixture().open()).structure.probe();
    expect(organization).toMatchObject({ suspended: false });
    expect(isId(organization.id)).toBe(true);
  });

  test('has a layout in which each kind of facts is in one scope, planned after those that it refers to', () => {
    const { scopes, budgets } = fixture().traits;
    for (const list of [namesIn(scopes), scopes.flatMap(({ kinds }) => kinds), budgets]) {
      expect(new Set(list).size).toBe(list.length);
    }
    for (const { name, after = [] } of scopes) {
      expect(namesIn(scopes).filter((other) => other !== name)).toEqual(expect.arrayContaining([...after]));
    }
    // Without these kinds nobody can read anything.
    for (const kind of ['member', 'repository'] as const) {
      expect(whyWithout(fixture(), kind)).toBe(undefined);
    }
  });

  test("has facts of each scope's kinds, each once, with ids in the forge's own form", async () => {
    const one = await makeOne(fixture(), 'all-kinds');
    await linkAll(fixture(), one);
    for (const { name: scope, kinds } of fixture().traits.scopes) {
      const { facts, covers } = await readWhole(fixture(), scope);
      expect(facts.filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
      expect(new Set(facts.map(factKey)).size).toBe(facts.length);
      expect(facts.flatMap((fact) => factKey(fact).split('#').slice(1)).filter((id) => !isId(id))).toEqual(
        [],
      );
      expect(facts.filter(({ kind }) => kind === 'settings').length).toBe(kinds.includes('settings') ? 1 : 0);
      expect(covers).toEqual([]);
    }
    for (const part of one.allParts) expect(isScope(part)).toBe(true);
  });

  test.for(linkKinds)(
    'shows a new %s in the list and in the part, and no longer once it is removed',
    async (kind, { skip }) => {
      const lacks = whyWithout(fixture(), kind);
      if (lacks !== undefined) return skip(lacks);
      const { scopes } = fixture().traits;
      const one = await makeOne(fixture(), `row-${kind}`);
      const [part, key, list] = [one.partWith(kind), links[kind].key(one), scopeOfKind(scopes, kind)];
      for (const isThere of [false, true, false]) {
        if (isThere) await links[kind].make(fixture(), one);
        const inPart = (await one.readPart(part)).facts.map(factKey);
        const inList = [...(await factsOf(fixture(), list)).keys()];
        for (const keys of [inPart, inList]) expect(keys.includes(key)).toBe(isThere);
        expect(inPart).toContain(mainKeyOf(part));
        if (list === mainScopeOf(scopes, part)) expect(inList).toContain(mainKeyOf(part));
        if (isThere) await links[kind].undo(fixture(), one);
      }
    },
  );

  test('shows in a part exactly the facts that the lists have of it', async () => {
    const one = await makeOne(fixture(), 'same-facts');
    await linkAll(fixture(), one);
    for (const part of one.allParts) {
      const read = await one.readPart(part);
      const all = await one.readLists(part);
      expect(read.covers[0]).toBe(part);
      expect(read.facts.length).toBeGreaterThan(0);
      for (const fact of read.facts) expect(all.get(factKey(fact))).toEqual(fact);
      const ofPart = [...all].filter(([, fact]) => partOf(fact) === part).map(([key]) => key);
      expect(read.facts.map(factKey)).toEqual(expect.arrayContaining(ofPart));
    }
  });

  describe('what is gone', () => {
    test.for(createdKinds)(
      'a %s: its look-up and its part report it absent, and no list has a row of it',
      async (kind, { skip }) => {
        const lacks = whyWithout(fixture(), kind);
        if (lacks !== undefined) return skip(lacks);
        const one = await makeOne(fixture(), `gone-${kind}`);
        await linkAll(fixture(), one);
        const part = one.partWith(kind);
        await removeCreated(fixture(), one, kind);
        const read = await one.readPart(part);
        expect(read).toMatchObject({ facts: [], absenceIsAuthoritative: true });
        expect(read.covers).toContain(part);
        for (const scope of namesIn(fixture().traits.scopes)) {
          const keys = [...(await factsOf(fixture(), scope)).keys()];
          expect(keys).not.toContain(mainKeyOf(part));
          if (kind !== 'member') {
            expect(keys.filter((key) => key.split('#').includes(idOfPart(part)))).toEqual([]);
          }
        }
        if (kind === 'member') return;
        const { structure } = await fixture().open();
        const answers = await structure.lookUp(one.workItems.map(one.lookedUp));
        expect([...answers.keys()].sort()).toEqual([...one.workItems].sort());
        expect(answers.get(part)).toMatchObject({ is: 'absent' });
        for (const other of one.workItems.filter((each) => each !== part)) {
          expect(['present', 'unknown']).toContain(answers.get(other)?.is);
        }
      },
    );

    test('R6: a name that was taken over leads to nothing of its former owner', async () => {
      const { changes } = fixture();
      const old = await changes.addRepository('name-passes');
      await changes.renameRepository(old, 'name-passed');
      const young = await changes.addRepository('name-passes');
      expect(young).not.toBe(old);
      const list = scopeOfKind(fixture().traits.scopes, 'repository');
      for (const scope of [list, repositoryPart(old)]) {
        const fact = (await factsOf(fixture(), scope)).get(`repository#${old}`);
        expect(fact).toMatchObject({ name: 'name-passed', repository: old });
      }
      const fact = (await factsOf(fixture(), repositoryPart(young))).get(`repository#${young}`);
      expect(fact).toMatchObject({ name: 'name-passes', repository: young });
    });
  });
}
