/**
 * Starts everything on one machine: the local cloud on the synthesized template, and a simulated GitHub whose organizations are connected
 * as an owner would connect them. Nothing here writes to the table: owners' decisions go through the API and the deployed functions.
 */
import { cp, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { integrationAddresses } from '../../shared/forge/integration-key.ts';
import { type Cloud, type CloudLog, startCloud } from '../cloud/cloud.ts';
import type { SteppableClock } from '../cloud/runtime/clock.ts';
import type { ServiceBehavior } from '../cloud/start-services.ts';
import { type GitHubSimulator, startGitHubSimulator } from '../forges/github/simulator.ts';
import type { Organization as SimulatedOrganization } from '../forges/github/state.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import { defaultWorldFile, readWorld } from '../forges/world/read-world.ts';
import type { GitHubWorld, World } from '../forges/world/world.ts';
import { worldFromDirectory } from '../forges/world/world-from-directory.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { readOperatorKey } from './api-client.ts';
import { openLog } from './log-file.ts';
import { manifestsOf, vendorsOf } from './manifests.ts';
import type { StartOptions } from './options.ts';
import { peopleOf, type StartedMember } from './people.ts';
import type { Ports } from './ports.ts';
import type { Counts, Progress } from './progress.ts';
import { gitHubHost, putIntegrations, setUp, setUpCode } from './set-up.ts';
import { simulatedPart } from './simulated-part.ts';
import { startGitLab } from './start-gitlab.ts';
import { readTokens, type StateFolder, type Tokens, writeTokens } from './state-folder.ts';

export interface StartedOrganization {
  readonly slug: string;
  /** The organization's id on the simulated GitHub. */
  readonly gitHubId: number;
  /** The URL for Composer's repository entry. */
  readonly url: string;
  readonly members: readonly StartedMember[];
}

export interface Started {
  readonly cloud: Cloud;
  readonly gitHub: GitHubSimulator;
  /** Undefined if the world has no group. */
  readonly gitLab: GitLabSimulator | undefined;
  readonly admin: AdminClient;
  /** Where the API is, and which secret has the operator's key. */
  readonly api: { readonly consoleBaseUrl: string; readonly operatorKeySecret: string };
  readonly organizations: readonly StartedOrganization[];
  /** The login of the installation's administrator; undefined where no organization has an owner. */
  readonly administrator: string | undefined;
  /** What a first run begins with; undefined where everything was set up. */
  readonly setUpCode: string | undefined;
  close(): Promise<void>;
}

export interface StartWith {
  /** Folder of the synthesized template and its bundles. */
  readonly assembly: string;
  readonly ports: Ports;
  readonly progress: Progress;
  readonly onLog?: (line: CloudLog) => void;
  /** The clock of the cloud and the simulated GitHub; tests step it. */
  readonly clock?: SteppableClock;
  /** Whether the person sets everything up by the pages; default false. */
  readonly firstRun?: boolean;
  /** Whether schedules run; default true. */
  readonly schedules?: boolean;
  /** How the services behave where AWS leaves it open. */
  readonly services?: ServiceBehavior;
  /** Called with the cloud as soon as it runs, before the first request. */
  readonly onCloud?: (cloud: Cloud) => void;
}

/** Time-out of the first synchronization. */
const readyMs = 10 * 60_000;
/** After this time, the progress says what it is waiting for. */
const patienceMs = 25_000;
/** At most this many members get a token. */
const tokensMax = 10;

/** The world that the options select. @throws WorldError */
export function readWorldOf(options: StartOptions): Promise<World> {
  if (options.world === 'default') {
    return readWorld(defaultWorldFile);
  }
  return 'file' in options.world ? readWorld(options.world.file) : worldFromDirectory(options.world.github);
}

/**
 * @throws WorldError if no organization of the world is simulated
 * @throws Error if a port is in use; the message names it
 */
export async function start(
  folder: StateFolder,
  described: World,
  {
    assembly,
    ports,
    progress,
    onLog,
    clock,
    firstRun = false,
    schedules = true,
    services = {},
    onCloud,
  }: StartWith,
): Promise<Started> {
  const world = simulatedPart(described, (line) => progress.step(line));
  const registryBaseUrl = `http://127.0.0.1:${ports.registry}`;
  const consoleBaseUrl = `http://127.0.0.1:${ports.console}`;
  const addresses = integrationAddresses(consoleBaseUrl, gitHubHost);
  const gitHub = await startGitHubSimulator({
    directory: folder.github,
    world: notInstalled(world),
    ports: { api: ports.gitHubApi, web: ports.gitHubWeb, codeload: ports.codeload, control: ports.control },
    app: { callbackUrls: [addresses.callback], setupUrl: addresses.installed },
    ...(clock && { clock }),
    onLog: (line) => progress.step(`simulated GitHub: ${line}`),
  });
  progress.step(
    `simulated GitHub: ${gitHub.state.repositories.size} repositories${folder.isUsed ? ', from the last run; --fresh reads them again' : ''}`,
  );
  const log = await openLog(folder.log);
  const closing: (() => Promise<void>)[] = [log.close, () => gitHub.close()];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) {
      await one();
    }
  };
  try {
    const say = (line: string): void => progress.step(line);
    const gitLab = await startGitLab({ folder, world: described, ports, consoleBaseUrl, clock, say });
    if (gitLab) closing.push(() => gitLab.close());
    await rm(folder.assembly, { recursive: true, force: true });
    await cp(assembly, folder.assembly, { recursive: true });
    const cloud = await startCloud({
      assembly: folder.assembly,
      directory: folder.cloud,
      ports: {
        gateway: ports.gateway,
        registry: ports.registry,
        console: ports.console,
        httpApi: ports.httpApi,
      },
      parameters: {
        RegistryBaseUrl: registryBaseUrl,
        ConsoleBaseUrl: consoleBaseUrl,
        // Where the simulated forges are.
        PrivateForgeHosts: '127.0.0.1',
      },
      ...(clock && { clock }),
      schedules,
      services,
      onLog: (line) => {
        log.write(line);
        onLog?.(line);
      },
    });
    closing.push(() => cloud.close());
    onCloud?.(cloud);
    progress.step('local cloud: running the synthesized template');
    if (!firstRun) {
      await putIntegrations(cloud, gitHub, gitLab);
      await gitHub.changes.run('set-webhook', { url: `${consoleBaseUrl}/webhooks/github` });
    }
    const { gateway } = cloud.addresses;
    const operatorKeySecret = z.string().parse(cloud.outputs.OperatorKeySecretName);
    const admin = createAdminClient({
      consoleBaseUrl,
      operatorKey: () => readOperatorKey(operatorKeySecret, gateway),
    });
    const api = { consoleBaseUrl, operatorKeySecret };
    if (firstRun) {
      progress.end();
      const nothing = { organizations: [], administrator: undefined };
      return {
        ...nothing,
        ...{ cloud, gitHub, gitLab, admin, api, close },
        setUpCode: await setUpCode(cloud),
      };
    }
    const tokens = await readTokens(folder);
    for (const organization of gitHub.state.organizations.values()) {
      const setUp = world.organizations.find(({ login }) => login === organization.login);
      if (setUp?.installation) {
        await connect(admin, gitHub, organization, setUp.installation.repositories, progress);
      } else if (setUp) {
        progress.step(`${organization.login}: the world file does not install the App`);
      }
    }
    const organizations: StartedOrganization[] = [];
    for (const { slug } of Described.parse(await admin.invoke('describe-organization', {})).organizations) {
      const organization = await simulatedOf(admin, gitHub, slug);
      await synchronized(admin, slug, progress);
      if (organization) {
        progress.step(`${slug}: issuing tokens`);
        const url = `${registryBaseUrl}/${slug}`;
        const members = await giveTokens(admin, gitHub, organization, slug, tokens);
        await synchronized(admin, slug, progress);
        if (await isOpen(admin, slug, progress)) {
          await Promise.all(members.map((member) => accepted(url, member)));
        }
        organizations.push({ slug, gitHubId: organization.id, url, members });
        await writeTokens(folder, tokens);
      }
    }
    const administrator = await setUp(
      cloud,
      { consoleBaseUrl, operatorKey: () => readOperatorKey(operatorKeySecret, gateway) },
      organizations.flatMap(({ members }) => members),
      progress,
    );
    progress.end();
    return {
      ...{ cloud, gitHub, gitLab, admin, api, organizations, administrator, close },
      setUpCode: undefined,
    };
  } catch (error) {
    progress.end();
    await close();
    throw error;
  }
}

