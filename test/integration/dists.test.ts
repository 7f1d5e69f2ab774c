import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import { buildDist, type DistOutcome, noteSlowBuild } from '../../shared/publish/build-dist.ts';
import { ArchiveTooLargeError, type DistObjects } from '../../shared/publish/dist-objects.ts';
import { fetchDist } from '../../shared/publish/fetch-dist.ts';
import { finishDist } from '../../shared/scan/finish-dist.ts';
import { keys } from '../../shared/store/keys.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { findDist, findPackage, type StoredPackage } from '../../shared/store/package-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type LocalServices, useLocalServices } from '../support/local-services.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { registryBaseUrl } from '../support/registry-world.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const newServices = useLocalServices();

const commit = 'a'.repeat(40);
const objectKey = `acme/1/${commit}.zip`;
const bytes = 'PK archive';
const shasum = createHash('sha1').update(bytes).digest('hex');

const upload = { signal: new AbortController().signal, beforeStoring: async () => {} };

interface Forge {
  reads: number;
  archive: (signal: AbortSignal) => Readable | Promise<Readable>;
}

interface Dists extends LocalServices {
  readonly table: Table;
  readonly forge: Forge;
  readonly workQueue: ReturnType<typeof createRecordingQueue>;
  readonly found: StoredPackage;
  build(options?: {
    commit?: string;
    signal?: AbortSignal;
    objects?: DistObjects;
    leaseMs?: number;
  }): Promise<DistOutcome>;
  fetch(path?: Partial<{ slug: string; packageNumber: string; file: string }>): ReturnType<typeof fetchDist>;
  finish(): ReturnType<typeof finishDist>;
  stored(): Promise<string | undefined>;
  dist(): Promise<unknown>;
}

/** Package 1 with one recorded commit. */
async function createDists(): Promise<Dists> {
  const services = newServices();
  const table = createMemoryTable();
  const workQueue = createRecordingQueue();
  await addSynchronized(table);
  await table.transact([
    {
      put: keys.package(organizationId, 1),
      item: {
        number: 1,
        name: 'acme/one',
        synchronization: synchronizationId,
        repository: '5',
        directory: '',
        state: 'available',
      },
    },
    { put: keys.dist(organizationId, 1, commit), item: { recordedAt: 1 } },
  ]);
  const found = await findPackage(table, organizationId, 1);
  const organization = await findOrganization(table, organizationId);
  if (!found || !organization) {
    throw new Error('the table is empty');
  }
  const forge: Forge = { reads: 0, archive: () => Readable.from([bytes]) };
  let leases = 0;
  const dependencies = {
    table,
    objects: services.dists,
    clock: services.clock,
    workQueue,
    newLeaseId: () => `lease-${++leases}`,
    logger: { warn: () => {} },
    registryBaseUrl,
    findOrganization: async (slug: string) => (slug === 'acme' ? organization : undefined),
    reader: async () => ({
      contains: async () => ({ is: 'not-contained' }) as const,
      async readArchive(_: unknown, __: string, signal: AbortSignal) {
        forge.reads++;
        return forge.archive(signal);
      },
    }),
  };
  return {
    ...services,
    table,
    forge,
    workQueue,
    found,
    build: ({
      commit: of = commit,
      signal = new AbortController().signal,
      objects = services.dists,
      leaseMs = 60_000,
    } = {}) =>
      buildDist(
        { ...dependencies, objects },
        { organization: organizationId, slug: 'acme', found, commit: of, signal, leaseMs },
      ),
    fetch: (path = {}) =>
      fetchDist(dependencies, { slug: 'acme', packageNumber: '1', file: `${commit}.zip`, ...path }),
    finish: () =>
      finishDist(dependencies, {
        kind: 'dist',
        organization: organizationId,
        packageNumber: 1,
        reference: commit,
      }),
    stored: async () => (await services.published()).objects.get(objectKey)?.body.toString(),
    dist: () => findDist(table, organizationId, 1, commit),
  };
}

