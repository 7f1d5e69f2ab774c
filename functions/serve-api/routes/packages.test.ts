import { describe, expect, it } from 'vitest';
import { keys } from '../../../shared/store/keys.ts';
import { noteChanged, noteDownloads } from '../../../shared/store/name-store.ts';
import { putReadme } from '../../../shared/store/readme-store.ts';
import {
  addPackages,
  aPackage,
  aRepository,
  aVersion,
  repositoryIdOf,
} from '../../../test/support/api-packages.ts';
import { type ApiWorld, createApiWorld, type Sender } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { commitOf } from '../../../test/support/memory-contents.ts';
import { organizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/packages';

async function packagesWorld(): Promise<ApiWorld> {
  const world = await createApiWorld();
  await addPackages(world.table);
  return world;
}

const names = async (world: ApiWorld, sender: Sender, query = '') =>
  (await world.ask(sender, { path: `${path}${query}` })).body.items.map(({ name }: { name: string }) => name);

describe('packages', () => {
  it('are listed for whoever may install them, and all of them for owners and machines', async () => {
    const world = await packagesWorld();
    expect(await names(world, 'owner')).toEqual(['acme/one', 'acme/two']);
    expect(await names(world, 'operator')).toEqual(['acme/one', 'acme/two']);
    expect(await names(world, await world.machine(['read']))).toEqual(['acme/one', 'acme/two']);
    expect(await names(world, 'outside')).toEqual(['acme/one']);
    expect(await names(world, 'member')).toEqual([]);
  });

  it.each(['/acme/two', '/acme/two/versions', '/acme/two/left-out', '/acme/two/downloads'])(
    'answer others at %s as if they were not there',
    async (place) => {
      const world = await packagesWorld();
      expect((await world.ask('owner', { path: `${path}${place}` })).status).toBe(200);
      const hidden = await world.ask('outside', { path: `${path}${place}` });
      const missing = await world.ask('outside', { path: `${path}${place.replace('two', 'nine')}` });
      expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
    },
  );

  it('have a readme for whoever may install them, as its authors wrote it', async () => {
    const world = await packagesWorld();
    const [text, commit] = ['# Two <script>', 'b'.repeat(40)];
    await world.table.transact([putReadme(organizationId, 6, { file: 'README.md', text, commit })]);
    const { body, headers } = await world.ask('owner', { path: `${path}/acme/two/readme` });
    expect(body).toEqual({ file: 'README.md', mediaType: 'text/markdown', text, commit });
    expect(headers['content-type']).toBe('application/json');
    const missing = await world.ask('outside', { path: `${path}/acme/nine/readme` });
    const hidden = await world.ask('outside', { path: `${path}/acme/two/readme` });
    expect([hidden.status, hidden.text]).toEqual([404, missing.text]);
  });

  it('are found by a part of the name, their state and synchronization', async () => {
    const world = await packagesWorld();
    await world.table.transact([aRepository(8), ...aPackage(8, 'acme/three', { state: 'unreadable' })]);
    expect(await names(world, 'owner', '?name=TW')).toEqual(['acme/two']);
    expect(await names(world, 'owner', '?state=unreadable')).toEqual(['acme/three']);
    expect(await names(world, 'owner', '?synchronization=sync1')).toHaveLength(3);
    expect(await names(world, 'owner', '?synchronization=sync2')).toEqual([]);
  });

  it('are sorted by their last change, in pages', async () => {
    const world = await packagesWorld();
    await world.table.transact([aRepository(8), ...aPackage(8, 'acme/three')]);
    const change = (name: string, number: number, at: number) =>
      noteChanged(world.table, organizationId, { name, number }, at);
    await change('acme/two', 6, 2000);
    await change('acme/three', 8, 1000);
    await change('acme/one', 99, 3000); // the name is not that package's
    const first = await world.ask('owner', { path: `${path}?sort=changed&limit=2` });
    expect(first.body.items).toMatchObject([
      { name: 'acme/two', changedAt: '1970-01-01T00:00:02.000Z' },
      { name: 'acme/three' },
    ]);
    const rest = `sort=changed&limit=2&cursor=${first.body.next}`;
    expect(await names(world, 'owner', `?${rest}`)).toEqual(['acme/one']);
    const other = await world.ask('owner', { path: `${path}?limit=2&cursor=${first.body.next}` });
    expect(other.body.errors).toMatchObject([{ parameter: 'cursor' }]);
  });

  it('are sorted by how often they were installed, in pages', async () => {
    const world = await packagesWorld();
    await world.table.transact([aRepository(8), ...aPackage(8, 'acme/three')]);
    await noteDownloads(world.table, organizationId, { name: 'acme/two', number: 6 }, 9);
    await noteDownloads(world.table, organizationId, { name: 'acme/three', number: 8 }, 10);
    const first = await world.ask('owner', { path: `${path}?sort=downloads&limit=2` });
    expect(first.body.items).toMatchObject([
      { name: 'acme/three', downloads: 10 },
      { name: 'acme/two', downloads: 9 },
    ]);
    const rest = `?sort=downloads&limit=2&cursor=${first.body.next}`;
    expect(await names(world, 'owner', rest)).toEqual(['acme/one']);
  });

  it('have versions with requirements; others than owners see those that are published', async () => {
    const world = await packagesWorld();
    await world.table.transact([
      aVersion(5, '1.1.0', { state: 'pending', reason: 'its archive is being built' }),
    ]);
    const owner = await world.ask('owner', { path: `${path}/acme/one/versions?limit=1` });
    expect(owner.body.items).toMatchObject([{ version: '1.1.0', state: 'pending' }]);
    const rest = await world.ask('owner', { path: `${path}/acme/one/versions?cursor=${owner.body.next}` });
    expect(rest.body).toEqual({
      items: [
        expect.objectContaining({
          version: '1.0.0',
          movedTo: commitOf('b'),
          isMoveAccepted: false,
          requires: [
            { name: 'php', constraint: '^8.2', isHere: false },
            { name: 'acme/two', constraint: '^1.0', isHere: true },
          ],
        }),
      ],
    });
    const outside = await world.ask('outside', { path: `${path}/acme/one/versions` });
    expect(outside.body.items).toMatchObject([{ version: '1.0.0' }]);
  });

  it('have pages of versions and dependents whose cursors name nothing that is hidden', async () => {
    const world = await packagesWorld();
    const hidden = ['1.3.0', '1.2.0', '0.2.0', '0.1.0'];
    await world.table.transact(
      hidden.map((version) =>
        aVersion(5, version, { state: 'pending', reason: 'its archive is being built' }),
      ),
    );
    const page = async (list: string) =>
      (await world.ask('outside', { path: `${path}/acme/one/${list}?limit=1` })).body;
    const versions = await page('versions');
    expect(versions).toEqual({ items: [expect.objectContaining({ version: '1.0.0' })] });
    // Only the package that he may not install follows.
    expect(await page('dependents')).toEqual({ items: [expect.objectContaining({ name: 'acme/one' })] });
  });

  it('have the pages of their files on the code host, and versions those of their own', async () => {
    const world = await packagesWorld();
    const links = {
      source: { type: 'git', url: 'git@host.test:acme/linked.git' },
      tree: 'https://host.test/acme/linked/tree/{ref}',
    } as const;
    await world.table.transact([
      aRepository(8),
      ...aPackage(8, 'acme/linked', { links }),
      aVersion(8, '1.0.0'),
    ]);
    const found = (await world.ask('owner', { path: `${path}/acme/linked` })).body;
    expect(found.links).toEqual({
      source: links.source.url,
      page: `https://host.test/acme/linked/tree/${found.defaultBranch}`,
    });
    const { items } = (await world.ask('owner', { path: `${path}/acme/linked/versions` })).body;
    expect(items).toMatchObject([{ page: 'https://host.test/acme/linked/tree/1.0.0' }]);
  });

  it('list what is left out in pages', async () => {
    const world = await packagesWorld();
    const first = await world.ask('outside', { path: `${path}/acme/one/left-out?limit=1` });
    expect(first.body.items).toMatchObject([{ ref: 'tag nightly' }]);
    const next = await world.ask('outside', {
      path: `${path}/acme/one/left-out?limit=1&cursor=${first.body.next}`,
    });
    expect(next.body).toEqual({ items: [expect.objectContaining({ ref: 'branch a,b' })] });
  });

  it('have dependents, of which everybody sees those that he may install', async () => {
    const world = await packagesWorld();
    const dependents = async (sender: Sender) =>
      (await world.ask(sender, { path: `${path}/acme/one/dependents` })).body.items;
    const require = { constraint: '^1.0', isForDevelopment: false };
    expect(await dependents('owner')).toEqual([
      { name: 'acme/one', ...require },
      { name: 'acme/two', ...require },
    ]);
    expect(await dependents('outside')).toEqual([{ name: 'acme/one', ...require }]);
  });

  it('are deleted when they are named once more, and do not come back', async () => {
    const world = await packagesWorld();
    const remove = (body: object) =>
      world.ask('owner', { method: 'POST', path: `${path}/acme/one/delete`, body });
    expect((await remove({ why: 'old' })).body).toMatchObject({ done: false, package: 'acme/one' });
    expect((await remove({ why: 'old', confirm: 'acme/two' })).status).toBe(422);
    expect(await names(world, 'owner')).toEqual(['acme/one', 'acme/two']);
    expect((await remove({ why: 'old', confirm: 'acme/one' })).body).toMatchObject({ done: true });
    expect(await names(world, 'owner')).toEqual(['acme/two']);
    const { body } = await world.ask('owner', { path: `${path}/acme/one/claims` });
    expect(body).toMatchObject({
      holder: { why: expect.stringContaining('an owner deleted') },
      claimants: [{ id: repositoryIdOf(7), name: 'acme/repository-7' }],
    });
  });
});

describe('repositories', () => {
  const repositories = '/organizations/acme/repositories';

  it('say which of them are packages', async () => {
    const world = await packagesWorld();
    const { body } = await world.ask('owner', { path: repositories });
    expect(body.items.map((one: Record<string, unknown>) => [one.id, one.packages])).toEqual([
      [repositoryIdOf(5), ['acme/one']],
      [repositoryIdOf(6), ['acme/two']],
      [repositoryIdOf(7), []],
    ]);
    const none = await world.ask('owner', { path: `${repositories}?package=none` });
    expect(none.body.items).toMatchObject([{ name: 'acme/repository-7' }]);
    const some = await world.ask('owner', { path: `${repositories}?package=some&name=tory-6` });
    expect(some.body.items).toMatchObject([{ packages: ['acme/two'] }]);
  });

  it('become packages by their scans, which the choice asks for', async () => {
    const world = await packagesWorld();
    const choice = { repositories: [repositoryIdOf(7)] };
    const { status, body } = await world.ask('owner', { method: 'POST', path, body: choice });
    expect([status, body]).toEqual([202, { chosen: 1, repositories: ['acme/repository-7'] }]);
    const one = await world.ask('owner', { path: `${repositories}/${repositoryIdOf(7)}` });
    expect(one.body).toMatchObject({ isScanPending: true });
    const unknown = { repositories: [repositoryIdOf(99)] };
    expect((await world.ask('owner', { method: 'POST', path, body: unknown })).status).toBe(404);
  });

  it('of other organizations are not there', async () => {
    const world = await packagesWorld();
    const place = `/organizations/other/repositories/${repositoryIdOf(5)}`;
    expect((await world.ask('stranger', { path: place })).status).toBe(404);
    expect((await world.ask('stranger', { method: 'POST', path: `${place}/scan` })).status).toBe(404);
  });
});

describe('a page of 5,000', () => {
  const count = 5000;
  const nameOf = (id: number) => `acme/package-${String(id).padStart(4, '0')}`;

  async function large(): Promise<ApiWorld> {
    const world = await createApiWorld();
    for (let id = 1; id <= count; id += 20) {
      const ids = Array.from({ length: 20 }, (_, place) => id + place);
      await world.table.transact(ids.flatMap((one) => [aRepository(one), ...aPackage(one, nameOf(one))]));
    }
    return world;
  }

  it('costs three reads, and pages lead to all', { timeout: 60_000 }, async () => {
    const world = await large();
    const reads = countReads(world.table);
    const cost = async (place: string) => {
      // A machine's key needs one read for itself, one for its count of requests, and one for the organization.
      const machine = await world.machine(['read']);
      const before = reads();
      const answer = await world.ask(machine, { path: `/organizations/acme${place}` });
      expect(answer.status).toBe(200);
      return { reads: reads() - before, body: answer.body };
    };
    const base = (await cost('')).reads;
    for (const place of [
      '/packages?limit=100',
      '/packages?name=99&state=available',
      '/packages?sort=changed&limit=100',
      '/packages?sort=downloads&limit=100',
      '/packages/acme/package-0042/versions',
    ]) {
      expect((await cost(place)).reads - base, place).toBeLessThanOrEqual(3);
    }
    // With the list of synchronizations.
    expect((await cost('/repositories?limit=100')).reads - base).toBeLessThanOrEqual(3 + 2);

    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await cost(`/packages?limit=100${cursor}`);
      seen.push(...body.items.map(({ name }: { name: string }) => name));
      if (body.next === undefined) {
        break;
      }
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, place) => nameOf(place + 1)));
  });
});

it('a package whose name was given says neither who gave it nor why', async () => {
  const world = await packagesWorld();
  const body = { repository: repositoryIdOf(7), why: 'the other is a copy' };
  const given = await world.ask('owner', { method: 'PUT', path: `${path}/acme/one/holder`, body });
  expect(given.status).toBe(200);
  // Its claim is there until the next scan.
  const claims = await world.ask('owner', { path: `${path}/acme/one/claims` });
  expect(claims.body).toMatchObject({ holder: { repository: { id: repositoryIdOf(7) } }, claimants: [] });
  const { number } = given.body;
  const shown = async () => (await world.ask('owner', { path: `${path}/acme/one` })).body.passedFrom;
  expect(await shown()).toEqual({ at: expect.any(String), reason: 'given' });
  const passedFrom = { number: 5, at: world.now(), reason: 'given (owner-login: the other is a copy)' };
  await world.table.update({ key: keys.package(organizationId, number), set: { passedFrom } });
  expect((await shown()).reason).toBe('given');
});
