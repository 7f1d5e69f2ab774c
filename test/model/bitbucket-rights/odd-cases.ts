/** The cases that the comparison is for. A run without one of them proves nothing about it. */
import { hasAny, isAdministrator, isGiven } from './bitbucket-rules.ts';
import type {
  DescribedAccount,
  DescribedInstance,
  DescribedProject,
  DescribedRepository,
  DescribedWorkspace,
  Given,
} from './instance.ts';
import { ownerName } from './random-instances.ts';

type IsIn = (instance: DescribedInstance) => boolean;

interface Case {
  readonly account: DescribedAccount;
  readonly workspace: DescribedWorkspace;
  readonly project: DescribedProject;
  readonly repository: DescribedRepository;
  readonly instance: DescribedInstance;
  /** Through what the account reads: everything but the workspace's administration. */
  readonly ways: string;
}

/** Somebody other than the owner, and a private repository. */
const onPrivate =
  (is: (one: Case) => boolean): IsIn =>
  (instance) => {
    const [workspace] = instance.workspaces;
    return instance.accounts.some(
      (account) =>
        account.nickname !== ownerName &&
        workspace.projects.some((project) =>
          project.repositories.some((repository) => {
            const ways = waysOf(account.nickname, workspace, project, repository);
            return repository.isPrivate && is({ account, workspace, project, repository, instance, ways });
          }),
        ),
    );
  };

function waysOf(
  nickname: string,
  workspace: DescribedWorkspace,
  project: DescribedProject,
  repository: DescribedRepository,
): string {
  const through = (given: Given<string>, what: string): string[] => [
    ...(given.users.has(nickname) ? [what] : []),
    ...(isGiven(workspace, { ...given, users: new Map() }, nickname) ? [`group of ${what}`] : []),
  ];
  return [...through(project, 'project'), ...through(repository, 'repository')].join();
}

const only = (way: string, role: 'member' | 'collaborator'): IsIn =>
  onPrivate(
    ({ ways, workspace, account }) =>
      ways === way && workspace.people.get(account.nickname) === role && account.deactivatedFor === undefined,
  );

const deactivated = (isMeant: (days: number) => boolean): IsIn =>
  onPrivate(
    ({ account, workspace, project, repository }) =>
      account.deactivatedFor !== undefined &&
      isMeant(account.deactivatedFor) &&
      hasAny(account, workspace, project, repository),
  );

const toldOfProjects = (tells: boolean, groups: DescribedInstance['groups'], way: string): IsIn =>
  onPrivate(
    ({ instance, ways }) =>
      instance.listsProjectGrants === tells && instance.groups === groups && ways === way,
  );

export const oddCases: Readonly<Record<string, IsIn>> = {
  'a member without any permission': onPrivate(
    ({ ways, workspace, account }) => ways === '' && workspace.people.get(account.nickname) === 'member',
  ),
  'somebody outside of the workspace': onPrivate(
    ({ workspace, account }) => !workspace.people.has(account.nickname),
  ),
  'another administrator without any permission of his own': onPrivate(
    ({ ways, workspace, account }) => ways === '' && isAdministrator(workspace, account.nickname),
  ),
  'a member with a permission on the repository': only('repository', 'member'),
  'a collaborator of a repository': only('repository', 'collaborator'),
  'a collaborator of a project': only('project', 'collaborator'),
  'a member with a permission on the project': only('project', 'member'),
  'a group of the repository': only('group of repository', 'member'),
  'a group of the project': only('group of project', 'member'),
  'a permission on the project and a lower one on the repository': onPrivate(
    ({ account, project, repository }) =>
      project.users.get(account.nickname) === 'admin' && repository.users.get(account.nickname) === 'read',
  ),
  'a permission through every way': onPrivate(
    ({ ways }) => ways === 'project,group of project,repository,group of repository',
  ),
  'a group of the same name in another workspace': onPrivate(
    ({ account, ways, repository, instance: { workspaces } }) =>
      ways === '' && isGiven(workspaces[1], { ...repository, users: new Map() }, account.nickname),
  ),
  'an administrator of another workspace': onPrivate(
    ({ account, workspace, instance: { workspaces } }) =>
      isAdministrator(workspaces[1], account.nickname) && !workspace.people.has(account.nickname),
  ),
  'a public repository': ({ workspaces: [{ projects }] }) =>
    projects.some(({ repositories }) => repositories.some(({ isPrivate }) => !isPrivate)),
  'an account deactivated today': deactivated((days) => days === 0),
  'an account on its last day': deactivated((days) => days === 13),
  'an account deleted now': deactivated((days) => days === 14),
  'an account deleted long ago': deactivated((days) => days > 14),
  'a project in no list, whose people are told': toldOfProjects(false, 'removed', 'project'),
  'a project in no list, whose groups are told': toldOfProjects(false, 'served', 'group of project'),
  'a project in the list, whose groups are not told': toldOfProjects(true, 'empty', 'group of project'),
  'people who are administered elsewhere': onPrivate(
    ({ instance, workspace, account, ways }) =>
      instance.administration === 'atlassian' &&
      workspace.people.get(account.nickname) === 'collaborator' &&
      ways !== '',
  ),
};
