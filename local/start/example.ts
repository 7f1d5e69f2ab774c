/** The package and the push that the instructions show. */
import { basename } from 'node:path';
import { personalToken } from '../forges/github/state.ts';
import { findGroup, findProject } from '../forges/gitlab/paths.ts';
import type { StartedOrganization } from './connect-world.ts';
import { groupManifests } from './groups.ts';
import type { Ready } from './instructions.ts';
import { freeTag, manifestsOf } from './manifests.ts';
import type { Started } from './start.ts';

/** The first package of the organization, with an address to push a tag to. */
export async function exampleOf(
  started: Started,
  organization: StartedOrganization,
): Promise<Ready['example']> {
  return organization.group === undefined
    ? onGitHub(started, organization)
    : onGitLab(started, organization.group, organization);
}

async function onGitHub(
  { gitHub }: Started,
  { gitHubId, members }: StartedOrganization,
): Promise<Ready['example']> {
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
    codeHost: 'GitHub',
    packageName: found.packageName,
    folder: basename(found.repository),
    tag: await freeTag(repository),
    cloneUrl: withPassword(
      addresses.web,
      login,
      personalToken(login),
      `${simulated.login}/${found.repository}`,
    ),
  };
}

const tokenName = 'npm start';

async function onGitLab(
  { gitLab }: Started,
  path: string,
  { members }: StartedOrganization,
): Promise<Ready['example']> {
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
    codeHost: 'GitLab',
    packageName: found.packageName,
    folder: basename(found.repository),
    tag: await freeTag(findProject(state, found.repository)?.project),
    cloneUrl: withPassword(addresses.web, login, token, found.repository),
  };
}

function withPassword(web: string, user: string, password: string, path: string): string {
  const url = new URL(`${web}/${path}.git`);
  [url.username, url.password] = [user, password];
  return url.href;
}
