import { describe, expect, it } from 'vitest';
import { accessFactsOf, decideAccess, type Subject, type Via } from './access.ts';
import type { Fact } from './facts.ts';
import {
  ann,
  anyone,
  aTeam,
  collaborator,
  member,
  now,
  repository,
  repositoryId,
  roleMember,
  roleTeam,
  settings,
  team,
  teamMember,
  teamRepository,
  teamSeven,
  viaRole,
  viaTeam,
} from './test-access-facts.ts';

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
