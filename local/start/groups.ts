/** Connects the simulated GitLab's groups as their owner does: with what the person grants there. */
import { z } from 'zod';
import type { ForgeHost } from '../../shared/domain/synchronization.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { type Browser, createBrowser, type Page } from '../browser/browser.ts';
import { levelNumbers } from '../forges/gitlab/levels.ts';
import { fullPath, projectsOf } from '../forges/gitlab/paths.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import type { Group } from '../forges/gitlab/state.ts';
import type { AdminClient } from './admin-client.ts';
import { type FoundManifest, manifestsIn, vendorsOf } from './manifests.ts';
import type { Progress } from './progress.ts';

/** Whom the code host signs in. */
export interface CodeHostAccount {
  readonly host: ForgeHost;
  readonly login: string;
}

export const gitLabHost = ({ addresses }: GitLabSimulator): ForgeHost => ({
  forge: 'gitlab',
  baseUrl: addresses.web,
});

export const topLevelGroups = ({ state }: GitLabSimulator): readonly Group[] =>
  [...state.groups.values()].filter(({ parentId }) => parentId === undefined);

/** The login of the group's first owner who can sign in. */
export function ownerOf({ state }: GitLabSimulator, group: Group): string | undefined {
  const owners = [...group.members].filter(([, { level }]) => level === levelNumbers.owner);
  return owners
    .map(([id]) => state.users.get(id))
    .find((user) => user?.kind === 'human' && user.state === 'active')?.username;
}

/** The package names of the group's projects. */
export const groupManifests = ({ state }: GitLabSimulator, group: Group): Promise<readonly FoundManifest[]> =>
  manifestsIn(
    projectsOf(state, group, true)
      .filter(({ forkOf }) => forkOf === undefined)
      .map((project) => ({ ...project, name: fullPath(state, project) })),
  );

const Status = z.object({ organizations: z.array(z.object({ slug: z.string() })) });
const Synchronizations = z.object({
  synchronizations: z.array(z.object({ forge: z.string(), login: z.string() })),
});

/** The paths of the groups that are connected, with the organization's slug. */
export async function connectedGroups(admin: AdminClient): Promise<ReadonlyMap<string, string>> {
  const { organizations } = Status.parse(await admin.invoke('describe-organization', {}));
  const found = await Promise.all(
    organizations.map(async ({ slug }) => {
      const status = Synchronizations.parse(await admin.invoke('describe-organization', { slug }));
      return status.synchronizations
        .filter(({ forge }) => forge === 'gitlab')
        .map(({ login }) => [login, slug] as const);
    }),
  );
  return new Map(found.flat());
}

interface Connecting {
  readonly gitLab: GitLabSimulator;
  readonly admin: AdminClient;
  readonly consoleBaseUrl: string;
  /** Who signs in, and connects the groups that he owns. */
  readonly person: CodeHostAccount;
  readonly progress: Progress;
}

/** Connects the groups that the person owns on GitLab and that are not connected yet. */
export async function connectGroups({
  gitLab,
  admin,
  consoleBaseUrl,
  person,
  progress,
}: Connecting): Promise<void> {
  const known = await connectedGroups(admin);
  for (const group of topLevelGroups(gitLab)) {
    const owner = ownerOf(gitLab, group);
    if (known.has(group.path)) {
      progress.step(`${group.path}: connected in an earlier run`);
    } else if (owner !== person.login) {
      progress.step(`${group.path}: not connected: ${person.login}, who signs in, does not own it`);
    } else {
      await connectGroup({ gitLab, consoleBaseUrl, person }, group);
      progress.step(`${group.path}: connected by ${owner}`);
    }
  }
}

async function connectGroup(
  { gitLab, consoleBaseUrl, person }: Pick<Connecting, 'gitLab' | 'consoleBaseUrl' | 'person'>,
  group: Group,
): Promise<void> {
  const browser = createBrowser();
  const page = await browser.visit(`${consoleBaseUrl}/sign-in?return=/`);
  const host = gitLabHost(gitLab);
  await pressFor(browser, page, person.host, 'sign-in', person.login);
  if (person.host.forge !== host.forge) {
    const signedIn = await browser.visit(`${consoleBaseUrl}/sign-in?return=/`);
    await pressFor(browser, signedIn, host, 'link', person.login);
  }
  const key = integrationKeyOf(host);
  const choice = await browser.visit(`${consoleBaseUrl}/connect/${encodeURIComponent(key)}`);
  const owned = await pressFor(browser, choice, host, 'choose-organization', person.login);
  const vendors = vendorsOf(await groupManifests(gitLab, group)).join(' ');
  const connected = await browser.press(owned, ['organization', String(group.id)], {
    ...{ slug: group.path.toLowerCase(), name: group.name, vendors, repositories: 'all' },
  });
  if (!connected.address.startsWith(`${consoleBaseUrl}/connected/`)) {
    throw new Error(`${group.path} could not be connected: ${connected.status} at ${connected.address}`);
  }
}

/** Presses the button of a code host, and chooses the person there. */
async function pressFor(
  browser: Browser,
  page: Page,
  host: ForgeHost,
  purpose: string,
  login: string,
): Promise<Page> {
  const start = `/sign-in/start/${integrationKeyOf(host)}`;
  const forms = page.forms.filter(({ action }) => decodeURIComponent(new URL(action).pathname) === start);
  const people = await browser.press({ ...page, forms }, ['purpose', purpose]);
  const back = await browser.press(people, ['login', login]);
  if (back.status !== 200) {
    throw new Error(`${purpose} of ${login} at ${host.baseUrl} ended with status ${back.status}`);
  }
  return back;
}
