/**
 * Starts everything on one machine: the local cloud on the synthesized template, and a simulated GitHub whose organizations are connected
 * as an owner would connect them. Nothing here writes to the table: owners' decisions go through the API and the deployed functions.
 */
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { z } from 'zod';
import { integrationAddresses } from '../../shared/forge/integration-key.ts';
import { type Cloud, type CloudLog, startCloud } from '../cloud/cloud.ts';
import type { SteppableClock } from '../cloud/runtime/clock.ts';
import type { ServiceBehavior } from '../cloud/start-services.ts';
import { codeCacheOf } from '../cloud/template/assembly.ts';
import type { BitbucketSimulator } from '../forges/bitbucket/simulator.ts';
import { type GitHubSimulator, startGitHubSimulator } from '../forges/github/simulator.ts';
import type { GitLabSimulator } from '../forges/gitlab/simulator.ts';
import { forgeOf, type GitHubWorld, gitHubPart, nameOf, type World } from '../forges/world/world.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createApiClient, readOperatorKey } from './api-client.ts';
import {
  connectAgain,
  connectFirst,
  connectRest,
  connectWorld,
  type StartedOrganization,
} from './connect-world.ts';
import { endDeadLeases } from './dead-leases.ts';
import { openLog } from './log-file.ts';
import { clockOfStory, type Playing, playPast, playPresent } from './play-story.ts';
import { plural } from './plural.ts';
import type { Ports } from './ports.ts';
import type { Progress } from './progress.ts';
import { consoleBucketOf, gitHubHost, openSetUpCode, putConsole, putIntegrations } from './set-up.ts';
import { startBitbucket } from './start-bitbucket.ts';
import { startGitLab } from './start-gitlab.ts';
import type { StateFolder } from './state-folder.ts';

export interface Started {
  readonly cloud: Cloud;
  readonly gitHub: GitHubSimulator;
  /** Undefined if the world has no group. */
  readonly gitLab: GitLabSimulator | undefined;
  /** Undefined if the world has no workspace. */
  readonly bitbucket: BitbucketSimulator | undefined;
  readonly admin: AdminClient;
  /** Where the API is, and which secret has the operator's key. */
  readonly api: { readonly consoleBaseUrl: string; readonly operatorKeySecret: string };
  readonly organizations: readonly StartedOrganization[];
  /** The login of the installation's administrator; undefined where no organization has an owner. */
  readonly administrator: string | undefined;
  /** Whether the person sets everything up by the pages. */
  readonly isFirstRun: boolean;
  /** What a first run begins with; undefined where there is an administrator. */
  readonly setUpCode: string | undefined;
  /**
   * Plays what the world's story has after the start: groups and workspaces are connected, and changes follow. In a folder that was used it only
   * connects what the earlier run has not. To be called once. Does nothing where there is no story, or on a clock of the caller's own.
   */
  playStory(): Promise<void>;
  close(): Promise<void>;
}

/** How operators' commands reach a run. */
export interface ApiOfRun {
  readonly gateway: { readonly url: string; readonly accessKeyId: string };
  readonly api: Started['api'];
  readonly consoleBucket: string;
}

export interface StartWith {
  /** Folder of the synthesized template and its bundles. */
  readonly assembly: string;
  /** Folder of the built console; without it only the plain pages are there. */
  readonly console?: string;
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
  /** Called when operators' commands are answered, long before everything is connected. */
  readonly onApi?: (address: ApiOfRun) => Promise<void>;
}

/**
 * @throws Error if a port is in use; the message names it
 */
