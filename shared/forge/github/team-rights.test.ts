import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asId } from '../../domain/ids.ts';
import { isStronger } from './roles.ts';
import type { Permission } from './schema.ts';
import { teamFacts, type WholeTeam } from './team-rights.ts';

interface Plan {
  readonly id: number;
  readonly parent?: number;
  readonly members?: readonly number[];
  readonly rights?: Readonly<Record<number, Permission>>;
}

function team({ id, parent, members = [], rights = {} }: Plan): WholeTeam {
  return {
    databaseId: asId(id),
    id: `T_${id}`,
    slug: `team-${id}`,
    privacy: 'VISIBLE',
    name: `Team ${id}`,
    parentTeam: parent === undefined ? null : { databaseId: asId(parent) },
    members: members.map((member) => ({ node: { databaseId: asId(member), login: `user-${member}` } })),
    repositories: Object.entries(rights).map(([repository, permission]) => ({
      permission,
      node: { databaseId: asId(repository) },
    })),
  };
}

function rows(plans: readonly Plan[]): string[] {
  const rows: string[] = [];
  for (const fact of teamFacts(plans.map(team))) {
    if (fact.kind === 'team-member') {
      rows.push(`${fact.account} in ${fact.team}`);
    } else if (fact.kind === 'team-repository') {
      rows.push(`${fact.team} ${fact.permission} ${fact.repository} via ${fact.via}`);
    }
  }
  return rows;
}

describe('R13: nested teams', () => {
  test('a grandchild has the rights of all teams above, but its members only itself', () => {
    const plans = [
      { id: 3, parent: 2, members: [9] },
      { id: 1, rights: { 7: 'READ' } },
      { id: 2, parent: 1, rights: { 8: 'ADMIN' } },
    ] as const;
    expect(rows(plans).sort()).toEqual([
      '1 READ 7 via 1',
      '2 ADMIN 8 via 2',
      '2 READ 7 via 1',
      '3 ADMIN 8 via 2',
      '3 READ 7 via 1',
      '9 in 3',
    ]);
  });

  test("a team's own right counts if it is stronger than the inherited one", () => {
    const plans = [
      { id: 1, rights: { 7: 'TRIAGE', 8: 'WRITE' } },
      { id: 2, parent: 1, rights: { 7: 'MAINTAIN', 8: 'READ' } },
    ] as const;
    expect(rows(plans)).toEqual([
      '1 TRIAGE 7 via 1',
      '1 WRITE 8 via 1',
      '2 MAINTAIN 7 via 2',
      '2 WRITE 8 via 1',
    ]);
  });

  test('keep the names for display', () => {
    expect(teamFacts([team({ id: 1 }), team({ id: 2, parent: 1 })])).toEqual([
      {
        kind: 'team',
        team: '1',
        slug: 'team-1',
        name: 'Team 1',
        parent: undefined,
        privacy: 'VISIBLE',
        handle: 'T_1',
      },
      {
        kind: 'team',
        team: '2',
        slug: 'team-2',
        name: 'Team 2',
        parent: '1',
        privacy: 'VISIBLE',
        handle: 'T_2',
      },
    ]);
  });

  test.each([
    ['a parent that is not there', [{ id: 2, parent: 1 }]],
    ['a team above itself', [{ id: 1, parent: 1 }]],
    [
      'a circle',
      [
        { id: 1, parent: 3 },
        { id: 2, parent: 1 },
        { id: 3, parent: 2 },
      ],
    ],
  ])('%s makes the scope incomplete', (_, plans) => {
    expect(() => rows(plans)).toThrow(expect.objectContaining({ code: 'incomplete' }));
  });

  test("give the same rows whether or not GitHub's lists include inherited repositories", async () => {
    const permission = fc.constantFrom<Permission>('READ', 'TRIAGE', 'WRITE', 'MAINTAIN', 'ADMIN');
    const forest = fc
      .array(
        fc.record({
          above: fc.option(fc.nat(), { nil: undefined }),
          rights: fc.dictionary(fc.constantFrom('101', '102', '103'), permission),
        }),
        { maxLength: 8 },
      )
      .map((drawn) =>
        drawn.map(({ above, rights }, place): Plan => {
          const parent = above === undefined || place === 0 ? {} : { parent: (above % place) + 1 };
          return { id: place + 1, rights, ...parent };
        }),
      );
    await fc.assert(
      fc.property(forest, (own) => {
        expect(rows(own.map((plan) => ({ ...plan, rights: withInherited(plan, own) })))).toEqual(rows(own));
      }),
    );
  });
});

/** The list as it would be if GitHub included inherited repositories: with the strongest right of all ancestors. */
function withInherited(plan: Plan, all: readonly Plan[]): Record<number, Permission> {
  const rights: Record<number, Permission> = {};
  for (let at: Plan | undefined = plan; at; at = all.find((other) => other.id === at?.parent)) {
    for (const [repository, permission] of Object.entries(at.rights ?? {})) {
      const before = rights[Number(repository)];
      if (before === undefined || isStronger(permission, before)) {
        rights[Number(repository)] = permission;
      }
    }
  }
  return rights;
}
