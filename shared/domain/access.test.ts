import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessFactsOf, decideAccess, type Subject, type Via } from './access.ts';
import type {
  CollaboratorFact,
  Fact,
  MemberFact,
  RepositoryFact,
  RoleMemberFact,
  RoleTeamFact,
  TeamFact,
  TeamMemberFact,
  TeamRepositoryFact,
} from './facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeRepositoryId,
  type ForgeRoleId,
  type ForgeTeamId,
} from './ids.ts';

const account = (id: number) => asId<ForgeAccountId>(id);
const team = (id: number) => asId<ForgeTeamId>(id);
const repositoryId = (id: number) => asId<ForgeRepositoryId>(id);

const settings = (membersRead: boolean): Fact => ({
  kind: 'settings',
  basePermission: membersRead ? 'write' : 'none',
  membersRead,
  login: 'acme',
  name: 'Acme',
});
const member = (id: number, role: MemberFact['role'] = 'member'): MemberFact => ({
  kind: 'member',
  account: account(id),
  login: `user-${id}`,
  role,
});
const teamMember = (teamId: number, accountId: number): TeamMemberFact => ({
  kind: 'team-member',
  team: team(teamId),
  account: account(accountId),
  login: `user-${accountId}`,
});
const teamRepository = (teamId: number, repository: number, via = teamId): TeamRepositoryFact => ({
  kind: 'team-repository',
  team: team(teamId),
  repository: repositoryId(repository),
  permission: 'triage',
  via: team(via),
});
const repository = (id: number, visibility: RepositoryFact['visibility'] = 'private'): RepositoryFact => ({
  kind: 'repository',
  repository: repositoryId(id),
  name: `repository-${id}`,
  fullName: `acme/repository-${id}`,
  visibility,
  fork: false,
  archived: false,
  disabled: false,
  defaultBranch: 'main',
  pushedAt: undefined,
});
const collaborator = (repositoryNumber: number, accountId: number): CollaboratorFact => ({
  kind: 'collaborator',
  repository: repositoryId(repositoryNumber),
  account: account(accountId),
  login: `user-${accountId}`,
  permission: 'maintain',
});

const aTeam = (id: number, parent?: number): TeamFact => ({
  kind: 'team',
  team: team(id),
  slug: `team-${id}`,
  name: `Team ${id}`,
  parent: parent === undefined ? undefined : team(parent),
});
const role = { role: asId<ForgeRoleId>(70), name: 'all_repo_read', permission: 'read' };
const roleMember = (accountId: number): RoleMemberFact => ({
  kind: 'role-member',
  ...role,
  account: account(accountId),
  login: `user-${accountId}`,
});
const roleTeam = (teamId: number): RoleTeamFact => ({ kind: 'role-team', ...role, team: team(teamId) });

const viaRole = (through?: number, inheritedFrom?: number): Via => ({
  through: 'role',
  role: 'all_repo_read',
  permission: 'read',
  team: through === undefined ? undefined : team(through),
  inheritedFrom: inheritedFrom === undefined ? undefined : team(inheritedFrom),
});

const now = Date.parse('2026-11-22T12:00:00Z');

const ann: Subject = { kind: 'account', account: account(1) };
const teamSeven: Subject = { kind: 'team', team: team(7) };
const anyone: Subject = { kind: 'anyone' };

const viaTeam: Via = { through: 'team', team: team(7), inheritedFrom: undefined, permission: 'triage' };

interface Rule {
  readonly name: string;
  readonly subject: Subject;
  readonly facts: readonly Fact[];
  /** Through what repository 5 may be read; empty: not at all. */
  readonly via: readonly Via[];
}