describe('buildDist', () => {
  it("stores and hashes the archive of a recorded commit, and writes none of the package's files again", async () => {
    const dists = await createDists();
    const outcome = await dists.build();
    expect(outcome).toEqual({ is: 'stored', shasum });
    expect(await dists.stored()).toBe(bytes);
    expect(await dists.dist()).toMatchObject({ commit, shasum, size: bytes.length, leaseUntil: undefined });
    expect(await dists.table.get(keys.package(organizationId, 1))).not.toHaveProperty('wanted');
    expect(await dists.build()).toEqual({ is: 'stored', shasum });
    expect(dists.forge.reads).toBe(1);
  });

  it('refuses commits that no scan recorded for the package', async () => {
    const dists = await createDists();
    expect(await dists.build({ commit: 'b'.repeat(40) })).toEqual({ is: 'unrecorded' });
    expect(dists.forge.reads).toBe(0);
    expect(await dists.table.get(keys.dist(organizationId, 1, 'b'.repeat(40)))).toBeUndefined();
  });

  it('keeps and hashes the bytes stored by a worker that died before recording them', async () => {
    const dists = await createDists();
    await dists.dists.putFirst(objectKey, Readable.from([bytes]), upload);
    dists.forge.archive = () => Readable.from(['other bytes']);
    expect(await dists.build()).toMatchObject({ is: 'stored' });
    expect(await dists.stored()).toBe(bytes);
    expect(await dists.dist()).toMatchObject({ shasum });
    expect(dists.forge.reads).toBe(0);
  });

  it('keeps the bytes stored first when two workers store at the same time', async () => {
    const dists = await createDists();
    dists.forge.archive = async () => {
      await dists.dists.putFirst(objectKey, Readable.from([bytes]), upload);
      return Readable.from(['other bytes']);
    };
    expect(await dists.build()).toMatchObject({ is: 'stored' });
    expect(await dists.stored()).toBe(bytes);
    expect(await dists.dist()).toMatchObject({ shasum, size: bytes.length });
  });

  it('is done by one worker until the lease ends', async () => {
    const dists = await createDists();
    const outcomes = await Promise.all([dists.build(), dists.build(), dists.build()]);
    expect(outcomes.filter(({ is }) => is === 'busy').length).toBe(2);
    expect(dists.forge.reads).toBe(1);
  });

  it('is taken over from a worker that died', async () => {
    const dists = await createDists();
    const leaseUntil = dists.clock.now() + 60_000;
    await dists.table.update({
      key: keys.dist(organizationId, 1, commit),
      set: { leaseId: 'dead', leaseUntil },
    });
    expect(await dists.build()).toEqual({ is: 'busy' });
    await dists.clock.advance(60_001);
    expect(await dists.build()).toMatchObject({ is: 'stored' });
  });

  it.each([
    ['the forge refuses', () => Promise.reject(new ForgeError('unavailable', 'no archive today'))],
    [
      'the archive breaks off',
      () =>
        Readable.from(
          (async function* () {
            yield 'PK';
            throw new ForgeError('unavailable', 'broken off');
          })(),
        ),
    ],
  ] as const)('releases the lease when %s', async (_, archive) => {
    const dists = await createDists();
    dists.forge.archive = archive;
    await expect(dists.build()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await dists.stored()).toBeUndefined();
    expect(await dists.dist()).toMatchObject({ shasum: undefined, leaseUntil: undefined });
    dists.forge.archive = () => Readable.from([bytes]);
    expect(await dists.build()).toMatchObject({ is: 'stored' });
  });

  it('of an archive that is too large says so once, and asks the code host again a day later', async () => {
    const dists = await createDists();
    const small = { ...dists.dists };
    small.putFirst = () => Promise.reject(new ArchiveTooLargeError('too large'));
    expect(await dists.build({ objects: small })).toEqual({ is: 'too-large' });
    expect(await dists.build()).toEqual({ is: 'too-large' });
    expect(await dists.fetch()).toMatchObject({
      status: 404,
      body: expect.stringContaining('export-ignore in .gitattributes'),
    });
    expect(await dists.finish()).toBe('too-large');
    expect(dists.forge.reads).toBe(1);
    expect(dists.workQueue.sent).toEqual([]);
    await dists.clock.advance(24 * 3600_000);
    expect(await dists.build()).toMatchObject({ is: 'stored' });
    expect(await dists.dist()).toMatchObject({ tooLargeAt: undefined });
  });

  it('that takes longer than a function has is given up after three times', async () => {
    const dists = await createDists();
    const wanted = { organization: organizationId, found: dists.found, commit };
    const noted = [];
    for (let times = 1; times <= 3; times++) {
      noted.push(await noteSlowBuild(dists, wanted));
    }
    expect(noted).toEqual([false, false, true]);
    expect(await dists.build()).toEqual({ is: 'too-large' });
    expect(dists.forge.reads).toBe(0);
  });

  it('ends with its abort signal, even while the store takes its time', async () => {
    const dists = await createDists();
    const ending = new AbortController();
    const slow: DistObjects = {
      ...dists.dists,
      putFirst: (...args) => {
        ending.abort(new Error('out of time'));
        return dists.dists.putFirst(...args);
      },
    };
    await expect(dists.build({ signal: ending.signal, objects: slow })).rejects.toThrow();
    expect(await dists.stored()).toBeUndefined();
    expect(await dists.build()).toMatchObject({ is: 'stored' });
  });

  it('that does not hear that the archive was stored leaves a trace of it until it is recorded', async () => {
    const dists = await createDists();
    const trace = { shasum: undefined, leaseUntil: expect.any(Number) };
    const lost = { putFirst: dists.dists.putFirst, digest: dists.dists.digest };
    lost.putFirst = async (...args) => {
      await dists.dists.putFirst(...args);
      throw new Error('the answer was lost');
    };
    await expect(dists.build({ objects: { ...dists.dists, ...lost } })).rejects.toThrow(
      'the answer was lost',
    );
    expect(await dists.stored()).toBe(bytes);
    expect(await dists.dist()).toMatchObject(trace);
    lost.digest = () => Promise.reject(new Error('no store today'));
    await expect(dists.build({ objects: { ...dists.dists, ...lost } })).rejects.toThrow('no store today');
    expect(await dists.dist()).toMatchObject(trace);
    expect(await dists.build()).toMatchObject({ is: 'stored' });
    expect(await dists.dist()).toMatchObject({ shasum, leaseUntil: undefined });
    expect(dists.forge.reads).toBe(1);
  });
});

