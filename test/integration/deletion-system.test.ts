import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { promptly } from '../support/promptly.ts';
import { type System, startSystem } from '../support/started.ts';

/** How soon nobody gets what an owner removed, caches included: a promise to owners. */
const refusedMs = 2_000;
/** How soon the follow-up work is done. */

const Metadata = z.object({
  packages: z.record(
    z.string(),
    z.array(
      z.object({
        version: z.string().optional(),
        dist: z.object({ url: z.string(), reference: z.string() }).optional(),
      }),
    ),
  ),
});
const Status = z.object({
  refusedCommits: z.array(z.object({ commit: z.string(), isRemoved: z.boolean() })),
  auditLog: z.array(z.object({ act: z.string(), by: z.string(), why: z.string(), subject: z.string() })),
});

/** Runs on the whole system, since it is about the copies in the CDN's cache. */
describe('what an owner removes is refused within 2 s, cached copies too', () => {
  let system: System;
  let token: string;
  beforeAll(async () => {
    system = await startSystem();
    const issued = await system.admin.invoke('issue-token', {
      organization: 'acme',
      for: { kind: 'organization' },
      description: 'CI',
    });
    token = z.object({ token: z.string() }).parse(issued).token;
    await promptly(system, async () => expect((await get('/packages.json')).status).toBe(200));
  }, 240_000);
  afterAll(() => system?.close(), 60_000);

  const get = (path: string): Promise<Response> =>
    fetch(`${system.registry}/acme${path}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
    });
  const archiveOf = async (name: string): Promise<{ path: string; version: string; commit: string }> => {
    const { packages } = Metadata.parse(await (await get(`/p2/${name}.json`)).json());
    const [newest] = packages[name] ?? [];
    return {
      path: new URL(newest?.dist?.url ?? '').pathname.replace('/acme', ''),
      version: newest?.version ?? '',
      commit: newest?.dist?.reference ?? '',
    };
  };
  /** Downloads a path until the CDN has it in its cache. */
  const cached = (path: string): Promise<number> =>
    promptly(system, async () => {
      const answer = await get(path);
      await answer.arrayBuffer();
      expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, 'Hit from cloudfront']);
    });
  /** Invokes the function, and waits from its answer on until each path is answered with the status. */
  const refused = async (name: string, input: object, status: number, ...paths: string[]): Promise<void> => {
    const answer = await system.admin.invoke(name, { slug: 'acme', by: 'ann', why: 'test', ...input });
    expect(answer).toMatchObject({ done: true });
    const took = await promptly(
      system,
      async () => {
        expect(await Promise.all(paths.map(async (path) => (await get(path)).status))).toEqual(
          paths.map(() => status),
        );
      },
      refusedMs,
    );
    console.info(`${name}: refused after ${Math.round(took)} ms`);
  };
  const status = async () =>
    Status.parse(await system.admin.invoke('describe-organization', { slug: 'acme' }));

  it('a version, whose archive is removed and whose commit stays refused', async () => {
    const { path, version, commit } = await archiveOf('acme/money');
    await cached(path);
    await refused(
      'delete-version',
      { package: 'acme/money', versions: [version], confirm: 'acme/money' },
      404,
      path,
    );
    await promptly(system, async () => {
      expect(await (await get('/p2/acme/money.json')).text()).not.toContain(commit);
      expect((await status()).refusedCommits).toEqual([{ commit, isRemoved: true }]);
    });
    const other = await archiveOf('acme/money');
    expect(other.version).not.toBe(version);
    await cached(other.path);
  }, 60_000);

  it('a package', async () => {
    const { path } = await archiveOf('acme/clock');
    await cached(path);
    await refused(
      'delete-package',
      { package: 'acme/clock', confirm: 'acme/clock' },
      404,
      path,
      '/p2/acme/clock.json',
    );
  }, 60_000);

  it('a synchronization', async () => {
    const { path } = await archiveOf('acme/billing');
    await cached(path);
    const login = z
      .object({ login: z.string() })
      .parse(await system.admin.invoke('delete-synchronization', { slug: 'acme' })).login;
    await refused('delete-synchronization', { confirm: login }, 404, path, '/p2/acme/billing.json');
    expect((await status()).auditLog.slice(0, 3).map(({ act }) => act)).toEqual([
      'delete-synchronization',
      'delete-package',
      'delete-version',
    ]);
  }, 60_000);

  it('an organization, whose slug cannot be used again', async () => {
    await refused('delete-organization', { confirm: 'acme' }, 401, '/packages.json', '/p2/acme/money.json');
    await expect(status()).rejects.toThrow('organization acme was deleted, and its slug cannot be reused');
    const installations = z
      .object({ unclaimedInstallations: z.array(z.object({ installation: z.string(), login: z.string() })) })
      .parse(await system.admin.invoke('describe-organization', {})).unclaimedInstallations;
    const [free] = installations.filter(({ login }) => login.startsWith('acme'));
    const connect = (slug: string) =>
      system.admin.invoke('connect-organization', {
        slug,
        installation: free?.installation,
        repositories: 'all',
        ownedVendors: ['acme'],
      });
    await expect(connect('acme')).rejects.toThrow('the slug acme is taken');
    expect(await connect('acme-again')).toMatchObject({ slug: 'acme-again' });
  }, 60_000);
});
