import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlags } from '../../local/admin/calls.ts';
import { synchronizationCommands } from '../../local/admin/synchronization-commands.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { AdminError } from '../../local/start/admin-client.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/started.ts';

/* The commands of `npm run admin`, through the template's functions with the rights that they have there, to the simulated forge. */

const world = `
users: [{ login: alice }, { login: ann }, { login: bob }]
organizations:
  - login: tiny
    basePermission: read
    members: { alice: owner, ann: member, bob: member }
    installation: { repositories: all }
    repositories:
      - name: lib
        history: [{ manifest: { name: tiny/lib, license: MIT }, tags: ['1.0.0'] }]
`;

let system: System;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operators-test-'));
  const file = join(folder, 'world.yaml');
  await writeFile(file, world);
  system = await startSystem(await readWorld(file));
}, 240_000);

afterAll(async () => {
  await system?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The lines that the command prints. */
async function admin(...args: readonly string[]): Promise<string> {
  const { values, positionals } = readFlags(args);
  const [command = '', slug, ...rest] = positionals;
  const run = synchronizationCommands[command];
  if (run === undefined) {
    throw new Error(`no command ${command}`);
  }
  const { lines } = await run({ client: system.admin, slug, rest, flags: values, progress: () => {} });
  return lines.join('\n');
}

describe('the commands about a synchronization', () => {
  it('show how old rights are, read everything on demand, and list the run', async () => {
    expect(await admin('status', 'tiny')).toMatch(/rights as of 20\d\d-/);
    expect(await admin('synchronize', 'tiny')).toBe('everything was read; runs shows what changed');
    const runs = await admin('runs', 'tiny', '--all');
    expect(runs.split('\n')[0]).toMatch(/requests {2}nothing changed {2}because: owner$/);
    expect(await admin('removals', 'tiny')).toBe('nothing is held');
  }, 60_000);

  it('show beforehand what a run would change, and put back what one removed', async () => {
    await system.cloud.idle();
    await system.gitHub.changes.run('remove-organization-member', { user: 'bob' });
    const removed = await foundSoon(async () => {
      const runs = await admin('runs', 'tiny');
      expect(runs).toMatch(/webhook/);
      return /^(\d+) .* 1 removed .*webhook/m.exec(runs)?.[1];
    });
    expect(await admin('runs', 'tiny', removed)).toMatch(
      /member bob \(\d+\) removed: .*an event says so too/,
    );

    await system.gitHub.changes.run('add-organization-member', { user: 'bob', role: 'member' });
    await system.cloud.idle();
    const preview = await admin('preview', 'tiny');
    expect(preview).toMatch(/^nothing was written; \d+ requests\nsettings: nothing changed\nmembers: /);
    // Removed a moment ago, so the list alone is not believed.
    expect(preview).toMatch(/put off:\n {4}member#\d+: it has just changed/);
    const undone = await admin('undo', 'tiny', removed);
    expect(undone).toMatch(/^1 of what run \d+ removed are back, by run \d+\n {2}member bob/);
    expect(await admin('preview', 'tiny')).toMatch(/\nmembers: nothing changed\n/);
    expect(await admin('undo', 'tiny', removed)).toContain('there already');
  }, 90_000);

  it.each([
    [['runs', 'nobody'], 'there is no organization nobody'],
    [['runs', 'tiny', '99999'], 'there is no run 99999 yet'],
    [['undo', 'tiny', '99999'], 'there is no run 99999 yet'],
    [['preview', 'tiny', '--synchronization', 'x'], 'tiny has no synchronization x; it has '],
    [['removals', 'tiny', 'people', 'yes', '--of', 'abc'], 'there is no scope people'],
    [['removals', 'tiny', 'members', 'no', '--of', 'abc'], 'no removals of members are held'],
  ])('%j says what is wrong and names the way out', async (args, words) => {
    await expect(admin(...args)).rejects.toThrow(AdminError);
    await expect(admin(...args)).rejects.toThrow(words);
  });
});

async function foundSoon(look: () => Promise<string | undefined>): Promise<string> {
  let found: string | undefined;
  await eventually(async () => {
    found = await look();
    expect(found).toBeDefined();
  }, 20_000);
  return found ?? '';
}