/** The world without installations: the App is installed by a change in the simulator, so that GitHub sends the event. */
function notInstalled(world: GitHubWorld): GitHubWorld {
  return {
    ...world,
    organizations: world.organizations.map(({ installation: _, ...organization }) => organization),
  };
}

const Described = z.object({
  organizations: z.array(z.object({ slug: z.string() })),
  unclaimedInstallations: z.array(z.object({ installation: z.string(), login: z.string() })),
});

async function connect(
  admin: AdminClient,
  gitHub: GitHubSimulator,
  organization: SimulatedOrganization,
  repositories: 'all' | readonly string[],
  progress: Progress,
): Promise<void> {
  const slug = organization.login.toLowerCase();
  const before = Described.parse(await admin.invoke('describe-organization', {}));
  for (const known of before.organizations) {
    if ((await simulatedOf(admin, gitHub, known.slug))?.id === organization.id) {
      progress.step(`${known.slug}: connected in an earlier run`);
      return;
    }
  }
  const isInstalled = [...gitHub.state.installations.values()].some(
    (installation) => installation.organizationId === organization.id,
  );
  if (!isInstalled) {
    await gitHub.changes.run('install-app', {
      organization: organization.login,
      repositories: repositories === 'all' ? 'all' : [...repositories],
    });
  }
  const installation = await until(async () => {
    const described = Described.parse(await admin.invoke('describe-organization', {}));
    return described.unclaimedInstallations.find(({ login }) => login === organization.login)?.installation;
  }, `no webhook arrived for the installation of the App on ${organization.login}`);
  await admin.invoke('connect-organization', {
    slug,
    name: organization.name,
    ...gitHubHost,
    installation,
    repositories: 'all',
    ownedVendors: vendorsOf(await manifestsOf(gitHub.state, organization.id)),
  });
  progress.step(`${slug}: connected`);
}

