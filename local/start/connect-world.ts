/** Connects what the world has on the simulated code hosts, and gives its people tokens. */
import type { ForgeHost } from '../../shared/domain/synchronization.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { BitbucketSimulator } from '../forges/bitbucket/simulator.ts';
import type { GitHubSimulator } from '../forges/github/simulator.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import type { WorldConnection } from '../forges/world/story.ts';
import type { GitHubWorld } from '../forges/world/world.ts';
import type { AdminClient } from './admin-client.ts';
import type { ApiAddress } from './api-client.ts';
import { type CodeHostAccount, type Connectable, connectedOf, connectOwned } from './connect-owned.ts';
import { connectableGroups } from './groups.ts';
import {
  accepted,
  connect,
  Described,
  giveTokens,
  isOpen,
  simulatedOf,
  synchronized,
} from './organizations.ts';
import {
  listedPeople,
  loginsWithoutAccess,
  peopleOf,
  type StartedMember,
  type StartedPerson,
} from './people.ts';
import type { Progress } from './progress.ts';
import { gitHubHost, setUp } from './set-up.ts';
import { readTokens, type StateFolder, writeTokens } from './state-folder.ts';
import { connectableWorkspaces } from './workspaces.ts';

export interface StartedOrganization {
  readonly slug: string;
  /** The organization's id on the simulated GitHub, if it is there. */
  readonly gitHubId: number | undefined;
  /** Where it is. */
  readonly host: ForgeHost;
  /** The path of its group or workspace, if it is not on GitHub. */
  readonly path: string | undefined;
  /** The URL for Composer's repository entry. */
  readonly url: string;
  readonly members: readonly StartedMember[];
}

export interface ConnectWorld {
  readonly cloud: Cloud;
  readonly gitHub: GitHubSimulator;
  readonly gitLab: GitLabSimulator | undefined;
  readonly bitbucket: BitbucketSimulator | undefined;
  readonly admin: AdminClient;
  readonly operator: ApiAddress;
  readonly world: GitHubWorld;
  /** How groups and workspaces are connected, by forge and path. */
  readonly connections: ReadonlyMap<string, WorldConnection>;
  readonly folder: StateFolder;
  readonly registryBaseUrl: string;
  readonly progress: Progress;
}

export interface Connected {
  readonly organizations: readonly StartedOrganization[];
  /** The login of the installation's administrator; undefined where no organization has an owner. */
  readonly administrator: string | undefined;
  /** How many groups and workspaces an earlier run has not finished, which are not waited for; none if left out. */
  readonly left?: number;
}

/** The organizations of GitHub by the operator; groups and workspaces by their owner, who is the administrator. */
export async function connectWorld(options: ConnectWorld): Promise<Connected> {
  const first = await connectFirst(options);
  return { ...first, organizations: [...first.organizations, ...(await connectRest(options, first))] };
}

/** The organizations of GitHub, and the administrator. */
export async function connectFirst(options: ConnectWorld): Promise<Connected> {
  const { cloud, operator, progress } = options;
  await connectGitHub(options);
  const organizations = await onGitHub(options);
  const owner = firstOwner(organizations, othersOf(options));
  if (owner === undefined) {
    return { organizations, administrator: undefined };
  }
  await setUp(cloud, operator, owner, progress);
  return { organizations, administrator: owner.login };
}

/**
 * The organizations of GitHub, and of the others those that an earlier run has finished. What it has not is not waited for: `connectRest` does it.
 */
export async function connectAgain(options: ConnectWorld): Promise<Connected> {
  const first = await connectFirst(options);
  const issued = Object.keys(await readTokens(options.folder)).map((key) => key.split('/')[0]);
  const others = othersOf(options);
  const done = new Set(first.organizations.map(({ slug }) => slug));
  const finished = await elsewhere(options, others, done, new Set(issued));
  const served = new Set([...done, ...finished.map(({ slug }) => slug)]);
  const wanted = others.filter(
    ({ connection, owner }) => !connection?.unconnected && owner === first.administrator,
  );
  const left = await Promise.all(
    wanted.map(async ({ host, path }) => {
      const slug = (await connectedOf(options.admin, host)).get(path);
      return slug === undefined || !served.has(slug);
    }),
  );
  return {
    ...first,
    organizations: [...first.organizations, ...finished],
    left: left.filter(Boolean).length,
  };
}