const rules: readonly Rule[] = [
  {
    name: 'an owner reads everything',
    subject: ann,
    facts: [repository(5), member(1, 'owner')],
    via: [{ through: 'owner' }],
  },
  {
    name: 'a member reads by the base permission, in the forge’s own word',
    subject: ann,
    facts: [repository(5), member(1), settings(true)],
    via: [{ through: 'base-permission', permission: 'write' }],
  },
  {
    name: 'no base permission gives nothing',
    subject: ann,
    facts: [repository(5), member(1), settings(false)],
    via: [],
  },
  {
    name: 'unknown settings give nothing',
    subject: ann,
    facts: [repository(5), member(1)],
    via: [],
  },
  {
    name: 'the base permission is for members only',
    subject: ann,
    facts: [repository(5), member(2), settings(true)],
    via: [],
  },
  {
    name: 'the base permission says nothing to a team',
    subject: teamSeven,
    facts: [repository(5), member(1), teamMember(7, 1), settings(true)],
    via: [],
  },
  {
    name: 'members read what is internal',
    subject: ann,
    facts: [repository(5, 'internal'), member(1)],
    via: [{ through: 'members' }],
  },
  {
    name: 'people from outside have what their teams and the repository give them',
    subject: ann,
    facts: [repository(5), member(1, 'outside'), teamMember(7, 1), teamRepository(7, 5), collaborator(5, 1)],
    via: [viaTeam, { through: 'collaborator', permission: 'maintain' }],
  },
  {
    name: 'people from outside have nothing that members have',
    subject: ann,
    facts: [
      repository(5, 'internal'),
      member(1, 'outside'),
      settings(true),
      teamMember(7, 1),
      aTeam(7),
      roleMember(1),
      roleTeam(7),
    ],
    via: [],
  },
  {
    name: 'a team’s right counts for the levels that it names',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter' },
      { ...teamRepository(7, 5), readers: ['developer', 'reporter'] },
    ],
    via: [viaTeam],
  },
  {
    name: 'a team’s right does not count for another level, whichever is the higher one',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'planner' },
      { ...teamRepository(7, 5), readers: ['developer', 'reporter'] },
    ],
    via: [],
  },
  {
    name: 'of two places in a team, the one that ends leaves the other',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'maintainer', expiresAt: now },
      { ...teamMember(7, 1), level: 'reporter', via: team(3) },
      { ...teamRepository(7, 5), readers: ['reporter'] },
    ],
    via: [viaTeam],
  },
  {
    name: 'of two places in a team, each counts, in whatever order',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter', via: team(3) },
      { ...teamMember(7, 1), level: 'guest' },
      { ...teamRepository(7, 5), readers: ['reporter'] },
    ],
    via: [viaTeam],
  },
  {
    name: 'of two ways to a repository, the one whose cap admits the level counts',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter' },
      { ...teamRepository(7, 5), readers: ['developer'], keyedByVia: true },
      { ...teamRepository(7, 5, 3), permission: 'triage', readers: ['reporter'], keyedByVia: true },
    ],
    via: [{ through: 'team', team: team(7), inheritedFrom: team(3), permission: 'triage' }],
  },
  {
    name: 'a team’s right that names levels does not count for an unknown one',
    subject: ann,
    facts: [repository(5), member(1), teamMember(7, 1), { ...teamRepository(7, 5), readers: ['reporter'] }],
    via: [],
  },
  {
    name: 'a token of the team itself reads through rights that name levels',
    subject: teamSeven,
    facts: [repository(5), { ...teamRepository(7, 5), readers: ['reporter'] }],
    via: [viaTeam],
  },
  {
    name: 'rows count until they end',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), expiresAt: now + 1 },
      { ...teamRepository(7, 5), expiresAt: now + 1 },
      { ...collaborator(5, 1), expiresAt: now + 1 },
    ],
    via: [viaTeam, { through: 'collaborator', permission: 'maintain' }],
  },
  {
    name: 'a place in a team ends',
    subject: ann,
    facts: [repository(5), member(1), { ...teamMember(7, 1), expiresAt: now }, teamRepository(7, 5)],
    via: [],
  },
  {
    name: 'the right of a team ends, and that of somebody on the repository',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      teamMember(7, 1),
      { ...teamRepository(7, 5), expiresAt: now },
      { ...collaborator(5, 1), expiresAt: now - 1 },
    ],
    via: [],
  },
  {
    name: 'outside collaborators do not read what is internal',
    subject: ann,
    facts: [repository(5, 'internal'), repository(6), collaborator(6, 1)],
    via: [],
  },
  {
    name: 'everyone reads what is public',
    subject: anyone,
    facts: [repository(5, 'public')],
    via: [{ through: 'everyone' }],
  },
  {
    name: 'a stranger reads what is public',
    subject: ann,
    facts: [repository(5, 'public'), settings(true)],
    via: [{ through: 'everyone' }],
  },
  {
    name: 'anyone reads nothing internal or private',
    subject: anyone,
    facts: [repository(5, 'internal'), settings(true), teamRepository(7, 5), collaborator(5, 1)],
    via: [],
  },
  {
    name: 'a team row counts for active members of the team',
    subject: ann,
    facts: [repository(5), member(1), teamMember(7, 1), teamRepository(7, 5)],
    via: [viaTeam],
  },
  {
    name: 'a team row does not count for who is no member of the organization (any more)',
    subject: ann,
    facts: [repository(5), teamMember(7, 1), teamRepository(7, 5)],
    via: [],
  },
  {
    name: 'a team row does not count for members of other teams',
    subject: ann,
    facts: [repository(5), member(1), teamMember(8, 1), teamRepository(7, 5)],
    via: [],
  },
  {
    name: 'an inherited right names the team that it was given to',
    subject: ann,
    facts: [repository(5), member(1), teamMember(7, 1), teamRepository(7, 5, 3)],
    via: [{ through: 'team', team: team(7), inheritedFrom: team(3), permission: 'triage' }],
  },
  {
    name: 'a team reads by its own rows',
    subject: teamSeven,
    facts: [repository(5), teamRepository(7, 5), teamRepository(8, 5)],
    via: [viaTeam],
  },
  {
    name: 'an outside collaborator reads what names him',
    subject: ann,
    facts: [repository(5), collaborator(5, 1)],
    via: [{ through: 'collaborator', permission: 'maintain' }],
  },
  {
    name: 'whoever holds a role on everything reads everything',
    subject: ann,
    facts: [repository(5), member(1), roleMember(1)],
    via: [viaRole()],
  },
  {
    name: 'a role is for its holder only',
    subject: ann,
    facts: [repository(5), member(1), roleMember(2), aTeam(7), roleTeam(7), aTeam(8), teamMember(8, 1)],
    via: [],
  },
  {
    name: 'a role does not count for who is no member of the organization (any more)',
    subject: ann,
    facts: [repository(5), roleMember(1), aTeam(7), teamMember(7, 1), roleTeam(7)],
    via: [],
  },
  {
    name: 'a role on everything does not open what is disabled',
    subject: ann,
    facts: [{ ...repository(5), disabled: true }, member(1), roleMember(1)],
    via: [],
  },
  {
    name: 'the role of a team counts for its members',
    subject: ann,
    facts: [repository(5), member(1), aTeam(7), teamMember(7, 1), roleTeam(7)],
    via: [viaRole(7)],
  },
  {
    name: 'the role of a team counts for the teams below it, at any depth',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      aTeam(9),
      aTeam(8, 9),
      aTeam(7, 8),
      teamMember(7, 1),
      roleTeam(9),
      // Not upwards.
      aTeam(6, 7),
      roleTeam(6),
    ],
    via: [viaRole(7, 9)],
  },
  {
    name: 'the role of a team that is not there any more counts for nobody',
    subject: ann,
    facts: [repository(5), member(1), aTeam(7, 9), teamMember(7, 1), roleTeam(9)],
    via: [],
  },
  {
    name: 'teams that are their own ancestors for a moment have the roles of each',
    subject: ann,
    facts: [repository(5), member(1), aTeam(7, 8), aTeam(8, 7), teamMember(7, 1), roleTeam(8)],
    via: [viaRole(7, 8)],
  },
  {
    name: 'a team reads by its own role, and by that of the team above it',
    subject: teamSeven,
    facts: [repository(5), aTeam(7, 8), aTeam(8), roleTeam(7), roleTeam(8), roleMember(1)],
    via: [viaRole(7), viaRole(7, 8)],
  },
  {
    name: 'a collaborator row is for its account only',
    subject: ann,
    facts: [repository(5), collaborator(5, 2), collaborator(6, 1)],
    via: [],
  },
  {
    name: 'nobody reads a repository that is not known',
    subject: ann,
    facts: [
      repository(6),
      member(1, 'owner'),
      settings(true),
      teamMember(7, 1),
      teamRepository(7, 5),
      collaborator(5, 1),
    ],
    via: [],
  },
  {
    name: 'a membership that has ended gives nothing, nor does what hangs on it',
    subject: ann,
    facts: [
      repository(5, 'internal'),
      { ...member(1, 'owner'), expiresAt: now },
      settings(true),
      teamMember(7, 1),
      teamRepository(7, 5),
    ],
    via: [],
  },
  {
    name: 'a membership gives what it gives until its end',
    subject: ann,
    facts: [repository(5), { ...member(1, 'owner'), expiresAt: now + 1 }],
    via: [{ through: 'owner' }],
  },
  {
    name: 'every grant is named',
    subject: ann,
    facts: [
      repository(5, 'internal'),
      member(1, 'owner'),
      settings(true),
      teamMember(7, 1),
      teamRepository(7, 5),
      collaborator(5, 1),
    ],
    via: [
      { through: 'owner' },
      { through: 'base-permission', permission: 'write' },
      { through: 'members' },
      viaTeam,
      { through: 'collaborator', permission: 'maintain' },
    ],
  },
];

