/** Reads who may do what in one workspace. */
import type { Fact, MemberFact, RepositoryFact } from '../../domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
} from '../../domain/ids.ts';
import { idOfPart, isPart, kindOfPart, type PartScope, type ScopeName } from '../../domain/scopes.ts';
import { ForgeError } from '../errors.ts';
import type { Absence, LookUp, ScopeRead, StructureReader } from '../forge.ts';
import { type Reading, readInSteps } from '../reading.ts';
import { expectAdministrator, identify, readAccount } from './account.ts';
import { type Groups, groupFacts, readGroups, teamOf } from './groups.ts';
import { collaboratorFacts, listRows, type PermissionRequests, readRows } from './permissions.ts';
import { missingRights, readProjectGrants, readWithout } from './project-grants.ts';
import { handleOf } from './repository.ts';
import type { Requests } from './requests.ts';
import {
  fieldsOf,
  type GroupItem,
  loginOf,
  type Membership,
  membershipSchema,
  type RepositoryItem,
  repositoryFields,
  repositorySchema,
} from './schema.ts';
import type { bitbucketTraits } from './traits.ts';

export interface StructureRequests {
  readonly requests: Requests;
  /** For everybody's permissions, which leave some of each hour to the others; `later`: after the first read, less than half of it is used. */
  readonly permissions: Readonly<Record<'first' | 'later', PermissionRequests>>;
}

interface Context {
  readonly requests: Requests;
  readonly permissions: PermissionRequests;
  readonly workspace: ForgeOrganizationId;
}

type BitbucketScope = (typeof bitbucketTraits.scopes)[number]['name'];

/** The list of each scope that progress is reported by. */
const mainLists: Readonly<Record<BitbucketScope, string>> = {
  settings: 'settings',
  members: 'members',
  teams: 'teams',
  repositories: 'repositories',
  permissions: 'permissions',
};

const isOfBitbucket = (scope: ScopeName): scope is BitbucketScope => scope in mainLists;

const whole = (facts: readonly Fact[]): ScopeRead => ({
  ...{ facts, covers: [], absenceIsAuthoritative: false, followUps: [] },
});

const partRead = (part: PartScope, facts: readonly Fact[]): ScopeRead => ({
  ...whole(facts),
  covers: [part],
});

const absentPart = (part: PartScope, absence?: Absence): ScopeRead => ({
  ...{ facts: [], covers: [part], absenceIsAuthoritative: true, absence, followUps: [] },
});

/** People who are in the workspace; collaborators are not, and have rows of their own. */
const roles: Readonly<Record<string, MemberFact['role']>> = { owner: 'owner', member: 'member' };

const memberFacts = (memberships: readonly Membership[]): readonly MemberFact[] =>
  memberships.flatMap(({ permission, user }) => {
    const role = roles[permission];
    const fact = { kind: 'member', account: user.uuid, login: loginOf(user), forgeRole: permission } as const;
    return role === undefined ? [] : [{ ...fact, role }];
  });

const listMembers = ({ requests, workspace }: Context, reading: Reading) => {
  const route = { route: '/2.0/workspaces/:workspace/permissions', path: { workspace } };
  const list = requests.list('members', route, membershipSchema, ({ user }) => user.uuid);
  return reading.list('members', membershipSchema, list);
};

const repositoryFact = (item: RepositoryItem): RepositoryFact => ({
  ...{ kind: 'repository', repository: item.uuid, name: item.slug, fullName: item.full_name },
  visibility: item.is_private ? 'private' : 'public',
  fork: item.parent != null,
  // Bitbucket has neither.
  ...{ archived: false, disabled: false },
  defaultBranch: item.mainbranch?.name,
  createdAt: item.created_on,
  pushedAt: item.updated_on,
  handle: handleOf({ fullName: item.full_name, mainBranch: item.mainbranch?.name }),
});