/** The simulated organization of one of ours, found by installation, since its login may have changed. */
async function simulatedOf(
  admin: AdminClient,
  gitHub: GitHubSimulator,
  slug: string,
): Promise<SimulatedOrganization | undefined> {
  const status = Status.parse(await admin.invoke('describe-organization', { slug }));
  const installations = new Set(status.synchronizations.map(({ installation }) => installation));
  const found = [...gitHub.state.installations.values()].find(({ id }) => installations.has(String(id)));
  return found && gitHub.state.organizations.get(found.organizationId);
}

const Status = z.object({
  accessStoppedSince: z.string().optional(),
  // Those of other forges have none.
  synchronizations: z.array(z.object({ installation: z.string().optional() })),
  tokens: z.array(z.object({ id: z.string(), state: z.string() })),
  counts: z.object({
    members: z.number(),
    teams: z.number(),
    repositories: z.number(),
    packages: z.record(z.string(), z.number()),
    versions: z.number(),
  }),
  pending: z.object({ total: z.number() }),
});

/** Waits until no work is pending, and shows the progress. */
async function synchronized(admin: AdminClient, slug: string, progress: Progress): Promise<void> {
  // Twice in a row: work that requests itself again (a view, its edge keys, the view again) can be missed once.
  let quiet = 0;
  const started = Date.now();
  let patient = true;
  await until(async () => {
    const { counts, pending } = Status.parse(await admin.invoke('describe-organization', { slug }));
    progress.counts(slug, countsOf(counts));
    if (patient && Date.now() - started > patienceMs) {
      patient = false;
      progress.step(
        `${slug}: still waiting for ${pending.total} work items; those of a killed run resume after up to 6 minutes`,
      );
    }
    quiet = pending.total === 0 ? quiet + 1 : 0;
    return quiet >= 2 ? true : undefined;
  }, `the synchronization of ${slug} does not finish; npm run admin -- status ${slug} shows its state`);
}

const countsOf = (counts: z.infer<typeof Status>['counts']): Counts => ({
  ...counts,
  packages: counts.packages.available ?? 0,
});

const Issued = z.object({ id: z.string(), token: z.string() });

/** A token for each member and outside collaborator; those of earlier runs are reused. */
async function giveTokens(
  admin: AdminClient,
  gitHub: GitHubSimulator,
  organization: SimulatedOrganization,
  slug: string,
  tokens: Tokens,
): Promise<StartedMember[]> {
  const people = peopleOf(gitHub, organization).slice(0, tokensMax);
  const { tokens: known } = Status.parse(await admin.invoke('describe-organization', { slug }));
  const revoked = new Set(known.filter(({ state }) => state === 'revoked').map(({ id }) => id));
  const members: StartedMember[] = [];
  for (const { login, role } of people) {
    const key = `${slug}/${login}`;
    let own = tokens[key];
    if (!own || revoked.has(own.id)) {
      own = Issued.parse(
        await admin.invoke('issue-token', {
          organization: slug,
          for: { kind: 'member', login },
          description: 'made by npm start',
          expiresAt: null,
        }),
      );
      tokens[key] = { id: own.id, token: own.token };
    }
    members.push({ login, role, token: own.token });
  }
  return members;
}

/** Whether access to the organization is open: an owner may have stopped it in an earlier run. */
async function isOpen(admin: AdminClient, slug: string, progress: Progress): Promise<boolean> {
  const { accessStoppedSince } = Status.parse(await admin.invoke('describe-organization', { slug }));
  if (accessStoppedSince !== undefined) {
    progress.step(`${slug}: access is stopped; npm run admin -- status ${slug} shows since when and why`);
  }
  return accessStoppedSince === undefined;
}

/** Waits until the registry accepts the token, so that the printed commands work. */
async function accepted(url: string, { login, token }: StartedMember): Promise<void> {
  await until(async () => {
    const answer = await fetch(`${url}/packages.json`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status === 200 ? true : undefined;
  }, `the registry does not accept the token of ${login}`);
}

async function until<Value>(look: () => Promise<Value | undefined>, otherwise: string): Promise<Value> {
  const giveUp = Date.now() + readyMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) {
      return value;
    }
    if (Date.now() > giveUp) {
      throw new Error(otherwise);
    }
    await sleep(150);
  }
}
