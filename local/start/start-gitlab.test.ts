import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { moduleOf } from '../../shared/forge/modules.ts';
import { parseWorld } from '../forges/world/read-world.ts';
import { gitLabIntegration, startGitLab } from './start-gitlab.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'start-gitlab-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const gitHub = '{ login: acme, members: { alice: owner } }';
const gitLab = '{ forge: gitlab, path: labs, members: { alice: owner } }';

function start(...organizations: string[]) {
  const text = `users: [{ login: alice }]\norganizations: [${organizations.join(', ')}]`;
  const at = (name: string): string => join(directory, name);
  return startGitLab({
    folder: {
      ...{ directory, isUsed: false, cloud: at('cloud'), github: at('github'), gitlab: at('gitlab') },
      ...{ bitbucket: at('bitbucket'), assembly: at('assembly'), log: at('log') },
    },
    world: parseWorld(text, 'world'),
    ports: {
      ...{ registry: 0, console: 0, gitHubApi: 0, gitHubWeb: 0, codeload: 0, control: 0 },
      ...{ gateway: 0, httpApi: 0, gitLabWeb: 0, gitLabControl: 0 },
      ...{ bitbucketWeb: 0, bitbucketApi: 0, bitbucketControl: 0 },
    },
    consoleBaseUrl: 'http://console.example',
    say: () => {},
  });
}

it('starts none for a world without groups', async () => {
  expect(await start(gitHub)).toBeUndefined();
});

it('starts one that lets the console sign people in, with the same client id after a restart', async () => {
  const first = await start(gitHub, gitLab);
  if (first === undefined) throw new Error('it did not start');
  const integration = gitLabIntegration(first);
  const { clientId } = integration.settings;
  const module = moduleOf(integration.forge);
  expect(module.settings.safeParse(integration.settings).success).toBe(true);
  expect(module.secrets.safeParse(integration.secrets).success).toBe(true);
  const { host } = new URL(first.addresses.web);
  const redirectUris = first.state.applications.get(clientId)?.redirectUris;
  expect(redirectUris).toEqual([`http://console.example/sign-in/callback/gitlab~${host}`]);
  await first.close();
  const second = await start(gitHub, gitLab);
  expect(second && gitLabIntegration(second).settings.clientId).toBe(clientId);
  await second?.close();
});
