/** The pure decision, with what was loaded and confirmed as data. */
import { describe, expect, it } from 'vitest';
import { aFact, stored } from '../../../test/support/memory-forge.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import { defaultCaution } from '../../domain/synchronization.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import { gitHubTraits } from '../../forge/github/traits.ts';
import { parseScope } from '../../store/scope-store.ts';
import { type DecisionInput, decide } from './decide.ts';
import type { Known } from './load.ts';
import { nothingMissing } from './missing.ts';
import type { References } from './orphans.ts';

const startedAt = 10 * 24 * 3600_000;
const dayMs = 24 * 3600_000;
const keysOf = (changes: readonly { readonly fact: Fact }[]) => changes.map(({ fact }) => factKey(fact));
const members = (count: number) => Array.from({ length: count }, (_, place) => aFact.member(place + 1));
const keySet = (facts: readonly Fact[]) => new Set(facts.map(factKey));

interface Given {
  readonly before: readonly Fact[];
  readonly after: readonly Fact[];
  readonly scope?: AnyScope;
  readonly read?: Partial<ScopeRead>;
  readonly known?: Partial<Known>;
  readonly held?: Partial<Known['held']>;
}

/** The input of the decision: nothing was reported, confirmed or held before unless the case says so. */
function decided(
  { before, after, scope = 'members', read, known, held }: Given,
  more: Partial<DecisionInput> = {},
) {
  const none: ReadonlySet<string> = new Set();
  return decide({
    traits: gitHubTraits,
    scope,
    reading: {
      read: { facts: after, covers: [], absenceIsAuthoritative: false, followUps: [], ...read },
      observedAt: 5,
      startedAt,
    },
    reports: { expectations: [], claims: [] },
    known: {
      states: new Map(),
      stored: { facts: before.map((fact) => stored(fact)), removed: new Map() },
      putBack: none,
      held: { allowed: none, refused: none, waiting: none, ...held },
      ...known,
    },
    confirmed: { absent: new Map(), present: new Map(), seenAgain: none },
    missing: nothingMissing,
    caution: defaultCaution,
    gone: none,
    now: startedAt,
    ...more,
  });
}

describe('what is merely missing', () => {
  const before = members(20);
  const missing = before.slice(10);

  it('is removed if it is little, and held if it is much', () => {
    expect(keysOf(decided({ before, after: members(18) }).changes)).toEqual(['member#19', 'member#20']);
    const planned = decided({ before, after: [...members(10), aFact.member(99)] });
    expect(keysOf(planned.changes)).toEqual(['member#99']);
    expect(keysOf(planned.held)).toEqual(keysOf(missing.map((fact) => ({ fact }))));
  });

  it('is counted together with what was removed within a day', () => {
    const removed = new Map(
      members(30)
        .slice(20)
        .map((fact) => [factKey(fact), { observedAt: 4, changedAt: startedAt - dayMs + 1, missed: fact }]),
    );
    const known = { stored: { facts: before.map((fact) => stored(fact)), removed } };
    expect(decided({ before, after: members(18), known }).held).toHaveLength(2);
  });

  it('is removed if an owner allowed it, and stays if an owner refused', () => {
    const after = members(10);
    expect(decided({ before, after, held: { allowed: keySet(missing) } }).held).toEqual([]);
    const refused = keySet([aFact.member(20)]);
    expect(keysOf(decided({ before, after: members(19), held: { refused } }).held)).toEqual(['member#20']);
  });

  it('stays if the forge shows it when asked again', () => {
    const teams = [aFact.team(5), aFact.teamMember(5, 1), aFact.teamMember(6, 1)];
    const confirmed = {
      absent: new Map(),
      present: new Map([['team:5', 'T_5']] as const),
      seenAgain: new Set(['team-member#1#6']),
    };
    const planned = decided({ before: teams, after: [], scope: 'teams' }, { confirmed });
    expect(planned).toMatchObject({ changes: [], held: [], overlooked: confirmed.present });
  });
});

