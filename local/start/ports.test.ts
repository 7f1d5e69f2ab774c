import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOptions, type StartOptions } from './options.ts';
import { takePorts, withForgePorts } from './ports.ts';
import { markStopped, openStateFolder, type StateFolder } from './state-folder.ts';

let directory: string;
let folder: StateFolder;
const open = async (...flags: string[]) => {
  folder = await openStateFolder(parseOptions(['--data', directory, ...flags]) as StartOptions);
  await markStopped(folder);
};
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ports-'));
  await open();
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a start with another --port', () => {
  it('leaves the simulated GitLab and Bitbucket where they were: elsewhere they are others', async () => {
    const first = await withForgePorts(folder, await takePorts(0));
    const wanted = await takePorts(0);
    const { gitLabWeb, bitbucketWeb, bitbucketApi } = first;
    expect(await withForgePorts(folder, wanted)).toEqual({
      ...wanted,
      gitLabWeb,
      bitbucketWeb,
      bitbucketApi,
    });
    await open('--fresh');
    expect(await withForgePorts(folder, wanted)).toEqual(wanted);
  });

  it('says which port they need when somebody has it, also a server of its own', async () => {
    const first = await withForgePorts(folder, await takePorts(0));
    const wanted = await takePorts(0);
    await expect(withForgePorts(folder, { ...wanted, registry: first.gitLabWeb })).rejects.toThrow(
      'choose other ports with --port',
    );
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(first.bitbucketApi, '127.0.0.1', resolve));
    await expect(withForgePorts(folder, wanted)).rejects.toThrow(
      `port ${first.bitbucketApi} on 127.0.0.1 is in use, where the simulated code hosts`,
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
