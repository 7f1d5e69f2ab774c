/** The facts of small generated worlds grant exactly what GitLab's own query of authorizations, written out plainly, would. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessFactsOf, decideAccess } from '../../domain/access.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';
import { memberLevels, parseVersion, readingLevels } from './levels.ts';
import { type Group, type Link, type Membership, type Project, unended } from './organization.ts';
import {
  collaboratorFacts,
  memberFacts,
  type Rules,
  repositoryFact,
  teamFacts,
  teamRepositoryFacts,
} from './sharing.ts';

const now = Date.parse('2026-11-28T00:00:00Z');
const top = asId<ForgeTeamId>(1);
const groupId = (place: number) => asId<ForgeTeamId>(place + 1);
/** The first four are the organization's. The others are invited: 5 and, below it, 6. */
const groupCount = 6;
const ours = 4;
const accounts = [1, 2, 3].map((id) => asId<ForgeAccountId>(100 + id));

interface World {
  readonly groups: readonly Group[];
  readonly members: ReadonlyMap<ForgeTeamId, readonly Membership[]>;
  readonly projects: readonly { readonly project: Project; readonly members: readonly Membership[] }[];
  readonly rules: Rules;
}

const level = fc.constantFrom(5, 10, 15, 20, 25, 30, 40, 50);
const end = fc.constantFrom(undefined, undefined, undefined, now - 1, now + 1);
const memberships = fc
  .array(fc.record({ account: fc.constantFrom(...accounts), level, expiresAt: end }), { maxLength: 2 })
  .map((list) => [
    ...new Map(list.map((one) => [one.account, { ...one, login: `u${one.account}` }])).values(),
  ]);
const links = fc
  .array(fc.record({ group: fc.nat(groupCount - 1).map(groupId), level, expiresAt: end }), { maxLength: 2 })
  .map((list) => [...new Map(list.map((one) => [one.group, one])).values()]);

const worlds: fc.Arbitrary<World> = fc
  .record({
    parents: fc.tuple(fc.nat(0), fc.nat(1), fc.nat(2)),
    links: fc.array(links, { minLength: groupCount, maxLength: groupCount }),
    locks: fc.array(fc.boolean(), { minLength: groupCount, maxLength: groupCount }),
    members: fc.array(memberships, { minLength: groupCount, maxLength: groupCount }),
    projects: fc.array(
      fc.record({
        group: fc.nat(ours - 1).map(groupId),
        visibility: fc.constantFrom('private', 'private', 'internal', 'public'),
        codeAccess: fc.constantFrom('enabled', 'enabled', 'private', 'disabled'),
        links,
        members: memberships,
      }),
      { minLength: 1, maxLength: 3 },
    ),
    version: fc.constantFrom('17.7.0', '18.0.0', '19.5.0'),
    hasExternalUsers: fc.boolean(),
  })
  .map(({ parents, links: linksOf, locks, members, projects, version, hasExternalUsers }) => ({
    groups: Array.from({ length: groupCount }, (_, place) => ({
      id: groupId(place),
      path: `g${place}`,
      name: `G${place}`,
      parent:
        place > 0 && place < ours ? groupId(parents[place - 1] ?? 0) : place === 5 ? groupId(4) : undefined,
      locksProjectSharing: locks[place] === true,
      links: (linksOf[place] ?? []).filter(({ group }) => group !== groupId(place)),
    })),
    members: new Map(members.map((list, place) => [groupId(place), list])),
    projects: projects.map(({ members: direct, ...project }, place) => ({
      members: direct,
      project: {
        ...project,
        id: asId<ForgeRepositoryId>(900 + place),
        name: `p${place}`,
        fullName: `g/p${place}`,
        fork: false,
        archived: false,
        isPendingDeletion: false,
        defaultBranch: 'main',
        createdAt: '2026-01-01T00:00:00Z',
        lastPushUntil: '2026-01-01T00:00:00Z',
      } as Project,
    })),
    rules: { version: parseVersion(version), hasExternalUsers, viewersInstall: false },
  }));

/** As it is read: without what has ended. */
function asRead({ groups, members, projects, rules }: World): World {
  return {
    groups: groups.map((group) => ({ ...group, links: unended(group.links, now) })),
    members: new Map([...members].map(([id, list]) => [id, unended(list, now)])),
    projects: projects.map(({ project, members: direct }) => ({
      project: { ...project, links: unended(project.links, now) },
      members: unended(direct, now),
    })),
    rules,
  };
}

function factsOf({ groups, members, projects, rules }: World): readonly Fact[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  return [
    ...memberFacts(top, byId, members),
    ...groups.flatMap((group) => teamFacts(group, members)),
    ...projects.flatMap(({ project, members: direct }) => [
      repositoryFact(project, rules),
      ...teamRepositoryFacts(project, byId, rules),
      ...collaboratorFacts(project, direct, rules),
    ]),
  ];
}

const isOn = ({ expiresAt }: { readonly expiresAt?: number | undefined }): boolean =>
  expiresAt === undefined || expiresAt > now;