describe('who may read a repository', () => {
  it.each(rules)('$name', ({ subject, facts, via }) => {
    expect(decideAccess(subject, accessFactsOf(facts), now).get(repositoryId(5)) ?? []).toEqual(via);
  });
});

const number = fc.integer({ min: 1, max: 3 });
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.boolean().map(settings),
  fc
    .tuple(number, fc.constantFrom<MemberFact['role']>('owner', 'member', 'outside'))
    .map((row) => member(...row)),
  fc.tuple(number, number).map((row) => teamMember(...row)),
  fc.tuple(number, number, number).map((row) => teamRepository(...row)),
  fc
    .tuple(number, fc.constantFrom<RepositoryFact['visibility']>('public', 'internal', 'private'))
    .map((row) => repository(...row)),
  fc.tuple(number, number).map((row) => collaborator(...row)),
  fc.tuple(number, fc.option(number, { nil: undefined })).map((row) => aTeam(...row)),
  number.map(roleMember),
  number.map(roleTeam),
);
/** As the store has them: one fact to a key. */
const someFacts = fc.uniqueArray(anyFact, {
  maxLength: 25,
  selector: (fact) =>
    ['kind', 'account', 'team', 'repository']
      .map((name) => String(new Map<string, unknown>(Object.entries(fact)).get(name)))
      .join(),
});
const someSubject: fc.Arbitrary<Subject> = fc.oneof(
  number.map((id): Subject => ({ kind: 'account', account: account(id) })),
  number.map((id): Subject => ({ kind: 'team', team: team(id) })),
  fc.constant(anyone),
);

