/** The package and the push that the instructions show. */
import { basename } from 'node:path';
import { simulatedToken } from '../forges/bitbucket/state.ts';
import { personalToken } from '../forges/github/state.ts';
import { findGroup, findProject } from '../forges/gitlab/paths.ts';
import type { StartedOrganization } from './connect-world.ts';
import { groupManifests } from './groups.ts';
import type { Example } from './instructions.ts';
import { freeTag, manifestsOf } from './manifests.ts';
import type { Started } from './start.ts';
import { connectableWorkspaces } from './workspaces.ts';

/** The first package of the organization, with an address to push a tag to. */
export async function exampleOf(
  started: Started,
  organization: StartedOrganization,
): Promise<Example | undefined> {
  const { host, path } = organization;
  if (path === undefined) return onGitHub(started, organization);
  return host.forge === 'gitlab'
    ? onGitLab(started, path, organization)
    : onBitbucket(started, path, organization);
}

async function onGitHub(
  { gitHub }: Started,
  { gitHubId, members }: StartedOrganization,
): Promise<Example | undefined> {
  const { state, addresses } = gitHub;
  const simulated = gitHubId === undefined ? undefined : state.organizations.get(gitHubId);
  const manifests = simulated ? await manifestsOf(state, simulated.id) : [];
  const found = manifests.find(({ repository }) => repository === 'billing') ?? manifests[0];
  if (simulated === undefined || found === undefined) return undefined;
  const login = members[0]?.login ?? '';
  const repository = [...state.repositories.values()].find(
    ({ organizationId, name }) => organizationId === simulated.id && name === found.repository,
  );
  return {
    packageName: found.packageName,
    folder: basename(found.repository),
    tag: await freeTag(repository),
    cloneUrl: withPassword(
      addresses.web,
      login,
      personalToken(login, state),
      `${simulated.login}/${found.repository}`,
    ),
  };
}

const tokenName = 'npm start';

async function onGitLab(
  { gitLab }: Started,
  path: string,
  { members }: StartedOrganization,
): Promise<Example | undefined> {
  const group = gitLab && findGroup(gitLab.state, path);
  const [found] = gitLab && group ? await groupManifests(gitLab, group) : [];
  const login = members[0]?.login;
  if (gitLab === undefined || found === undefined || login === undefined) return undefined;
  const { state, changes, addresses } = gitLab;
  const existing = [...state.tokens.values()].find(
    ({ name, userId, revoked }) =>
      name === tokenName && !revoked && state.users.get(userId)?.username === login,
  );
  const made =
    existing?.value ??
    (await changes.run('create-token', {
      ...{ user: login, name: tokenName, scopes: ['read_repository', 'write_repository'] },
    }));
  const token = typeof made === 'string' ? made : (made as { token: string }).token;
  return {
    packageName: found.packageName,
    folder: basename(found.repository),
    tag: await freeTag(findProject(state, found.repository)?.project),
    cloneUrl: withPassword(addresses.web, login, token, found.repository),
  };
}

/** The user name that git has beside a token, https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/ */
const gitUser = 'x-bitbucket-api-token-auth';

async function onBitbucket(
  { bitbucket }: Started,
  path: string,
  { members }: StartedOrganization,
): Promise<Example | undefined> {
  const workspace = bitbucket && connectableWorkspaces(bitbucket).find((one) => one.path === path);
  const [found] = (await workspace?.manifests()) ?? [];
  const login = members[0]?.login;
  if (bitbucket === undefined || found === undefined || login === undefined) return undefined;
  const { state, addresses } = bitbucket;
  const repository = [...state.repositories.values()].find(
    ({ workspace: uuid, name }) => uuid === workspace?.id && name === found.repository,
  );
  return {
    packageName: found.packageName,
    folder: repository?.slug ?? found.repository,
    tag: await freeTag(repository),
    cloneUrl: withPassword(
      addresses.web,
      gitUser,
      simulatedToken(login, state),
      `${path}/${repository?.slug ?? found.repository}`,
    ),
  };
}

function withPassword(web: string, user: string, password: string, path: string): string {
  const url = new URL(`${web}/${path}.git`);
  [url.username, url.password] = [user, password];
  return url.href;
}