/** The levels by which an account is in groups, as the recursive query collects them: each group with all that it inherits. */
function levelsInGroups(
  { groups, members }: World,
  account: ForgeAccountId,
): ReadonlyMap<ForgeTeamId, number> {
  const direct = (group: ForgeTeamId): number =>
    Math.max(
      0,
      ...(members.get(group) ?? [])
        .filter((one) => one.account === account && one.level > 5 && isOn(one))
        .map((one) => one.level),
    );
  const shared = ({ links: invited }: Group): number =>
    Math.max(
      0,
      ...invited
        .filter((link) => link.level > 5 && isOn(link))
        .map((link) => Math.min(direct(link.group), link.level)),
    );
  const levels = new Map<ForgeTeamId, number>();
  // A parent has a lower number than its subgroups.
  for (const group of groups) {
    const above = group.parent === undefined ? 0 : (levels.get(group.parent) ?? 0);
    levels.set(group.id, Math.max(direct(group.id), shared(group), above));
  }
  return levels;
}

function mayRead(world: World, account: ForgeAccountId, place: number): boolean {
  const found = world.projects[place];
  if (found === undefined || found.project.codeAccess === 'disabled') return false;
  const { project, members } = found;
  const groups = levelsInGroups(world, account);
  const isLocked = world.groups.find(({ id }) => id === project.group)?.locksProjectSharing;
  const invited = isLocked ? [] : project.links.filter((link: Link) => link.level > 5 && isOn(link));
  const effective = Math.max(
    groups.get(project.group) ?? 0,
    ...members.filter((one) => one.account === account && isOn(one)).map((one) => one.level),
    ...invited.map((link) => Math.min(groups.get(link.group) ?? 0, link.level)),
  );
  const { version, hasExternalUsers } = world.rules;
  const isPublic = project.visibility === 'public';
  if (!isPublic && (project.visibility === 'private' || hasExternalUsers)) {
    return readingLevels(version).has(effective);
  }
  const isShown = project.codeAccess === 'enabled' && (isPublic || (groups.get(top) ?? 0) >= 10);
  return isShown || memberLevels.has(effective);
}

test('R13, R15, R16: who reads what is what GitLab calculates', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const facts = factsOf(asRead(world));
      expect(new Set(facts.map(factKey)).size).toBe(facts.length);
      const access = accessFactsOf(facts);
      for (const account of accounts) {
        const readable = decideAccess({ kind: 'account', account }, access, now);
        for (const [place, { project }] of world.projects.entries()) {
          expect([account, project.id, readable.has(project.id)]).toEqual([
            account,
            project.id,
            mayRead(world, account, place),
          ]);
        }
      }
    }),
    { numRuns: 600 },
  );
});

const member = (id: number, atLevel: number, expiresAt?: number): Membership => ({
  account: asId(id),
  login: `u${id}`,
  level: atLevel,
  expiresAt,
});
const group = (id: number, more: Partial<Group> = {}): Group => ({
  id: asId(id),
  path: `g${id}`,
  name: `G${id}`,
  parent: undefined,
  locksProjectSharing: false,
  links: [],
  ...more,
});

describe('members', () => {
  const groups = new Map([
    [top, group(1, { links: [{ group: asId(9), level: 50, expiresAt: now + 5 }] })],
    [groupId(1), group(2, { parent: top })],
  ]);

  test('are whoever is in the top-level group; its owners are owners, and others are outside', () => {
    const members = new Map([
      [top, [member(1, 50), member(2, 10), member(3, 5), member(4, 35)]],
      [groupId(1), [member(2, 50), member(5, 30, now + 1)]],
      [asId<ForgeTeamId>(9), [member(6, 50), member(1, 50, now + 2)]],
    ]);
    expect(memberFacts(top, groups, members)).toEqual([
      { kind: 'member', account: '1', login: 'u1', role: 'owner', forgeRole: 'Owner', readsByTeams: true },
      { kind: 'member', account: '2', login: 'u2', role: 'member', forgeRole: 'Guest' },
      { kind: 'member', account: '4', login: 'u4', role: 'outside' },
      {
        kind: 'member',
        account: '6',
        login: 'u6',
        role: 'owner',
        forgeRole: 'Owner',
        readsByTeams: true,
        expiresAt: now + 5,
      },
      { kind: 'member', account: '5', login: 'u5', role: 'outside', expiresAt: now + 1 },
    ]);
  });

  test('have a row for each way into a team, each with its own level and end', () => {
    const members = new Map([
      [top, [member(1, 20)]],
      [asId<ForgeTeamId>(9), [member(1, 50, now + 2)]],
    ]);
    expect(teamFacts(groups.get(top) ?? group(1), members).slice(1)).toEqual([
      { kind: 'team-member', team: '1', account: '1', login: 'u1', level: 'Reporter' },
      {
        kind: 'team-member',
        team: '1',
        account: '1',
        login: 'u1',
        level: 'Owner',
        via: '9',
        expiresAt: now + 2,
      },
    ]);
  });
});

test.each([
  [45, 30],
  [30, 45],
])(
  'a member of level %s through a link of level %s has the unknown one of both, which grants nothing',
  (of, through) => {
    const [account] = accounts;
    if (account === undefined) throw new Error('there is no account');
    const invited = groupId(5);
    const group = {
      ...{ id: top, path: 'g', name: 'G', parent: undefined, locksProjectSharing: false },
      links: [{ group: invited, level: through, expiresAt: undefined }],
    };
    const members = new Map([[invited, [{ account, login: 'u', level: of, expiresAt: undefined }]]]);
    expect(teamFacts(group, members)).toContainEqual(expect.objectContaining({ account, level: 'level 45' }));
  },
);
