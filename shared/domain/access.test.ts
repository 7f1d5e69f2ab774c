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

const viaReporter = { ...viaTeam, levels: ['reporter'] } as Via;

interface Rule {
  readonly name: string;
  readonly subject: Subject;
  readonly facts: readonly Fact[];
  /** The grants by which repository 5 may be read; empty if none. */
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
    name: 'an owner who reads by teams reads nothing without them',
    subject: ann,
    facts: [repository(5), { ...member(1, 'owner'), readsByTeams: true }],
    via: [],
  },
  {
    name: 'a member reads by the base permission, which has the forge’s own name',
    subject: ann,
    facts: [repository(5), member(1), settings(true)],
    via: [{ through: 'base-permission', permission: 'write' }],
  },
  {
    name: 'no base permission grants nothing',
    subject: ann,
    facts: [repository(5), member(1), settings(false)],
    via: [],
  },
  {
    name: 'unknown settings grant nothing',
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
    name: 'the base permission does not apply to a team',
    subject: teamSeven,
    facts: [repository(5), member(1), teamMember(7, 1), settings(true)],
    via: [],
  },
  {
    name: 'members read internal repositories',
    subject: ann,
    facts: [repository(5, 'internal'), member(1)],
    via: [{ through: 'members' }],
  },
  {
    name: 'outside accounts read through their teams and direct grants',
    subject: ann,
    facts: [repository(5), member(1, 'outside'), teamMember(7, 1), teamRepository(7, 5), collaborator(5, 1)],
    via: [viaTeam, { through: 'collaborator', permission: 'maintain' }],
  },
  {
    name: 'outside accounts have none of the members’ rights',
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
    name: 'a team’s right applies to the levels that it names',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter' },
      { ...teamRepository(7, 5), readers: ['developer', 'reporter'] },
    ],
    via: [viaReporter],
  },
  {
    name: 'a team’s right does not apply to other levels, higher or lower',
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
    name: 'when one of two memberships in a team expires, the other still counts',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'maintainer', expiresAt: now },
      { ...teamMember(7, 1), level: 'reporter', via: team(3) },
      { ...teamRepository(7, 5), readers: ['reporter'] },
    ],
    via: [viaReporter],
  },
  {
    name: 'each of two memberships in a team counts, in any order',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter', via: team(3) },
      { ...teamMember(7, 1), level: 'guest' },
      { ...teamRepository(7, 5), readers: ['reporter'] },
    ],
    via: [viaReporter],
  },
  {
    name: 'of two ways to a repository, the one whose limit includes the level counts',
    subject: ann,
    facts: [
      repository(5),
      member(1),
      { ...teamMember(7, 1), level: 'reporter' },
      { ...teamRepository(7, 5), readers: ['developer'], keyedByVia: true },
      { ...teamRepository(7, 5, 3), permission: 'triage', readers: ['reporter'], keyedByVia: true },
    ],
    via: [
      { through: 'team', team: team(7), inheritedFrom: team(3), permission: 'triage', levels: ['reporter'] },
    ],
  },
  {
    name: 'a team’s right that names levels does not apply to an unknown one',
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
    name: 'rows count until they expire',
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
    name: 'a membership in a team expires',
    subject: ann,
    facts: [repository(5), member(1), { ...teamMember(7, 1), expiresAt: now }, teamRepository(7, 5)],
    via: [],
  },
  {
    name: 'a team’s right and a direct grant expire',
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
    name: 'outside collaborators do not read internal repositories',
    subject: ann,
    facts: [repository(5, 'internal'), repository(6), collaborator(6, 1)],
    via: [],
  },
  {
    name: 'everybody reads public repositories',
    subject: anyone,
    facts: [repository(5, 'public')],
    via: [{ through: 'everyone' }],
  },
  {
    name: 'an unknown account reads public repositories',
    subject: ann,
    facts: [repository(5, 'public'), settings(true)],
    via: [{ through: 'everyone' }],
  },
  {
    name: 'anyone without an account reads nothing internal or private',
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
    name: 'a team row does not count for an account that is not (or no longer) a member of the organization',
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
    name: 'an outside collaborator reads through a direct grant',
    subject: ann,
    facts: [repository(5), collaborator(5, 1)],
    via: [{ through: 'collaborator', permission: 'maintain' }],
  },
  {
    name: 'the holder of a role on all repositories reads all',
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
    name: 'a role does not count for an account that is not (or no longer) a member of the organization',
    subject: ann,
    facts: [repository(5), roleMember(1), aTeam(7), teamMember(7, 1), roleTeam(7)],
    via: [],
  },
  {
    name: 'a role on all repositories does not include disabled ones',
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
      // Roles are not inherited upwards.
      aTeam(6, 7),
      roleTeam(6),
    ],
    via: [viaRole(7, 9)],
  },
  {
    name: 'the role of a team that does not exist any more counts for nobody',
    subject: ann,
    facts: [repository(5), member(1), aTeam(7, 9), teamMember(7, 1), roleTeam(9)],
    via: [],
  },
  {
    name: 'teams that are each other’s ancestors for a moment share their roles',
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
    name: 'nobody reads an unknown repository',
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
    name: 'an expired membership grants nothing, and neither do its rows',
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
    name: 'a membership counts until it expires',
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
