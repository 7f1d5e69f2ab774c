import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFlags, simpleCommands } from '../../local/admin/calls.ts';
import { synchronizationCommands } from '../../local/admin/synchronization-commands.ts';
import { readWorld } from '../../local/forges/world/read-world.ts';
import { AdminError } from '../../local/start/admin-error.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/started.ts';

/* The commands of `npm run admin`, through the template's functions with their own permissions, against the simulated forge. */

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

/** Runs a command. @returns the lines that it prints */
async function admin(...args: readonly string[]): Promise<string> {
  const { values, positionals } = readFlags(args);
  const [command = '', slug, ...rest] = positionals;
  const run = synchronizationCommands[command];
  const [name, input] = simpleCommands[command]?.(slug ?? '', values) ?? [];
  if (name !== undefined) {
    await system.admin.invoke(name, input);
    return '';
  }
  if (run === undefined) {
    throw new Error(`no command ${command}`);
  }
  const { lines } = await run({ client: system.admin, slug, rest, flags: values, progress: () => {} });
  return lines.join('\n');
}

describe('the commands about a synchronization', () => {
  it('show the age of rights, read everything on demand, and list the run', async () => {
    expect(await admin('status', 'tiny')).toMatch(/rights as of 20\d\d-/);
    expect(await admin('synchronize', 'tiny')).toBe('read completely; runs shows what changed');
    const runs = await admin('runs', 'tiny', '--all');
    expect(runs.split('\n')[0]).toMatch(/requests {2}nothing changed {2}cause: operator$/);
    expect(await admin('removals', 'tiny')).toBe('no removals are held');
  }, 60_000);

  it('preview what a run would change, and undo what one removed', async () => {
    await system.cloud.idle();
    await system.gitHub.changes.run('remove-organization-member', { user: 'bob' });
    const removed = await foundSoon(async () => {
      const runs = await admin('runs', 'tiny');
      expect(runs).toMatch(/webhook/);
      return /^(\d+) .* 1 removed .*webhook/m.exec(runs)?.[1];
    });
    expect(await admin('runs', 'tiny', removed)).toMatch(
      /member bob \(\d+\) removed: .*confirmed by an event/,
    );

    // No event gives the membership back, and a list read right after the removal is not trusted.
    system.gitHub.faults.add({ kind: 'delivery-lost', times: 1 });
    await system.gitHub.changes.run('add-organization-member', { user: 'bob', role: 'member' });
    await system.cloud.idle();
    const preview = await admin('preview', 'tiny');
    expect(preview).toMatch(/^nothing was written; \d+ requests\nsettings: nothing changed\nmembers: /);
    expect(preview).toMatch(/deferred:\n {4}member#\d+: withdrawn a short time ago/);
    const undone = await admin('undo', 'tiny', removed);
    expect(undone).toMatch(/^restored 1 of what run \d+ removed, by run \d+\n {2}member bob/);
    expect(await admin('preview', 'tiny')).toMatch(/\nmembers: nothing changed\n/);
    expect(await admin('undo', 'tiny', removed)).toContain('already there');
  }, 90_000);

  it.each([
    [['runs', 'nobody'], 'unknown organization nobody'],
    [['runs', 'tiny', '99999'], 'run 99999 does not exist yet'],
    [['undo', 'tiny', '99999'], 'run 99999 does not exist yet'],
    [['preview', 'tiny', '--synchronization', 'x'], 'tiny has no synchronization x; it has '],
    [['removals', 'tiny', 'people', 'yes', '--of', 'abc'], 'unknown scope people'],
    [['removals', 'tiny', 'members', 'no', '--of', 'abc'], 'no removals of members are held'],
  ])('%j explains what is wrong and what to do', async (args, text) => {
    const error = await admin(...args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AdminError);
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining(text) });
  });
});

