/** Reads one group, project or member by its id, with as few requests as possible. */
import { sameFact } from '../../domain/fact-differences.ts';
import type { Fact, Handle, MemberFact } from '../../domain/facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';
import {
  type AnyScope,
  idOfPart,
  kindOfPart,
  memberPart,
  type PartScope,
  repositoryPart,
  teamPart,
} from '../../domain/scopes.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type { Absence, ScopeRead } from '../forge.ts';
import { expectSame } from '../http.ts';
import type { Reading } from '../reading.ts';
import {
  groupOf,
  groupsBelow,
  groupsElsewhere,
  inGroups,
  projectOf,
  projectsBelow,
  readGroup,
  readTopGroup,
  withLinks,
} from './groups.ts';
import { renamesMarkedGroups } from './levels.ts';
import { directMembers, membershipsOf, orEmpty, unlessHidden } from './memberships.ts';
import {
  type Group,
  type Groups,
  lineOf,
  type Membership,
  type MembersOf,
  type Project,
  unended,
} from './organization.ts';
import { type Member, memberSchema, projectSchema } from './schema.ts';
import {
  collaboratorFacts,
  memberFacts,
  repositoryFact,
  stronger,
  teamFacts,
  teamRepositoryFacts,
} from './sharing.ts';
import type { Context } from './whole-scopes.ts';

/** In more groups than this a member is looked for by reading the lists of all members. */
const groupsMax = 20;

/**
 * Reads one part of the organization. A part that does not exist is a complete read without facts.
 *
 * @param handle of a member: the id of a group where the account may be, as an event named it
 */
export function readPart(
  context: Context,
  part: PartScope,
  handle: Handle | undefined,
  reading: Reading,
): Promise<ScopeRead> {
  const id = idOfPart(part);
  switch (kindOfPart(part)) {
    case 'team':
      return readTeam(context, asId<ForgeTeamId>(id), reading);
    case 'repository':
      return readRepository(context, asId<ForgeRepositoryId>(id), reading);
    default:
      return readMember(context, asId<ForgeAccountId>(id), handle, reading);
  }
}

const partRead = (part: PartScope, facts: readonly Fact[]): ScopeRead => ({
  ...{ facts, covers: [part], absenceIsAuthoritative: false, followUps: [] },
  isCounted: ({ kind }) => kind === 'team' || kind === 'repository',
});

const absentPart = (part: PartScope, absence?: Absence): ScopeRead => ({
  ...{ facts: [], covers: [part], absenceIsAuthoritative: true, absence, followUps: [] },
});

/** The part cannot be decided by itself: its list has to be read. */
const deferToList = (scope: AnyScope): ScopeRead => ({
  ...{ facts: [], covers: [], absenceIsAuthoritative: false, followUps: [scope] },
});

/** The groups below the top-level group, without their links. */
async function groupsOfOurs(context: Context, reading: Reading): Promise<Groups> {
  const { now } = context;
  const below = await groupsBelow(context, reading);
  return new Map(below.map((item) => [item.id, groupOf(item, now)]));
}

/** The same with the top-level group, which costs a request. */
export async function ourGroups(context: Context, reading: Reading): Promise<Groups> {
  const { id, group } = await context.top();
  return new Map([[id, group], ...(await groupsOfOurs(context, reading))]);
}

async function readTeam(context: Context, id: ForgeTeamId, reading: Reading): Promise<ScopeRead> {
  const below = await groupsOfOurs(context, reading);
  return id === context.topId || below.has(id)
    ? readOwnTeam(context, id, below, reading)
    : readInvitedTeam(context, id, below, reading);
}

/**
 * Its members are read before the group itself: as its owner sees it, it is a probe too, if nothing has to be asked after it. No event tells of a
 * group's rights, so those that are stored are as good as at the last read of all.
 */
async function readOwnTeam(
  context: Context,
  id: ForgeTeamId,
  below: Groups,
  reading: Reading,
): Promise<ScopeRead> {
  const { requests, now } = context;
  const part = teamPart(id);
  const direct = await unlessHidden(membersOf(context, id, reading));
  const detail = await unlessHidden(readTopGroup(requests, id));
  if (detail === undefined) {
    return deferToList('members');
  }
  expectSame(detail.id, id);
  if (detail.isShownToOwner) {
    context.noteOwner();
  }
  const group = groupOf(detail, now);
  const facts = await teamWithMembers(context, group, direct, reading);
  const rights =
    (await storedRights(context, part, facts)) ?? (await rightsOf(context, group, below, reading));
  return rights === undefined ? absentPart(part, 'elsewhere') : partRead(part, [...facts, ...rights]);
}