/** Groups and workspaces. @returns those that are not on GitHub */
export async function connectRest(
  options: ConnectWorld,
  { organizations }: Connected,
): Promise<readonly StartedOrganization[]> {
  const { admin, operator, progress } = options;
  const others = othersOf(options);
  const owner = firstOwner(organizations, others);
  if (owner === undefined) {
    return [];
  }
  const { consoleBaseUrl } = operator;
  await connectOwned(others, { admin, consoleBaseUrl, person: owner, progress });
  return elsewhere(options, others, new Set(organizations.map(({ slug }) => slug)));
}

const othersOf = ({ gitLab, bitbucket, connections }: ConnectWorld): readonly Connectable[] =>
  [...(gitLab ? connectableGroups(gitLab) : []), ...(bitbucket ? connectableWorkspaces(bitbucket) : [])].map(
    (one) => ({ ...one, connection: connections.get(`${one.host.forge} ${one.path}`) ?? {} }),
  );

async function connectGitHub({ cloud, admin, gitHub, world, progress }: ConnectWorld): Promise<void> {
  for (const organization of gitHub.state.organizations.values()) {
    const described = world.organizations.find(({ login }) => login === organization.login);
    if (described?.installation) {
      await connect(admin, gitHub, organization, described.installation.repositories, progress, cloud.idle);
    } else if (described) {
      progress.step(`${organization.login}: the world file does not install the App`);
    }
  }
}

async function onGitHub(options: ConnectWorld): Promise<readonly StartedOrganization[]> {
  const { cloud, admin, gitHub, progress } = options;
  const organizations: StartedOrganization[] = [];
  for (const { slug } of Described.parse(await admin.invoke('describe-organization', {})).organizations) {
    const organization = await simulatedOf(admin, gitHub, slug);
    await synchronized(admin, slug, progress, cloud.idle);
    if (organization) {
      const started = await withTokens(options, slug, peopleOf(gitHub, organization));
      organizations.push({ ...started, gitHubId: organization.id, host: gitHubHost, path: undefined });
    }
  }
  return organizations;
}

/**
 * @param done the slugs of organizations that have tokens
 * @param only the slugs of those that are wanted; all if left out
 */
async function elsewhere(
  options: ConnectWorld,
  others: readonly Connectable[],
  done: ReadonlySet<string>,
  only?: ReadonlySet<string | undefined>,
): Promise<readonly StartedOrganization[]> {
  const { cloud, admin, operator, progress } = options;
  const organizations: StartedOrganization[] = [];
  const hosts = new Map(others.map(({ host }) => [host.forge, host]));
  for (const host of hosts.values()) {
    for (const [path, slug] of await connectedOf(admin, host)) {
      if (!done.has(slug) && (only?.has(slug) ?? true)) {
        await synchronized(admin, slug, progress, cloud.idle);
        const started = await withTokens(options, slug, await listedPeople(operator, slug));
        organizations.push({ ...started, gitHubId: undefined, host, path });
      }
    }
  }
  return organizations;
}

/** Issues the tokens, and waits until they are accepted. */
async function withTokens(
  { cloud, admin, operator, folder, registryBaseUrl, progress }: ConnectWorld,
  slug: string,
  people: readonly StartedPerson[],
) {
  progress.step(`${slug}: issuing tokens`);
  const url = `${registryBaseUrl}/${slug}`;
  const tokens = await readTokens(folder);
  const without = await loginsWithoutAccess(operator, slug);
  const served = people.filter(({ login }) => !without.has(login));
  const members = await giveTokens(admin, served, slug, tokens);
  await writeTokens(folder, tokens);
  await synchronized(admin, slug, progress, cloud.idle);
  if (await isOpen(admin, slug, progress)) {
    await Promise.all(members.map((member) => accepted(url, member)));
  }
  return { slug, url, members };
}

/** Whoever owns the first organization on GitHub, or else the first of the others. */
function firstOwner(
  organizations: readonly StartedOrganization[],
  others: readonly Connectable[],
): CodeHostAccount | undefined {
  const login = organizations.flatMap(({ members }) => members).find(({ role }) => role === 'owner')?.login;
  if (login !== undefined) {
    return { host: gitHubHost, login };
  }
  const [first] = others.flatMap(({ host, owner }) => (owner === undefined ? [] : [{ host, login: owner }]));
  return first;
}
