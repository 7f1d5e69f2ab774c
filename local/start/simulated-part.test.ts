import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseWorld } from '../forges/world/read-world.ts';
import type { World } from '../forges/world/world.ts';
import { WorldError } from '../forges/world/world-error.ts';
import { parseOptions } from './options.ts';
import { simulatedPart } from './simulated-part.ts';
import { start } from './start.ts';
import { openStateFolder } from './state-folder.ts';

const gitLab = '{ forge: gitlab, path: labs, members: { alice: owner } }';
const bitbucket = '{ forge: bitbucket, slug: works, members: { alice: owner } }';
const gitHub = '{ login: acme, members: { alice: owner } }';
const worldOf = (...organizations: string[]): World =>
  parseWorld(`users: [{ login: alice }]\norganizations: [${organizations.join(', ')}]`, 'world.yaml');

let directory: string;
let steps: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulated-part-'));
  steps = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Starts on ports of which one is taken, so that it gets no further than the simulators. */
async function startOnTakenPort(world: World): Promise<unknown> {
  const options = parseOptions(['--data', directory]);
  if (options === 'help') throw new Error('these are no options');
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }),
  );
  const ports = {
    ...{ registry: 0, console: 0, httpApi: 0, gateway: 0, gitHubApi: 0, gitHubWeb: 0, codeload: 0 },
    ...{ gitLabWeb: 0, gitLabControl: 0, bitbucketWeb: 0, bitbucketApi: 0, bitbucketControl: 0 },
    control: port,
  };
  try {
    return await start(await openStateFolder(options), world, {
      assembly: '',
      ports,
      progress: { step: (text) => void steps.push(text), counts() {}, end() {} },
    }).catch((error: unknown) => error);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
}

it('serves what is on GitHub, beside what is on GitLab and on Bitbucket', async () => {
  const world = worldOf(gitLab, gitHub, bitbucket);
  expect(simulatedPart(world).organizations).toMatchObject([{ login: 'acme' }]);
  expect(await startOnTakenPort(world)).toMatchObject({ code: 'EADDRINUSE' });
  expect(steps).toEqual([]);
});

it('does not start when nothing is left', async () => {
  const error = await startOnTakenPort(worldOf(bitbucket));
  expect(error).toBeInstanceOf(WorldError);
  expect(error).toMatchObject({
    message: expect.stringContaining('no organization of the world is on GitHub or GitLab'),
  });
});
