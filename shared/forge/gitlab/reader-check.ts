/**
 * Holds the sum of all memberships against GitLab's own list of a project's members, for a few projects in each read. What differs is
 * shown. It grants nothing and takes nothing away, since that list has gaps of its own: gitlab-org/gitlab#583030, #436257.
 */
import { accessFactsOf, decideAccess } from '../../domain/access.ts';
import type { ForgeAccountId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import type { Comparison } from '../forge.ts';
import { withoutSteps } from '../reading.ts';
import type { Instance } from './account.ts';
import { isKnownLevel, levelName, type Version } from './levels.ts';
import { directMembers, membershipsOf } from './memberships.ts';
import { type Groups, lineOf, type Membership, type MembersOf, type Project } from './organization.ts';
import type { Requests } from './requests.ts';
import { type Member, memberSchema } from './schema.ts';
import {
  collaboratorFacts,
  memberFacts,
  readersOf,
  repositoryFact,
  teamFacts,
  teamRepositoryFacts,
} from './sharing.ts';

const turnMs = 10 * 60_000;
/** Of a list. */
const perPage = 100;
/** More names than this are only counted. */
const namesMax = 5;

/** What was read of the organization. */
interface Sum {
  readonly top: Parameters<typeof memberFacts>[0];
  readonly groups: Groups;
  readonly members: MembersOf;
  readonly projects: readonly Project[];
  readonly instance: Instance;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How many projects are compared with so many requests: each takes one for its direct members, and a page of all for each 100. */
function countFor(requests: number, { members }: Sum): number {
  const people = new Set([...members.values()].flat().map(({ account }) => account));
  return Math.max(1, Math.floor(requests / (1 + Math.max(1, Math.ceil(people.size / perPage)))));
}

/** The projects whose turn it is, of those whose code only members see. */
function projectsInTurn(sum: Sum, most: number): readonly Project[] {
  const { projects, instance, now } = sum;
  const closed = projects
    .filter((project) => {
      const { visibility, disabled } = repositoryFact(project, instance);
      return visibility === 'private' && !disabled;
    })
    .toSorted((one, other) => Number(one.id) - Number(other.id));
  const count = Math.min(most, closed.length);
  const first = Math.floor(now / turnMs) * most;
  return Array.from({ length: count }, (_, place) => closed[(first + place) % closed.length]).filter(
    (project) => project !== undefined,
  );
}

/**
 * Compares the projects whose turn it is. One that GitLab does not answer for now has its next turn, and why is told: rights do not wait for it.
 *
 * @param budget requests for this
 */
export async function compareReaders(
  requests: Requests,
  sum: Sum,
  budget: number,
): Promise<readonly Comparison[]> {
  const compared: Comparison[] = [];
  for (const project of projectsInTurn(sum, countFor(budget, sum))) {
    try {
      const direct = membershipsOf(
        await listed(requests, project, 'direct'),
        sum.now,
        sum.instance.viewersInstall,
      );
      const all = await listed(requests, project, 'all');
      compared.push({ repository: project.id, difference: differenceOf(project, direct, all, sum) });
    } catch (error) {
      if (!(error instanceof ForgeError)) {
        throw error;
      }
      compared.push({ repository: project.id, failure: `${project.fullName}: ${error.code}` });
    }
  }
  return compared;
}

const listed = (requests: Requests, { id }: Project, which: 'direct' | 'all') =>
  withoutSteps.list(
    which,
    memberSchema,
    which === 'direct'
      ? directMembers(requests, 'projects', id)
      : requests.list('all members', { route: '/projects/:id/members/all', path: { id } }, memberSchema),
  );

/**
 * @param all GitLab's own list: one row for each person, with the level that counts in the project. State and end are those of one of his
 * memberships, and may belong to another level: then the row says nothing.
 */
function differenceOf(
  project: Project,
  direct: readonly Membership[],
  all: readonly Member[],
  sum: Sum,
): string | undefined {
  const { instance, now } = sum;
  const valid = membershipsOf(all, now, false);
  const isValid = ({ id }: Member): boolean => valid.some(({ account }) => account === id);
  const above = lineOf(sum.groups, project.group);
  const sources = above.flatMap(({ id, links }) => [id, ...links.map(({ group }) => group)]);
  const viewing = [direct, ...sources.map((id) => sum.members.get(id) ?? [])];
  const undecided = new Set([
    ...all.filter((row) => !isValid(row)).map(({ id }) => id),
    // GitLab lists the level that their role is based on.
    ...viewing.flat().flatMap(({ account, views }) => (views === true ? account : [])),
  ]);
  const unknown = valid.filter(({ level }) => !isKnownLevel(level) && level > 0);
  const reading = readersOf(project, instance);
  const theirs = new Map(
    valid.filter(({ level }) => reading.has(level)).map(({ account, login }) => [account, login]),
  );
  const ours = readersBySum(project, direct, sum);
  const unlisted = isInvitedOfInvitedListed(instance.version) ? new Set() : invitedOfInvited(project, sum);
  const missing = [...theirs].filter(([account]) => !ours.has(account)).map(([, login]) => login);
  const more = [...ours]
    .filter(([account]) => !theirs.has(account) && !undecided.has(account) && !unlisted.has(account))
    .map(([, login]) => login);
  const parts = [
    missing.length > 0 &&
      `GitLab lists as readers of ${project.fullName}, but who reads nothing here: ${named(missing)}`,
    more.length > 0 &&
      `GitLab does not list as readers of ${project.fullName}, but who read it here: ${named(more)}`,
    unknown.length > 0 &&
      `unknown levels in ${project.fullName}, which read nothing here: ${named(unknown.map(({ level }) => levelName(level)))}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join('. ');
}

/** Who reads the project by its facts, with logins. */
function readersBySum(
  project: Project,
  direct: readonly Membership[],
  { top, groups, members, instance, now }: Sum,
): ReadonlyMap<ForgeAccountId, string> {
  const people = memberFacts(top, groups, members);
  const collaborators = collaboratorFacts(project, direct, instance);
  const access = accessFactsOf([
    ...people,
    ...[...groups.values()].flatMap((group) => teamFacts(group, members, instance)),
    repositoryFact(project, instance),
    ...teamRepositoryFacts(project, groups, instance),
    ...collaborators,
  ]);
  const logins = new Map([...people, ...collaborators].map(({ account, login }) => [account, login]));
  return new Map(
    [...logins].filter(([account]) =>
      decideAccess({ kind: 'account', account }, access, now).has(project.id),
    ),
  );
}

/** Since !250584: groups that are invited to a group that is invited to a project. */
const isInvitedOfInvitedListed = (version: Version | undefined): boolean =>
  version !== undefined && (version.major > 19 || (version.major === 19 && version.minor >= 3));

function invitedOfInvited(project: Project, { groups, members }: Sum): ReadonlySet<ForgeAccountId> {
  const links = project.links.flatMap(({ group }) => lineOf(groups, group)).flatMap((above) => above.links);
  return new Set(links.flatMap(({ group }) => (members.get(group) ?? []).map(({ account }) => account)));
}

const named = (names: readonly string[]): string =>
  [...new Set(names)].sort().slice(0, namesMax).join(', ') +
  (names.length > namesMax ? ` and ${names.length - namesMax} more` : '');