describe('requests by Composer and by proxies in front of it', () => {
  it('share one cached copy for a tilde and its encoding in the URL', async () => {
    const plain = await ask('tiny/p2/tiny/lib~dev.json');
    const encoded = await ask('tiny/p2/tiny/lib%7Edev.json');
    expect([plain.status, encoded.status]).toEqual([200, 200]);
    expect(await encoded.text()).toBe(await plain.text());
    expect(encoded.headers.get('x-cache')).toMatch(/^(Refresh)?Hit from/);
  }, 30_000);

  it('with HEAD for an archive that is not stored yet get no 404, and build it at most once', async () => {
    const url = await distUrl();
    const archives = () =>
      system.gitHub.requests.summary().requests.filter(({ path }) => path.includes('/zipball/')).length;
    const before = archives();
    const [head, get] = await Promise.all([ask(url, 'HEAD'), ask(url)]);
    expect([head.status, get.status]).toEqual([200, 200]);
    const archive = await get.arrayBuffer();
    expect(head.headers.get('content-length')).toBe(String(archive.byteLength));
    const again = await ask(url, 'HEAD');
    expect([again.status, await again.text()]).toEqual([200, '']);
    expect(archives() - before).toBe(1);
  }, 60_000);
});

describe('after a leak', () => {
  it('an owner stops all access within 2 s, cached copies included, with a reason on record, and can allow it again', async () => {
    const everything = z
      .object({ token: z.string() })
      .parse(
        await system.admin.invoke('issue-token', { organization: 'tiny', for: { kind: 'organization' } }),
      );
    const url = await distUrl();
    await eventually(async () => {
      expect((await ask('tiny/packages.json', 'GET', everything.token)).status).toBe(200);
      expect((await ask(url)).headers.get('x-cache')).toMatch(/^Hit from/);
    }, 20_000);

    const started = performance.now();
    expect(await admin('stop-access', 'tiny', '--by', 'Alice', '--why', 'a token leaked')).toBe('');
    await eventually(async () => expect((await ask(url)).status).toBe(401), 10_000);
    const took = performance.now() - started;
    for (const token of [system.token('alice'), system.token('ann'), everything.token]) {
      for (const path of ['tiny/packages.json', 'tiny/p2/tiny/lib.json', url]) {
        const refused = await ask(path, 'GET', token);
        expect(refused.status).toBe(401);
        expect(await refused.json()).toEqual({ warning: expect.stringContaining('has stopped all access') });
      }
    }
    expect(took).toBeLessThan(2000);
    const status = await admin('status', 'tiny');
    expect(status).toMatch(
      /ALL ACCESS IS STOPPED since 20.* by Alice: a token leaked\n {2}npm run admin -- allow-access tiny/,
    );
    await expect(admin('stop-access', 'tiny', '--by', 'Ann', '--why', 'twice')).rejects.toThrow(
      'is already stopped',
    );
    await expect(admin('stop-access', 'tiny', '--by', 'Ann', '--why', ' ')).rejects.toThrow('why');

    await admin('allow-access', 'tiny', '--by', 'Alice', '--why', 'the token is revoked');
    await eventually(async () => expect((await ask(url)).status).toBe(200), 10_000);
    expect(await admin('status', 'tiny')).toMatch(
      /audit log, newest first:\n.*Alice: allow-access tiny: the token is revoked\n.*Alice: stop-access tiny: a token leaked/,
    );
  }, 60_000);
});

/** Sends a request. @param path on the registry host, or a complete URL there */
function ask(path: string, method = 'GET', token = system.token('alice')): Promise<Response> {
  return fetch(new URL(path, `${system.registry}/`), {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
}

async function distUrl(): Promise<string> {
  const file = await (await ask('tiny/p2/tiny/lib.json')).json();
  const Versions = z.array(z.object({ dist: z.object({ url: z.string() }) }));
  const [first] = z.object({ packages: z.object({ 'tiny/lib': Versions }) }).parse(file).packages['tiny/lib'];
  return first?.dist.url ?? '';
}

async function foundSoon(find: () => Promise<string | undefined>): Promise<string> {
  let found: string | undefined;
  await eventually(async () => {
    found = await find();
    expect(found).toBeDefined();
  }, 20_000);
  return found ?? '';
}
