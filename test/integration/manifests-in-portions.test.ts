/** Scans of a repository whose manifests take a request each, and are read in portions, the newest first. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { ContentReader, ForgeRef } from '../../shared/forge/forge.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../shared/sync/schedule/sweep.ts';
import { createMemoryContents } from '../support/memory-contents.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { file, five, scanOf, versions } from '../support/scanned.ts';

const minutes = 60_000;

/** How many manifests one reading reads, and when the next may go on. */
let portion: number;
let goOnMs: number;
let notBefore: number | undefined;
let readings: number;
let manifestsRead: number;
let registry: Registry;

function inPortions(all: ContentReader): ContentReader {
  return {
    ...all,
    oneByOne: { notBefore: async () => notBefore },
    async readRefs(of, { known = new Map() } = {}) {
      readings += 1;
      const refs = await all.readRefs(of);
      const manifests = new Map(known);
      let left = portion;
      const withManifest = (ref: ForgeRef): ForgeRef => {
        const { commit, manifest, manifestProblem } = ref;
        if (!manifests.has(commit)) {
          if (left === 0) return { ...ref, manifest: undefined, manifestProblem: undefined, isUnread: true };
          left -= 1;
          manifestsRead += 1;
          manifests.set(commit, { manifest, ...(manifestProblem && { manifestProblem }) });
        }
        return { ...ref, manifest: undefined, ...manifests.get(commit) };
      };
      const branches = refs.branches.map(withManifest);
      const tags = refs.tags.map(withManifest);
      const isWhole = [...branches, ...tags].every(({ isUnread }) => isUnread !== true);
      return {
        ...refs,
        branches,
        tags,
        manifests,
        ...(!isWhole && { goOnAt: registry.clock.now() + goOnMs }),
      };
    },
  };
}

const name = 'acme/one';
const tags = { '3.0.0': 'c', '2.0.0': 'b', '1.0.0': 'a' };

beforeEach(async () => {
  [portion, goOnMs, notBefore, readings, manifestsRead] = [2, 10 * minutes, undefined, 0, 0];
  registry = await createRegistry(memoryServices(), five, async () => ({
    ...registry.forge.reader(),
    ...inPortions(createMemoryContents(() => registry)),
    contains: createMemoryContents(() => registry).contains,
  }));
  registry.contents.set(5, { name, tags, branches: { main: 'd' } });
});

/** Handles what is due until then. */
async function runUntil(ms: number): Promise<void> {
  const end = registry.clock.now() + ms;
  for (;;) {
    await registry.drain();
    const due = registry.nextDue();
    if (due === undefined || due > end) break;
    await registry.clock.advance(due - registry.clock.now() + 1);
  }
  await registry.clock.advance(Math.max(0, end - registry.clock.now()));
}

async function begin(ms: number): Promise<void> {
  for (const scope of ['settings', 'members', 'repositories'] as const) await registry.ask(scope);
  await runUntil(ms);
}

const sweep = () =>
  sweepWork({
    table: registry.table,
    workQueue: registry.workQueue,
    clock: registry.clock,
    logger: { error: () => {} },
  });

const published = { 'dev-main': 'published', '3.0.0': 'published' };
const all = { ...published, '2.0.0': 'published', '1.0.0': 'published' };

describe('the first scan', () => {
  it('publishes the newest versions at once, and the others when it goes on', async () => {
    await begin(5 * minutes);
    expect(await versions(registry)).toEqual(published);
    expect(await file(registry, 'acme/1/plain.json')).toContain('3.0.0');
    expect(await scanOf(registry)).toMatchObject({ unread: 2 });
    expect((await scanOf(registry))?.lastScannedAt).toBeUndefined();
    await runUntil(10 * minutes);
    expect(await versions(registry)).toEqual(all);
    expect(await scanOf(registry)).toMatchObject({ unread: 0 });
    expect((await scanOf(registry))?.lastScannedAt).toBeDefined();
    // Each manifest once, in two readings; the imported versions came without their archives.
    expect([readings, manifestsRead]).toEqual([2, 4]);
  });

  it('goes on by the sweep where it is later than a message may wait, and asks for nothing before its time', async () => {
    goOnMs = 40 * minutes;
    await begin(minutes);
    expect(await versions(registry)).toEqual(published);
    expect(readings).toBe(1);
    await registry.clock.advance(41 * minutes);
    notBefore = registry.clock.now() + 30 * minutes;
    expect(await sweep()).toBe(1);
    await runUntil(minutes);
    expect(readings).toBe(1);
    await registry.clock.advance(30 * minutes);
    notBefore = undefined;
    expect(await sweep()).toBe(1);
    await runUntil(minutes);
    expect(await versions(registry)).toEqual(all);
  });

  it('is requested by the schedule again where going on has failed', async () => {
    await begin(minutes);
    registry.beforeContents = () => {
      throw new ForgeError('credential-rejected', 'the grant was taken back');
    };
    await runUntil(15 * minutes);
    expect(await scanOf(registry)).toMatchObject({ lastFailure: { code: 'credential-rejected' } });
    registry.beforeContents = () => {};
    const { table, workQueue, clock } = registry;
    await reconcile({ table, workQueue, clock, logger: { info: () => {}, warn: () => {}, error: () => {} } });
    await runUntil(minutes);
    expect(await versions(registry)).toEqual(all);
  });

  it('lets a push through that comes before its time', async () => {
    goOnMs = 40 * minutes;
    await begin(minutes);
    registry.contents.set(5, { name, tags: { '4.0.0': 'f', ...tags }, branches: { main: 'e' } });
    await registry.pushed(5);
    await runUntil(minutes);
    expect(await versions(registry)).toEqual({ ...published, '4.0.0': 'published' });
  });
});

describe('later scans', () => {
  beforeEach(async () => {
    portion = 10;
    await settled(registry);
    expect(await versions(registry)).toEqual(all);
    manifestsRead = 0;
  });

  it('read only manifests of new commits', async () => {
    registry.contents.set(5, { name, tags: { '4.0.0': 'f', ...tags }, branches: { main: 'd' } });
    await registry.pushed(5);
    await registry.settle();
    expect(manifestsRead).toBe(1);
    expect(await versions(registry)).toEqual({ ...all, '4.0.0': 'published' });
  });

  it('leave alone what is stored of a ref whose manifest was not read', async () => {
    portion = 0;
    registry.contents.set(5, { name, tags: { ...tags, '3.0.0': 'f' }, branches: { main: 'd', dev: 'e' } });
    await registry.pushed(5);
    await runUntil(minutes);
    expect(await versions(registry)).toEqual(all);
    portion = 10;
    await runUntil(15 * minutes);
    expect(await versions(registry)).toEqual({ ...all, 'dev-dev': 'published' });
  });
});