const listRepositories = ({ requests, workspace }: Context, reading: Reading) => {
  const query = { fields: fieldsOf(repositoryFields) };
  const route = { route: '/2.0/repositories/:workspace', path: { workspace }, query };
  const list = requests.list('repositories', route, repositorySchema, ({ uuid }) => uuid);
  return reading.list('repositories', repositorySchema, list);
};

async function readSettings({ requests, workspace }: Context): Promise<ScopeRead> {
  const { slug: login, name } = await readAccount(requests, workspace);
  await expectAdministrator(requests, workspace);
  return whole([{ kind: 'settings', basePermission: 'none', membersRead: false, login, name }]);
}

async function readPermissions(context: Context, reading: Reading): Promise<ScopeRead> {
  const { permissions, workspace } = context;
  const { requests } = permissions;
  const repositories = await listRepositories(context, reading);
  const { rows, readBy } = await readRows(permissions, reading, workspace, repositories);
  const keys = [...new Set(repositories.map(({ project }) => project.key))];
  const grants = await readProjectGrants(requests, reading, await readAccount(requests, workspace), keys);
  return {
    ...whole(collaboratorFacts(rows, repositories, grants)),
    readBy: `${readBy}${readWithout(grants)}`,
    hiddenReason: missingRights(rows, repositories, grants),
  };
}

/** Groups are shown as teams. What is missing from the list, which has no total, is looked for a second time. */
async function readTeams({ requests, workspace }: Context): Promise<ScopeRead> {
  const answer = await readGroups(requests, await readAccount(requests, workspace));
  if ('hiddenReason' in answer) {
    return { ...whole([]), hiddenReason: answer.hiddenReason };
  }
  return { ...whole(answer.groups.flatMap(groupFacts)), isCounted: () => false };
}

const readers: Readonly<Record<BitbucketScope, (context: Context, reading: Reading) => Promise<ScopeRead>>> =
  {
    settings: readSettings,
    teams: readTeams,
    members: async (context, reading) => whole(memberFacts(await listMembers(context, reading))),
    repositories: async (context, reading) =>
      whole((await listRepositories(context, reading)).map(repositoryFact)),
    permissions: readPermissions,
  };

/** One member: the whole list is read, since nothing else names his role. */
async function readMember(context: Context, part: PartScope, reading: Reading): Promise<ScopeRead> {
  const account = asId<ForgeAccountId>(idOfPart(part));
  const facts = memberFacts(await listMembers(context, reading));
  const found = facts.filter((fact) => fact.account === account);
  return found.length === 0 ? absentPart(part) : partRead(part, found);
}

/** @throws ForgeError where the groups are hidden, since that says nothing about one of them */
async function findGroup({ requests, workspace }: Context, part: PartScope): Promise<GroupItem | undefined> {
  const answer = await readGroups(requests, await readAccount(requests, workspace));
  if ('error' in answer) {
    throw answer.error;
  }
  return answer.groups.find((group) => teamOf(group) === idOfPart(part));
}

async function readTeam(context: Context, part: PartScope): Promise<ScopeRead> {
  const group = await findGroup(context, part);
  return group === undefined ? absentPart(part) : partRead(part, groupFacts(group));
}

async function readRepository(context: Context, part: PartScope, reading: Reading): Promise<ScopeRead> {
  const { requests, workspace } = context;
  const found = await findRepository(context, asId<ForgeRepositoryId>(idOfPart(part)));
  if (typeof found === 'string') {
    return absentPart(part, found);
  }
  const rows = await listRows(requests, reading, workspace, found.uuid);
  const account = await readAccount(requests, workspace);
  const grants = await readProjectGrants(requests, reading, account, [found.project.key]);
  const missing = missingRights(rows, [found], grants);
  if (missing !== undefined) {
    // Where the whole list lacks rights, an owner decides.
    throw new ForgeError('incomplete', missing);
  }
  return partRead(part, [repositoryFact(found), ...collaboratorFacts(rows, [found], grants)]);
}