it('what is added or changed is applied, although a list with something missing was read a second time', () => {
  const before = [aFact.repository(5, { visibility: 'public' }), aFact.repository(6)];
  const after = [aFact.repository(5), aFact.repository(6), aFact.repository(7)];
  const confirmed = { absent: new Map(), present: new Map(), seenAgain: keySet(after) };
  const { changes } = decided({ before, after, scope: 'repositories' }, { confirmed });
  expect(keysOf(changes)).toEqual(['repository#5', 'repository#7']);
});

describe('what the forge hides', () => {
  const before = [aFact.roleMember(70, 1)];
  const hidden = (since: number, held?: Given['held']) =>
    decided({
      before,
      after: [],
      scope: 'roles',
      read: { hiddenReason: 'no permission' },
      known: { states: new Map([['roles', parseScope({ notShown: { why: 'no permission', since } })]]) },
      ...(held === undefined ? {} : { held }),
    });
  const week = defaultCaution.suspendAfterDays * dayMs;

  it('is held, however little, until access would be suspended for lack of an answer', () => {
    expect(hidden(startedAt - week + 1)).toMatchObject({ changes: [], held: [{ fact: before[0] }] });
    expect(hidden(startedAt - week)).toMatchObject({ changes: [{ fact: before[0] }], held: [] });
  });

  it('is held for ever after a no', () => {
    expect(hidden(0, { refused: keySet(before) })).toMatchObject({ changes: [], held: [{}] });
  });
});

describe('held rows', () => {
  const rows = Array.from({ length: 10 }, (_, place) => aFact.teamRepository(5, place + 1));
  const scope = 'teams';
  const team = aFact.team(5);
  const standing = (isRemoved: boolean): References => ({
    standing: new Map(
      rows.map((_, place) => [`repository#${place + 1}`, { isRemoved, observedAt: 4, givenAt: 1 }]),
    ),
    parents: new Map(),
  });
  const planned = (more: Partial<DecisionInput>, given: Partial<Given> = {}) =>
    decided({ before: [team, ...rows], after: [team], scope, ...given }, more);
  const askedFor = {
    known: { states: new Map([['repositories', parseScope({ wanted: 2, done: 1 })]] as const) },
  };

  it('are all held while nothing is known of their parents', () => {
    expect(planned({}, askedFor)).toMatchObject({ held: { length: 10 }, deferred: [] });
  });

  it('are removed if the parent is gone, or is removed by another plan of the run', () => {
    expect(planned({ references: standing(true) })).toMatchObject({ changes: { length: 10 }, held: [] });
    const gone = new Set(['repository#3']);
    expect(keysOf(planned({ references: standing(false), gone }).changes)).toEqual(['team-repository#5#3']);
  });

  it('are deferred while the parent is queued, unless they already wait for an owner', () => {
    const references = standing(false);
    const until = startedAt + 60_000;
    const early = planned({ references }, askedFor);
    expect(early.held).toEqual([]);
    expect(early.deferred).toEqual(rows.map((fact) => ({ key: factKey(fact), until })));
    const waiting = keySet(rows);
    expect(planned({ references }, { ...askedFor, held: { waiting } })).toMatchObject({
      held: { length: 10 },
      deferred: [],
    });
  });

  it('are removed with the parent that they were inherited from', () => {
    const inherited = rows.map((row) => ({ ...row, via: aFact.team(9).team }) as Fact);
    const parents = (parent: number | undefined) => ({
      ...standing(false),
      parents: new Map([[team.team, parent === undefined ? undefined : aFact.team(parent).team]]),
    });
    const before = [team, ...inherited];
    expect(planned({ references: parents(9) }, { before }).held).toHaveLength(10);
    expect(planned({ references: parents(undefined) }, { before }).held).toEqual([]);
  });

  it('are held where another team than one above gives them, such as one that was invited', () => {
    const { team: other } = aFact.team(9);
    const inherited = rows.map((row) => ({ ...row, via: other, keyedByVia: true }) as Fact);
    const references = { ...standing(false), parents: new Map() };
    expect(planned({ references }, { before: [team, ...inherited] }).held).toHaveLength(10);
  });
});