export async function start(
  folder: StateFolder,
  described: World,
  {
    assembly,
    console,
    ports,
    progress,
    onLog,
    clock: ownClock,
    firstRun = false,
    schedules = true,
    services = {},
    onCloud,
    onApi,
  }: StartWith,
): Promise<Started> {
  const world = gitHubPart(described);
  const hasStory = described.story !== undefined && !firstRun && ownClock === undefined && schedules;
  const story = hasStory && !folder.isUsed ? described.story : undefined;
  const clock = story === undefined ? ownClock : clockOfStory(story);
  const registryBaseUrl = `http://127.0.0.1:${ports.registry}`;
  const consoleBaseUrl = `http://127.0.0.1:${ports.console}`;
  const addresses = integrationAddresses(consoleBaseUrl, gitHubHost);
  const gitHub = await startGitHubSimulator({
    directory: folder.github,
    world: notInstalled(world),
    ports: { api: ports.gitHubApi, web: ports.gitHubWeb, codeload: ports.codeload, control: ports.control },
    app: { callbackUrls: [addresses.callback], setupUrl: addresses.installed },
    randomTokens: true,
    ...(clock && { clock }),
    onLog: (line) => progress.step(`simulated GitHub: ${line}`),
  });
  progress.step(
    `simulated GitHub: ${plural(gitHub.state.repositories.size, 'repository', 'repositories')}${folder.isUsed ? ', from the last run; --fresh reads them again' : ''}`,
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
    const bitbucket = await startBitbucket({ folder, world: described, ports, consoleBaseUrl, clock, say });
    if (bitbucket) closing.push(() => bitbucket.close());
    await copyAssembly(assembly, folder.assembly);
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
      schedules: story === undefined ? schedules : 'later',
      services,
      prepare: async ({ tableEndpoint }) => {
        const ended = await endDeadLeases(tableEndpoint, (clock ?? Date).now());
        if (ended > 0) say(`work that an earlier run left unfinished goes on: ${plural(ended, 'item')}`);
      },
      onLog: (line) => {
        log.write(line);
        onLog?.(line);
      },
    });
    closing.push(() => cloud.close());
    onCloud?.(cloud);
    const gateway = { url: cloud.gateway.url, accessKeyId: cloud.gateway.accessKeyId('operator') };
    const operatorKeySecret = z.string().parse(cloud.outputs.OperatorKeySecretName);
    const api = { consoleBaseUrl, operatorKeySecret };
    await onApi?.({ gateway, api, consoleBucket: consoleBucketOf(cloud) });
    progress.step('local cloud: running the synthesized template');
    if (console !== undefined) {
      await putConsole(cloud, console);
    }
    if (!firstRun) {
      await putIntegrations(cloud, gitHub, gitLab, bitbucket);
      await gitHub.changes.run('set-webhook', { url: `${consoleBaseUrl}/webhooks/github` });
    }
    const operator = { consoleBaseUrl, operatorKey: () => readOperatorKey(operatorKeySecret, gateway) };
    const admin = createAdminClient(operator);
    if (firstRun) {
      const code = await openSetUpCode(cloud, operator);
      progress.end();
      const nothing = { organizations: [], administrator: undefined };
      return {
        ...nothing,
        ...{ cloud, gitHub, gitLab, bitbucket, admin, api, close },
        isFirstRun: true,
        setUpCode: code,
        playStory: async () => {},
      };
    }
    const connecting = {
      ...{ cloud, gitHub, gitLab, bitbucket, admin, operator, world, folder, registryBaseUrl, progress },
      connections: connectionsOf(described),
    };
    const connected = await (story !== undefined ? connectFirst : hasStory ? connectAgain : connectWorld)(
      connecting,
    );
    const { left = 0 } = connected;
    const playing: Playing = {
      ...{ cloud, registryBaseUrl, say, ...connected },
      forges: { github: gitHub, ...(gitLab && { gitlab: gitLab }), ...(bitbucket && { bitbucket }) },
      api: createApiClient(operator),
      by: connected.administrator ?? 'npm start',
    };
    if (story !== undefined) {
      await playPast(story, playing);
    }
    progress.end();
    return {
      ...{ cloud, gitHub, gitLab, bitbucket, admin, api, ...connected, close },
      isFirstRun: false,
      setUpCode: undefined,
      async playStory() {
        if (story !== undefined) {
          say('the rest of this world follows in the background: groups, workspaces, and what happens there');
          await connectRest(connecting, connected);
          await playPresent(story, playing);
        } else if (left > 0) {
          say(
            `what the earlier run has not connected follows in the background: ${plural(left, 'organization')}`,
          );
          await connectRest(connecting, connected);
        }
      },
    };
  } catch (error) {
    progress.end();
    await close();
    throw error;
  }
}

/** All but the compiled code: what this run compiles is for the next runs, which have copies of their own. */
async function copyAssembly(from: string, to: string): Promise<void> {
  const codeCache = codeCacheOf(from);
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, filter: (source) => source !== codeCache });
  await mkdir(codeCache, { recursive: true });
  await symlink(codeCache, codeCacheOf(to));
}

/** How groups and workspaces are connected, by forge and path. */
const connectionsOf = ({ organizations }: World) =>
  new Map(
    organizations.flatMap((one) =>
      'connection' in one && one.connection !== undefined
        ? [[`${forgeOf(one)} ${nameOf(one)}`, one.connection] as const]
        : [],
    ),
  );

/** The world without installations: the App is installed by a change in the simulator, so that GitHub sends the event. */
function notInstalled(world: GitHubWorld): GitHubWorld {
  return {
    ...world,
    organizations: world.organizations.map(({ installation: _, ...organization }) => organization),
  };
}