/**
 * A repository by its UUID, wherever it is. A 404 counts only if the list of the workspace's repositories lacks it too.
 *
 * @throws ForgeError `incomplete` when both disagree
 */
async function findRepository(
  { requests, workspace }: Context,
  repository: ForgeRepositoryId,
): Promise<RepositoryItem | Absence> {
  const route = { route: '/2.0/repositories/:any/:repository', path: { any: '{}', repository } };
  try {
    const item = await requests.get(route, repositorySchema);
    return item.workspace.uuid === workspace ? item : 'elsewhere';
  } catch (error) {
    if (!(error instanceof ForgeError) || error.code !== 'not-found') {
      throw error;
    }
  }
  const query = { q: `uuid="${repository}"`, fields: fieldsOf(repositoryFields) };
  const list = { route: '/2.0/repositories/:workspace', path: { workspace }, query };
  const page = await requests
    .list('one repository', list, repositorySchema, ({ uuid }) => uuid)
    .read(100, undefined);
  if (page.items.length > 0) {
    throw new ForgeError('incomplete', 'Bitbucket lists a repository that it does not find');
  }
  return 'gone';
}

const partReaders = { member: readMember, team: readTeam, repository: readRepository } as const;

export function createStructureReader(
  { requests, permissions }: StructureRequests,
  organization: ForgeOrganizationId | undefined,
): StructureReader {
  /** A credential may see many workspaces, so it has to be said which one is read. */
  function contextOf(isFirst = false): Context {
    if (organization === undefined) {
      throw new RangeError('a read of Bitbucket needs a workspace');
    }
    return { requests, permissions: permissions[isFirst ? 'first' : 'later'], workspace: organization };
  }

  return {
    async probe() {
      const { workspace } = contextOf();
      // Others get the same lists with less in them, and do not find what they may not read.
      const { uuid: id, slug: login } = await identify(requests, workspace);
      return { id, login, suspended: false };
    },

    async readScope(scope, options = {}) {
      const context = contextOf(options.isFirst);
      try {
        if (isPart(scope)) {
          return await readInSteps({ scope, main: 'permissions' }, options, (reading) => {
            return partReaders[kindOfPart(scope)](context, scope, reading);
          });
        }
        if (!isOfBitbucket(scope)) {
          throw new RangeError(`Bitbucket has no scope ${scope}`);
        }
        return await readInSteps({ scope, main: mainLists[scope] }, options, (reading) =>
          readers[scope](context, reading),
        );
      } catch (error) {
        if (error instanceof ForgeError && error.code === 'not-found') {
          // A list that is not found says nothing about what is in it.
          throw new ForgeError('incomplete', error.message, { cause: error });
        }
        throw error;
      }
    },

    async lookUp(parts) {
      const context = contextOf();
      const found = new Map<PartScope, LookUp>();
      const groups = parts.some(({ part }) => kindOfPart(part) === 'team')
        ? await readGroups(requests, await readAccount(requests, context.workspace))
        : undefined;
      for (const { part } of parts) {
        found.set(part, await lookUpOne(context, part, groups));
      }
      if ([...found.values()].some(({ is }) => is === 'absent')) {
        await expectAdministrator(requests, context.workspace);
      }
      return found;
    },
  };
}

/** @param groups read for teams */
async function lookUpOne(context: Context, part: PartScope, groups: Groups | undefined): Promise<LookUp> {
  const id = idOfPart(part);
  switch (kindOfPart(part)) {
    case 'member':
      return { is: 'unknown' };
    case 'team':
      if (groups === undefined || 'hiddenReason' in groups) {
        return { is: 'unknown' };
      }
      return groups.groups.some((group) => teamOf(group) === id)
        ? { is: 'present' }
        : { is: 'absent', absence: 'gone' };
    case 'repository': {
      const found = await findRepository(context, asId<ForgeRepositoryId>(id));
      return typeof found === 'string' ? { is: 'absent', absence: found } : { is: 'present' };
    }
  }
}