/** Whoever manages a project can make its hook name any group, with any number of members: they are read only if it is invited. */
async function readInvitedTeam(
  context: Context,
  id: ForgeTeamId,
  below: Groups,
  reading: Reading,
): Promise<ScopeRead> {
  const { requests, now } = context;
  const part = teamPart(id);
  const detail = await unlessHidden(readGroup(requests, id));
  if (detail === undefined) {
    return absentPart(part, 'gone');
  }
  expectSame(detail.id, id);
  const group = groupOf(detail, now);
  const rights = await rightsOf(context, group, below, reading);
  if (rights === undefined) {
    return absentPart(part, 'elsewhere');
  }
  const direct = await unlessHidden(membersOf(context, id, reading));
  return partRead(part, [...(await teamWithMembers(context, group, direct, reading)), ...rights]);
}

/** @param direct undefined where GitLab does not show them @throws ForgeError `incomplete` then */
async function teamWithMembers(
  context: Context,
  group: Group,
  direct: readonly Member[] | undefined,
  reading: Reading,
): Promise<readonly Fact[]> {
  if (direct === undefined) {
    throw new ForgeError('incomplete', 'GitLab shows a group, and not its members');
  }
  const members = await withInvited(context, group, direct, reading);
  return teamFacts(group, members, context.viewersInstall ? await context.instance() : {});
}

/** The rights of the team as they are stored; undefined when they are not, or the group is another than the stored one. */
async function storedRights(
  { stored, now }: Context,
  part: PartScope,
  [team]: readonly Fact[],
): Promise<readonly Fact[] | undefined> {
  const known = await stored?.();
  const [before] = known?.of(part, 'team') ?? [];
  const rights = known?.of(part, 'team-repository');
  const isSame = before !== undefined && team !== undefined && sameFact(before, team);
  return isSame && rights !== undefined ? unended(rights, now) : undefined;
}

/** The rights of the group. @returns undefined when it was moved elsewhere, or is no longer invited */
async function rightsOf(
  context: Context,
  group: Group,
  below: Groups,
  reading: Reading,
): Promise<readonly Fact[] | undefined> {
  const { requests, topId, now } = context;
  const { id } = group;
  const isOurs = id === topId || below.has(id);
  const projects = await projectsOf(context, id, below, reading);
  // Whether its own projects take invited groups is all that matters of the top-level group here.
  const needsTop = projects.some((project) => project.group === topId && project.links.length > 0);
  const top = id === topId ? group : needsTop ? (await context.top()).group : placeholder(topId);
  const ours = new Map([[topId, top], ...below]);
  // Nothing of ours is above a group from elsewhere.
  const elsewhere = isOurs
    ? new Map<ForgeTeamId, Group>()
    : await groupsElsewhere(requests, reading, ours, projects, now);
  if (!isOurs && !elsewhere.has(id)) {
    return undefined;
  }
  const groups = new Map([...ours, ...elsewhere]);
  const instance = await context.instance();
  return projects
    .flatMap((project) => teamRepositoryFacts(project, groups, instance))
    .filter(({ team }) => team === id);
}

/** A top-level group of which only the place above the others is needed. */
const placeholder = (id: ForgeTeamId): Group => ({
  ...{ id, path: '', name: '', parent: undefined, locksProjectSharing: true, links: [] },
});

/** The projects that the group may have rights on: all of the organization, unless it is one of ours with nothing below it. */
async function projectsOf(
  context: Context,
  id: ForgeTeamId,
  below: Groups,
  reading: Reading,
): Promise<readonly Project[]> {
  const { requests, topId, now } = context;
  const isLeaf = below.has(id) && ![...below.values()].some(({ parent }) => parent === id);
  if (!isLeaf) {
    return (await projectsBelow(context, reading)).map((item) => projectOf(item, now));
  }
  const route = { route: '/groups/:id/projects', path: { id }, query: { with_shared: true } };
  const items = await reading.list(
    'projects of the group',
    projectSchema,
    requests.list('projects', route, projectSchema),
  );
  // Others that are shared with it are not ours.
  return items.map((item) => projectOf(item, now)).filter(({ group }) => group === topId || below.has(group));
}

/** The direct members of the group, which one read of it gives to all parts of a run. */
const membersOf = (context: Context, id: ForgeTeamId, reading: Reading): Promise<readonly Member[]> =>
  context.once(`members ${id}`, () =>
    reading.list(`members ${id}`, memberSchema, directMembers(context.requests, 'groups', id)),
  );

/** The direct members of the group, and of the groups that are invited to it. */
async function withInvited(
  { requests, viewersInstall, now }: Context,
  { id, links }: Group,
  direct: readonly Member[],
  reading: Reading,
): Promise<MembersOf> {
  const members = new Map([[id, membershipsOf(direct, now, viewersInstall)]]);
  for (const one of new Set(links.map(({ group }) => group).filter((group) => group !== id))) {
    const list = orEmpty(directMembers(requests, 'groups', one));
    members.set(
      one,
      membershipsOf(await reading.list(`members ${one}`, memberSchema, list), now, viewersInstall),
    );
  }
  return members;
}