describe('any set of facts', () => {
  it('grants no more when a fact is missing, whichever it is', () => {
    fc.assert(
      fc.property(someFacts, someSubject, fc.nat(), (facts, subject, place) => {
        const without = facts.filter((_, index) => index !== place % Math.max(1, facts.length));
        const all = decideAccess(subject, accessFactsOf(facts), now);
        for (const [id, grants] of decideAccess(subject, accessFactsOf(without), now)) {
          expect(all.get(id)).toEqual(expect.arrayContaining([...grants]));
        }
      }),
    );
  });

  it('decides the same whatever order the facts come in', () => {
    fc.assert(
      fc.property(someFacts, someSubject, (facts, subject) => {
        const ids = (list: readonly Fact[]) =>
          [...decideAccess(subject, accessFactsOf(list), now).keys()].sort();
        expect(ids([...facts].reverse())).toEqual(ids(facts));
      }),
    );
  });

  it('gives everybody at least what it gives anyone', () => {
    fc.assert(
      fc.property(someFacts, someSubject, (facts, subject) => {
        const readable = decideAccess(subject, accessFactsOf(facts), now);
        for (const id of decideAccess(anyone, accessFactsOf(facts), now).keys()) {
          expect(readable.has(id)).toBe(true);
        }
      }),
    );
  });
});