describe('fetchDist', () => {
  it('builds, and redirects the client to the same URL, uncacheably', async () => {
    const dists = await createDists();
    expect(await dists.fetch()).toEqual({
      status: 307,
      headers: {
        location: `${registryBaseUrl}/acme/dists/acme/one/${commit}.zip`,
        'cache-control': 'no-store',
      },
    });
    expect(await dists.stored()).toBe(bytes);
    expect(dists.workQueue.take()).toMatchObject([
      { queue: 'scan', message: { kind: 'dist' }, delaySeconds: 60 },
    ]);
    expect(await dists.fetch()).toMatchObject({ status: 307 });
    expect(dists.workQueue.take()).toEqual([]);
    expect(await dists.finish()).toBe('stored');
    expect(dists.forge.reads).toBe(1);
  });

  it('leaves to the queue what it stored but could not record, since nobody requests it again', async () => {
    const dists = await createDists();
    const { update } = dists.table;
    vi.spyOn(dists.table, 'update').mockImplementation((change, when) =>
      change.set?.storedAt === undefined ? update(change, when) : Promise.reject(new Error('died')),
    );
    await expect(dists.fetch()).rejects.toThrow('died');
    expect(await dists.stored()).toBe(bytes);
    expect(await dists.dist()).toMatchObject({ shasum: undefined });
    expect(dists.workQueue.take()).toMatchObject([
      { queue: 'scan', message: { kind: 'dist', packageNumber: 1, reference: commit } },
    ]);
    vi.restoreAllMocks();
    expect(await dists.finish()).toBe('stored');
    expect(await dists.dist()).toMatchObject({ shasum });
    expect(dists.forge.reads).toBe(1);
  });

  it.each([
    ['another kind of file', { file: 'plain.json' }],
    ['a short commit', { file: 'abc.zip' }],
    ['an unknown package', { packageNumber: '2' }],
    ['what is no number', { packageNumber: '1e0' }],
    ['an unknown organization', { slug: 'other' }],
  ])('answers "not found" for %s', async (_, path) => {
    const dists = await createDists();
    expect(await dists.fetch(path)).toMatchObject({ status: 404, body: '{"error":"not found"}' });
    expect(dists.forge.reads).toBe(0);
  });

  it.each(['unreadable', 'deleted'])('answers "not found" for a package that is %s', async (state) => {
    const dists = await createDists();
    await dists.table.update({ key: keys.package(organizationId, 1), set: { state } });
    expect(await dists.fetch()).toMatchObject({ status: 404 });
    expect(dists.forge.reads).toBe(0);
  });

  it.each(['unavailable', 'not-found', 'rate-limited'] as const)(
    'answers "try again later" when the forge answers %s',
    async (code) => {
      const dists = await createDists();
      dists.forge.archive = () => {
        throw new ForgeError(code, 'no');
      };
      const answer = await dists.fetch();
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '10', 'cache-control': 'no-store', 'content-type': 'application/json' },
      });
      expect(JSON.parse(answer.body ?? '')).toEqual({ warning: expect.stringContaining(code) });
      expect(dists.workQueue.take()).toEqual([]);
      expect(await dists.dist()).toMatchObject({ leaseUntil: undefined });
    },
  );

  describe('within its time limit', () => {
    beforeEach(() => {
      // The limit of 25 s becomes a tenth of a second; other time-outs, such as those of the SDK, stay.
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === 25_000 ? 300 : ms));
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    const endless = (): Readable =>
      new Readable({
        read() {
          setTimeout(() => this.push('more '), 10);
        },
      });

    it('stops waiting for a slow archive, and leaves it to the queue', async () => {
      const dists = await createDists();
      dists.forge.archive = endless;
      const answer = await dists.fetch();
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
      expect(JSON.parse(answer.body ?? '')).toEqual({ warning: expect.stringContaining('being built') });
      expect(dists.workQueue.take()).toMatchObject([
        { queue: 'scan', message: { kind: 'dist', packageNumber: 1, reference: commit } },
      ]);
      expect(await dists.dist()).toMatchObject({ leaseUntil: undefined });

      dists.forge.archive = () => Readable.from([bytes]);
      expect(await dists.finish()).toBe('stored');
      expect(await dists.fetch()).toMatchObject({ status: 307 });
    });

    it('waits for another build of the archive, and then redirects the client there', async () => {
      vi.restoreAllMocks();
      const dists = await createDists();
      let go = (): void => {};
      dists.forge.archive = () =>
        new Promise((resolve) => {
          go = () => resolve(Readable.from([bytes]));
        });
      const [winner, loser] = [dists.fetch(), dists.fetch()];
      setTimeout(() => go(), 200);
      expect(await Promise.all([winner, loser])).toMatchObject([{ status: 307 }, { status: 307 }]);
      expect(dists.forge.reads).toBe(1);
    });

    it('waits no longer than the limit', async () => {
      const dists = await createDists();
      const leaseUntil = dists.clock.now() + 600_000;
      await dists.table.update({
        key: keys.dist(organizationId, 1, commit),
        set: { leaseId: 'other', leaseUntil },
      });
      expect(await dists.fetch()).toMatchObject({ status: 503 });
      expect(dists.workQueue.take()).toMatchObject([{ queue: 'scan' }]);
      expect(await dists.finish()).toBe('busy');
    });
  });
});