/**
 * A project that is not stored yet gives the group that it is in, and those above, a right that no event tells of; so they are read next. What is
 * invited to it comes with the lists.
 */
async function readRepository(context: Context, id: ForgeRepositoryId, reading: Reading): Promise<ScopeRead> {
  const { requests, viewersInstall, now, topId } = context;
  const part = repositoryPart(id);
  const item = await unlessMissing(requests.get({ route: '/projects/:id', path: { id } }, projectSchema));
  if (item === undefined) {
    return absentPart(part, 'gone');
  }
  expectSame(item.id, id);
  const project = projectOf(item, now);
  const below: Groups = project.group === topId ? new Map() : await groupsOfOurs(context, reading);
  if (project.group !== topId && !below.has(project.group)) {
    return absentPart(part, 'elsewhere');
  }
  const list = directMembers(requests, 'projects', id);
  const members = membershipsOf(await reading.list('members', memberSchema, list), now, viewersInstall);
  const instance = await context.instance();
  const shown = inGroups(
    project,
    renamesMarkedGroups(instance.version) ? below : await ourGroups(context, reading),
  );
  const facts = [repositoryFact(shown, instance), ...collaboratorFacts(project, members, instance)];
  const known = await context.stored?.();
  const isNew = known !== undefined && known.of(part, 'repository') === undefined;
  const groups = isNew ? [...lineOf(below, project.group).map((group) => group.id), topId] : [];
  return { ...partRead(part, facts), followUps: [...new Set(groups)].map(teamPart) };
}

/**
 * Looks for the account in the top-level group, which decides alone about whoever is in it; then in the group that the event named, where a place
 * without an end is enough. Other places are as stored: where one begins or ends, there is an event of its own, and a place in a group is a right
 * only with the row of that group. Where nothing is stored they are looked for in all groups, or in a large organization by the list of members.
 */
async function readMember(
  context: Context,
  account: ForgeAccountId,
  named: string | undefined,
  reading: Reading,
): Promise<ScopeRead> {
  const { requests, topId, now } = context;
  const part = memberPart(account);
  const members = new Map<ForgeTeamId, readonly Membership[]>();
  /** The fact by the places in these groups. */
  const factIn = async (groups: Groups): Promise<MemberFact | undefined> => {
    const asked = [...groups.values()].flatMap(({ id, links }) => [id, ...links.map(({ group }) => group)]);
    for (const id of new Set(asked.filter((one) => !members.has(one)))) {
      const route = { route: '/groups/:id/members/:user', path: { id, user: account } };
      const member = await unlessHidden(requests.get(route, memberSchema));
      members.set(id, membershipsOf(member === undefined ? [] : [member], now, false));
    }
    return memberFacts(topId, groups, members)[0];
  };
  const { group: top } = await context.top();
  const inTop = await factIn(new Map([[topId, top]]));
  if (inTop !== undefined && inTop.role !== 'outside') {
    return partRead(part, [inTop]);
  }
  const below = await groupsOfOurs(context, reading);
  const group = [...below.values()].find(({ id }) => id === named);
  if (group !== undefined) {
    // The event is about the group too, so its list is read anyway.
    const found = (await unlessHidden(membersOf(context, group.id, reading))) ?? [];
    members.set(
      group.id,
      membershipsOf(
        found.filter(({ id }) => id === account),
        now,
        false,
      ),
    );
  }
  const inNamed = group && (await factIn(new Map([[group.id, { ...group, links: [] }]])));
  if (inNamed !== undefined && inNamed.expiresAt === undefined) {
    return partRead(part, [inNamed]);
  }
  const known = await context.stored?.();
  const [before] = known?.of(part, 'member') ?? [];
  if (before !== undefined) {
    return partRead(part, unended([outsideAs(before, inNamed)], now));
  }
  if (known?.isStored(part) === false) {
    return inNamed === undefined ? absentPart(part) : partRead(part, [inNamed]);
  }
  if (below.size > groupsMax) {
    return deferToList('members');
  }
  const ours = new Map([[topId, top], ...(await withLinks(requests, reading, [...below.keys()], now))]);
  const items = await projectsBelow(context, reading);
  const projects = items.map((item) => projectOf(item, now));
  const fact = await factIn(
    new Map([...ours, ...(await groupsElsewhere(requests, reading, ours, projects, now))]),
  );
  return fact === undefined ? absentPart(part) : partRead(part, [fact]);
}

/** Somebody who is not in the top-level group. What is stored says how long he is elsewhere, unless it was in that group. */
const outsideAs = (before: MemberFact, inNamed: MemberFact | undefined): MemberFact => {
  const { account, login } = before;
  const here: MemberFact = { kind: 'member', account, login, role: 'outside' };
  const elsewhere = before.role === 'outside' ? before : here;
  return inNamed === undefined ? elsewhere : stronger(elsewhere, inNamed);
};
