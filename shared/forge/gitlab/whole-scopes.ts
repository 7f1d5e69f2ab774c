/** Reads the lists of an organization, each to its end, in steps. */
import type { CollaboratorFact, Fact, RepositoryFact } from '../../domain/facts.ts';
import type { ForgeRepositoryId, ForgeTeamId } from '../../domain/ids.ts';
import type { ScopeName } from '../../domain/scopes.ts';
import { ForgeError } from '../errors.ts';
import type { ReadingOptions, ScopeRead, StoredFacts } from '../forge.ts';
import type { Reading } from '../reading.ts';
import type { Account, Instance } from './account.ts';
import {
  groupOf,
  groupsBelow,
  groupsElsewhere,
  inGroups,
  projectOf,
  projectsBelow,
  withLinks,
} from './groups.ts';
import { isViewing } from './levels.ts';
import { directMembers, membershipsOf, type Once, orEmpty, readMembers } from './memberships.ts';
import type { Groups, Membership, MembersOf, Project } from './organization.ts';
import { storedCollaborators } from './project-rotation.ts';
import { compareReaders } from './reader-check.ts';
import type { Requests } from './requests.ts';
import { memberSchema } from './schema.ts';
import { collaboratorFacts, memberFacts, repositoryFact, teamFacts, teamRepositoryFacts } from './sharing.ts';
import { gitLabTraits } from './traits.ts';

export type GitLabScope = (typeof gitLabTraits.scopes)[number]['name'];

export const isOfGitLab = (scope: ScopeName): scope is GitLabScope =>
  gitLabTraits.scopes.some(({ name }) => name === scope);

/** The list of each scope that progress is reported by. */
export const mainLists: Readonly<Record<GitLabScope, string>> = {
  settings: 'settings',
  members: 'groups',
  repositories: 'projects',
};

/** Above this number GitLab gives no totals: https://docs.gitlab.com/api/rest/#pagination-response-headers */
const countedMax = 10_000;

/** What a read works with. */
export interface Context {
  readonly requests: Requests;
  /** The top-level group, which is requested once, when it is first needed. */
  readonly top: () => Promise<Account>;
  /** Its id. */
  readonly topId: ForgeTeamId;
  /** What the instance is, for which it may have to be asked. */
  readonly instance: () => Promise<Instance>;
  /** Whether custom roles that view code count. */
  readonly viewersInstall: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly once: Once;
  /** Whether GitLab's own lists of members are to be compared with this read. */
  readonly takeComparison: () => boolean;
  /** Notes that GitLab's last answer was a group of ours as its owner sees it. */
  readonly noteOwner: () => void;
  readonly stored?: ReadingOptions['stored'];
}

export const readWhole = (context: Context, scope: GitLabScope, reading: Reading): Promise<ScopeRead> =>
  readers[scope](context, reading);

const readers: Readonly<Record<GitLabScope, (context: Context, reading: Reading) => Promise<ScopeRead>>> = {
  settings: readSettings,
  members: readAllMembers,
  repositories: readRepositories,
};

const whole = (facts: readonly Fact[], isCounted: (fact: Fact) => boolean): ScopeRead => ({
  ...{ facts, covers: [], absenceIsAuthoritative: false, isCounted, followUps: [] },
});

/** Reads what the group is called. */
async function readSettings({ top }: Context): Promise<ScopeRead> {
  const { path: login, name } = (await top()).group;
  const fact = { kind: 'settings', basePermission: 'none', membersRead: false, login, name } as const;
  return whole([fact], () => true);
}

async function readAllMembers(context: Context, reading: Reading): Promise<ScopeRead> {
  const { requests, now } = context;
  const account = await context.top();
  const below = await groupsBelow(context, reading);
  const ours = new Map([
    [account.id, account.group],
    ...(await withLinks(
      requests,
      reading,
      below.map(({ id }) => id),
      now,
    )),
  ]);
  // For the groups that are invited to projects.
  const projects = (await projectsBelow(context, reading)).map((item) => projectOf(item, now));
  const elsewhere = await groupsElsewhere(requests, reading, ours, projects, now);
  const groups: Groups = new Map([...ours, ...elsewhere]);
  const { members, isByGraphql } = await membersOfAll(context, reading, ours, groups);
  const instance = await context.instance();
  const facts = [
    ...memberFacts(account.id, groups, members),
    ...[...groups.values()].flatMap((group) => teamFacts(group, members, instance)),
  ];
  const sum = { top: account.id, groups, members, projects, instance, now };
  return {
    ...whole(facts, ({ kind }) => kind === 'team' && below.length < countedMax),
    ...(context.takeComparison() && {
      compared: await compareReaders(requests, sum, checkRequests[isByGraphql ? 'graphql' : 'rest']),
    }),
  };
}

