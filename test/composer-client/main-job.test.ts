import { execFile, execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import { personalToken } from '../../local/forges/github/state.ts';
import { composerVersion, createProject, type Project } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { type System, startSystem } from '../support/started.ts';
import { lagMs } from '../support/traits.ts';
import { defineCommandTests } from './commands.ts';

describe.skipIf(composerVersion === undefined)('the main job, by the real Composer', () => {
  let system: System;
  let url: string;
  const projects: Project[] = [];
  const clones: string[] = [];

  beforeAll(async () => {
    // One clock for both, so that they agree on the age of tokens when it is stepped.
    system = await startSystem(undefined, { clock: createCloudClock() });
    url = `${system.registry}/acme`;
  }, 240_000);

  afterAll(async () => {
    await Promise.all(projects.map((project) => project.remove()));
    for (const clone of clones) {
      rmSync(clone, { recursive: true, force: true });
    }
    await system?.close();
  }, 60_000);

  const project = async (login: string | undefined): Promise<Project> => {
    const made = await createProject(url, login === undefined ? undefined : system.token(login));
    projects.push(made);
    return made;
  };

  const get = (path: string, token?: string): Promise<Response> =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });

  const distOf = async (packageName: string, version: string, login: string): Promise<Dist> => {
    const answer = await get(`/p2/${packageName}.json`, system.token(login));
    const found = Metadata.parse(await answer.json()).packages[packageName]?.find(
      (one) => one.version === version,
    )?.dist;
    if (!found) {
      throw new Error(`${packageName} has no ${version} with a dist of its own`);
    }
    return found;
  };

  /** Requests that the registry's CDN answered since `from`. */
  const requests = (from: number) =>
    system.log
      .slice(from)
      .flatMap((line) => (line.source === 'cdn' && line.distribution === 'registry' ? [line] : []));

  const clone = async (repository: string): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'clone-test-'));
    clones.push(folder);
    const web = new URL(system.gitHub.addresses.web);
    web.username = 'alice';
    web.password = personalToken('alice', system.gitHub.state);
    await git(folder, 'clone', '-q', `${web.href}acme/${repository}.git`, '.');
    return folder;
  };

  it('installs a private package with what it requires, and its code runs', async () => {
    const app = await project('ann');
    const run = await app.run('require', 'acme/billing');
    expect(run.output).toContain('Locking acme/billing (2.0.1)');
    expect(run.output).toContain('Locking acme/money (v2.1.0)');
    expect(run.code).toBe(0);
    const printed = execFileSync(
      'php',
      ['-r', 'require "vendor/autoload.php"; echo new Acme\\Money\\Money(1234, "EUR");'],
      { cwd: app.directory, encoding: 'utf8' },
    );
    expect(printed).toBe('12.34 EUR');
  }, 60_000);

  it('answers 304 for p2 files that an update has seen, and 200 for the root, whose cache key has no token', async () => {
    const app = await project('ann');
    expect((await app.run('require', 'acme/money')).code).toBe(0);
    const from = system.log.length;
    expect((await app.run('update')).code).toBe(0);
    const second = requests(from);
    expect(second.map(({ path, status }) => [path, status])).toEqual(
      expect.arrayContaining([
        ['/acme/packages.json', 200],
        ['/acme/p2/acme/money.json', 304],
      ]),
    );
    expect(second.filter(({ path, status }) => path.includes('/p2/') && status !== 304)).toEqual([]);
  }, 60_000);

  defineCommandTests({ system: () => system, project });

  it('shows every version, newest first, with dev branches', async () => {
    const app = await project('ann');
    const shown = await app.run('show', '--all', 'acme/money');
    expect(shown.output).toContain(
      'versions : 2.x-dev, v2.1.0, v2.0.0, v2.0.0-beta.1, 1.x-dev, v1.1.1, v1.1.0, v1.0.1, v1.0.0, dev-main',
    );
  }, 60_000);

  it('lists for each member what that member may read, and no more', async () => {
    const names = async (login: string): Promise<string[]> =>
      Root.parse(await (await get('/packages.json', system.token(login))).json())['available-packages'];
    const [alice, ann, bob, olga] = await Promise.all(['alice', 'ann', 'bob', 'olga'].map(names));
    expect(alice).toContain('acme/payroll');
    expect(ann).toEqual(
      expect.arrayContaining(['acme/billing', 'acme/clock', 'acme/deploy-tools', 'acme/money']),
    );
    expect(ann).not.toContain('acme/catalog');
    expect(ann).not.toContain('acme/payroll');
    expect(bob).toEqual(expect.arrayContaining(['acme/catalog', 'acme/deploy-tools', 'acme/theme']));
    expect(bob).not.toContain('acme/billing');
    expect(olga).toEqual(['acme/theme']);
    for (const seen of [alice, ann, bob, olga]) {
      expect(seen).not.toContain('monolog/monolog');
      expect(seen).not.toContain('acme/handbook');
    }
  });

  it('answers "not found" for a package that a member may not read, as for one that does not exist', async () => {
    const app = await project('bob');
    const run = await app.run('require', 'acme/billing');
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/could not find a matching version of package acme\/billing/i);
    const hidden = await get('/p2/acme/billing.json', system.token('bob'));
    const unknown = await get('/p2/acme/no-such-package.json', system.token('bob'));
    expect([hidden.status, await hidden.text()]).toEqual([unknown.status, await unknown.text()]);
    expect(hidden.status).toBe(404);
  }, 60_000);

  it("shows the registry's warning for an unknown token", async () => {
    const app = await project(undefined);
    await app.useToken(`rprt_m_${'0'.repeat(68)}`);
    const run = await app.run('require', 'acme/money');
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/Warning from 127\.0\.0\.1.*:.*token/i);
    expect((await get('/packages.json')).status).toBe(401);
  }, 60_000);

  it('makes a pushed tag installable within 5 s, with its checksum from the first moment', async () => {
    const folder = await clone('clock');
    await git(folder, 'tag', '1.2.0');
    const from = system.log.length;
    await git(folder, 'push', '-q', 'origin', '1.2.0');
    const took = await promptly(system, async () => {
      const dist = await distOf('acme/clock', '1.2.0', 'ann');
      expect(dist.shasum).toMatch(/^[0-9a-f]{40}$/);
    });
    console.info(`a pushed tag was there after ${Math.round(took)} ms`);
    const app = await project('ann');
    const run = await app.run('require', 'acme/clock:1.2.0');
    expect(run.output).toContain('Locking acme/clock (1.2.0)');
    expect(run.code).toBe(0);
    expect(requests(from).every(({ status }) => status < 500)).toBe(true);
  }, 60_000);

  it('keeps the commit of a tag that moves, and installs from a lock file whose tag is gone', async () => {
    const app = await project('ann');
    expect((await app.run('require', 'acme/http-kit')).code).toBe(0);
    const lock = Lock.parse(JSON.parse(await app.read('composer.lock')));
    const { version, dist } = lock.packages[0] ?? { version: '', dist: { reference: '' } };
    const folder = await clone('http-kit');
    const tag = (await git(folder, 'tag', '--points-at', dist.reference)).split('\n')[0] ?? '';
    await git(folder, 'push', '-q', 'origin', `:refs/tags/${tag}`);
    await promptly(system, async () => {
      const answer = await get('/p2/acme/http-kit.json', system.token('ann'));
      expect(await answer.text()).not.toContain(dist.reference);
    });
    await app.forgetInstalled({ keepLock: true });
    await app.forgetCache();
    const old = await app.run('install');
    expect(old.output).toContain(`acme/http-kit (${version})`);
    expect(old.code).toBe(0);

    // The same tag at another commit: the first commit stays.
    await git(
      folder,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@example.org',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
    );
    await git(folder, 'tag', '-f', tag);
    await git(folder, 'push', '-q', '-f', 'origin', tag);
    await promptly(system, async () => {
      const answer = await get('/p2/acme/http-kit.json', system.token('ann'));
      expect(await answer.text()).toContain(dist.reference);
    });
  }, 90_000);

  it('makes a package of a new repository with a manifest by itself, and none of a fork', async () => {
    const manifest = (name: string) => ({ manifest: { name, license: 'proprietary' } });
    await system.gitHub.changes.run('create-repository', {
      name: 'yaml',
      visibility: 'public',
      forkOf: 'symfony/yaml',
    });
    await system.gitHub.changes.pushVersions('yaml', ['1.0.0'], manifest('acme/yaml'));
    await system.gitHub.changes.run('create-repository', { name: 'shipping' });
    await system.gitHub.changes.pushVersions('shipping', ['1.0.0'], manifest('acme/shipping'));
    const took = await promptly(system, async () => {
      const root = Root.parse(await (await get('/packages.json', system.token('alice'))).json());
      expect(root['available-packages']).toContain('acme/shipping');
    });
    console.info(`a new repository was a package after ${Math.round(took)} ms`);
    await system.cloud.idle();
    const root = Root.parse(await (await get('/packages.json', system.token('alice'))).json());
    expect(root['available-packages']).not.toContain('acme/yaml');
    const status = Status.parse(await system.admin.invoke('describe-organization', { slug: 'acme' }));
    expect(status.waiting).toContainEqual(expect.objectContaining({ name: 'acme/yaml', reason: 'fork' }));
  }, 60_000);

  it('refuses the next download of a removed team member within 5 s, though the CDN has the archive', async () => {
    const dist = await distOf('acme/money', 'v2.1.0', 'ann');
    const path = new URL(dist.url).pathname.replace('/acme', '');
    await get(path, system.token('ann'));
    await promptly(system, async () => {
      const answer = await get(path, system.token('ann'));
      expect(answer.headers.get('x-cache')).toBe('Hit from cloudfront');
    });
    await system.gitHub.changes.run('remove-team-member', { team: 'payments', user: 'ann' });
    const took = await promptly(system, async () => {
      expect((await get(path, system.token('ann'))).status).toBe(404);
    });
    console.info(`a removed team member was refused after ${Math.round(took)} ms`);
    expect((await get(path, system.token('alice'))).headers.get('x-cache')).toBe('Hit from cloudfront');
    const app = await project('ann');
    expect((await app.run('require', 'acme/money')).code).not.toBe(0);

    // A withdrawn right comes back with a read that is late enough not to lag behind the withdrawal.
    await system.gitHub.changes.run('add-team-member', { team: 'payments', user: 'ann' });
    await sleep(1_000);
    await system.cloud.clock.advance(lagMs + 5_000);
    await promptly(system, async () => {
      expect((await get(path, system.token('ann'))).status).toBe(200);
    });
  }, 60_000);

  it('refuses a revoked token right after a cache hit', async () => {
    const issued = Issued.parse(
      await system.admin.invoke('issue-token', {
        organization: 'acme',
        for: { kind: 'organization' },
        description: 'CI',
      }),
    );
    const dist = await distOf('acme/money', 'v2.1.0', 'alice');
    const path = new URL(dist.url).pathname.replace('/acme', '');
    await promptly(system, async () => {
      const answer = await get(path, issued.token);
      expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, 'Hit from cloudfront']);
    });
    await system.admin.invoke('revoke-token', { organization: 'acme', id: issued.id });
    await promptly(system, async () => {
      expect((await get(path, issued.token)).status).toBe(401);
    });
    const app = await createProject(url, issued.token);
    projects.push(app);
    const run = await app.run('require', 'acme/money');
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/Warning from 127\.0\.0\.1/);
  }, 60_000);

  it('builds an archive once, only for a recorded commit, and redirects the client with a 307', async () => {
    const dist = await distOf('acme/catalog', await firstVersion(), 'bob');
    const path = new URL(dist.url).pathname.replace('/acme', '');
    const before = archiveRequests();
    const answers = await Promise.all(Array.from({ length: 5 }, () => get(path, system.token('bob'))));
    for (const answer of answers) {
      expect([200, 307]).toContain(answer.status);
    }
    const sentBack = answers.filter((answer) => answer.status === 307);
    expect(sentBack.length).toBeGreaterThan(0);
    expect(sentBack[0]?.headers.get('location')).toBe(dist.url);
    expect(archiveRequests() - before).toBe(1);
    const stored = await get(path, system.token('bob'));
    expect(stored.status).toBe(200);
    await system.cloud.idle();
    // It was published without a checksum and stays so; otherwise every lock file would change with the first download.
    expect(await distOf('acme/catalog', await firstVersion(), 'bob')).toEqual(dist);
    // A commit in the repository's network that no scan found on a ref of this package.
    const unrecorded = path.replace(dist.reference, 'f'.repeat(40));
    expect((await get(unrecorded, system.token('bob'))).status).toBe(404);
    expect(archiveRequests() - before).toBe(1);
  }, 60_000);

  const firstVersion = async (): Promise<string> => {
    const answer = await get('/p2/acme/catalog.json', system.token('bob'));
    const versions = Metadata.parse(await answer.json()).packages['acme/catalog'] ?? [];
    return versions[0]?.version ?? '';
  };

  const archiveRequests = (): number =>
    system.gitHub.requests.summary().requests.filter(({ path }) => path.includes('/zipball/')).length;

  it('refuses a forged or unsigned delivery with 401 and changes nothing; a doubled one takes effect once', async () => {
    await system.cloud.idle();
    const url = `${system.console}/webhooks/github`;
    const delivery = system.gitHub.state.deliveries.find(({ event }) => event === 'push');
    if (!delivery) {
      throw new Error('no push was delivered');
    }
    const send = async (guid: string, signature: string | undefined): Promise<number> => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': guid,
          ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
        },
        body: delivery.body,
      });
      return answer.status;
    };
    const signature = `sha256=${createHmac('sha256', system.gitHub.state.app.webhookSecret).update(delivery.body).digest('hex')}`;
    const fresh = '00000000-0000-4000-8000-000000000000';
    system.cloud.gateway.forget();
    for (const forged of [undefined, 'sha256=', `sha256=${'0'.repeat(64)}`, signature.toUpperCase()]) {
      expect(await send(fresh, forged)).toBe(401);
    }
    // They are counted for their address; a delivery that is taken writes a transaction.
    expect(changesMade().map(({ operation }) => operation)).toEqual(['UpdateItem']);

    expect(await send(delivery.guid, signature)).toBe(202);
    expect(changesMade().filter(({ operation }) => operation.startsWith('SendMessage'))).toEqual([]);

    // The same bytes under another event name: this one takes effect.
    expect(await send(fresh, signature)).toBe(202);
    expect(changesMade().filter(({ operation }) => operation.startsWith('SendMessage'))).not.toEqual([]);
    await system.cloud.idle();
  });

  /** Calls of receive-webhook that may change something. */
  const changesMade = () =>
    system.cloud.gateway
      .recorded()
      .filter(
        ({ caller, operation }) =>
          caller.includes('receive-webhook') && /Put|Update|Delete|Write|Send/.test(operation),
      );
});

const Dist = z.object({ url: z.string(), reference: z.string(), shasum: z.string().optional() });
type Dist = z.infer<typeof Dist>;
const Metadata = z.object({
  packages: z.record(
    z.string(),
    z.array(z.object({ version: z.string().optional(), dist: Dist.optional() })),
  ),
});
const Root = z.object({ 'available-packages': z.array(z.string()) });
const Lock = z.object({
  packages: z.array(z.object({ version: z.string(), dist: z.object({ reference: z.string() }) })),
});
const Status = z.object({ waiting: z.array(z.object({ name: z.string(), reason: z.string() })) });
const Issued = z.object({ id: z.string(), token: z.string() });

/** Runs git asynchronously, since the simulator that git talks to is in this process. */
async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: folder });
  return stdout;
}