/** Requests of a read for the check by GitLab's own lists, so that a read of 500 projects costs what is promised. */
const checkRequests = { graphql: 12, rest: 8 };

/** The direct members of these groups, and of the groups that are invited to them. */
async function membersOfAll(
  context: Context,
  reading: Reading,
  ours: Groups,
  groups: Groups,
): Promise<{ readonly members: MembersOf; readonly isByGraphql: boolean }> {
  const { requests, top, instance, viewersInstall, now } = context;
  const account = await top();
  const ids = [...ours.keys()];
  const { isEnterprise } = await instance();
  const wanted = { kind: 'groups', ids, isEnterprise, viewersInstall, now } as const;
  const direct = await readMembers(context, reading, account, wanted);
  const members = new Map<ForgeTeamId, readonly Membership[]>(
    [...direct].map(([id, { members: found }]) => [id, found]),
  );
  const others = [...groups.values()].flatMap(({ id, links }) => [id, ...links.map(({ group }) => group)]);
  for (const id of new Set(others.filter((one) => !members.has(one)))) {
    const list = orEmpty(directMembers(requests, 'groups', id));
    const found = await reading.list(`members of groups ${id}`, memberSchema, list);
    members.set(id, membershipsOf(found, now, viewersInstall));
  }
  return { members, isByGraphql: [...direct.values()].some(({ isCounted }) => !isCounted) };
}

async function readRepositories(context: Context, reading: Reading): Promise<ScopeRead> {
  const { requests, now } = context;
  const instance = await context.instance();
  const account = await context.top();
  const below = await groupsBelow(context, reading);
  const ours = new Map([
    [account.id, account.group],
    ...below.map((item) => [item.id, groupOf(item, now)] as const),
  ]);
  const projects = (await projectsBelow(context, reading)).map((item) =>
    inGroups(projectOf(item, now), ours),
  );
  expectPlaces(projects, ours);
  const elsewhere = await groupsElsewhere(requests, reading, ours, projects, now);
  const groups = new Map([...ours, ...elsewhere]);
  const facts = projects.map((project) => repositoryFact(project, instance));
  const rights = projects.flatMap((project) => teamRepositoryFacts(project, groups, instance));
  const { collaborators, counted, watched } = await readCollaborators(context, reading, projects, facts);
  const isCounted = Math.max(below.length, projects.length) < countedMax;
  return {
    ...whole(
      [...facts, ...rights, ...collaborators],
      (fact) => isCounted && (fact.kind !== 'collaborator' || counted.has(fact.repository)),
    ),
    watched,
  };
}

/** The direct members of projects who read them, and what the next read has to know. @param facts of the projects, in their order */
async function readCollaborators(
  context: Context,
  reading: Reading,
  projects: readonly Project[],
  facts: readonly RepositoryFact[],
) {
  const { top, instance, viewersInstall, now, stored } = context;
  let known: StoredFacts | undefined;
  const kept = new Map<ForgeRepositoryId, readonly CollaboratorFact[]>();
  const rules = await instance();
  const { isEnterprise } = rules;
  const direct = await readMembers(context, reading, await top(), {
    ...{ kind: 'projects', ids: projects.map(({ id }) => id), isEnterprise },
    ...{ viewersInstall, now },
    async spared() {
      known = await stored?.();
      for (const fact of known === undefined ? [] : facts) {
        const collaborators = known && storedCollaborators(fact, known, now);
        // Those who only view are read again once they count no more.
        const isOf =
          viewersInstall || collaborators?.some(({ permission }) => isViewing(permission)) !== true;
        if (collaborators !== undefined && isOf) {
          kept.set(fact.repository, collaborators);
        }
      }
      return new Set(kept.keys());
    },
  });
  const read = new Map(
    projects.map((project) => {
      const members = direct.get(project.id)?.members;
      return [project.id, members && collaboratorFacts(project, members, rules)] as const;
    }),
  );
  /** Of those that were read: members who are no facts now. Of the others: the same as before. */
  const isWatched = ({ id }: Project): boolean => {
    const list = direct.get(id);
    return list === undefined ? known?.watched.has(id) === true : !list.isEmpty && read.get(id)?.length === 0;
  };
  return {
    collaborators: projects.flatMap(({ id }) => read.get(id) ?? kept.get(id) ?? []),
    counted: new Set([...direct].filter(([, list]) => list.isCounted).map(([id]) => id)),
    watched: projects.filter(isWatched).map(({ id }) => id),
  };
}

/** @throws ForgeError `incomplete` when a project is in a group that the list of groups lacks */
function expectPlaces(projects: readonly Project[], groups: Groups): void {
  if (projects.some(({ group }) => !groups.has(group))) {
    throw new ForgeError('incomplete', "a project's group is missing from GitLab's list of groups");
  }
}
