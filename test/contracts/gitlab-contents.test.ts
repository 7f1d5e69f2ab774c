/** Contents by GitLab's API: what Composer's driver gives, with few requests. */
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { errorOf } from './forge-contract/reading.ts';
import { type GitLab, startGitLab } from './gitlab-fixture.ts';

let lab: GitLab;
beforeAll(async () => {
  lab = await startGitLab();
});
afterAll(() => lab.close());
beforeEach(() => lab.simulator.requests.clear());
afterEach(() => {
  lab.simulator.faults.remove();
  // A new minute for all limits; those that workers count together reach a second further.
  lab.clock.step(61_000);
});

const idOf = (path: string, fullName = path) => ({
  repository: asId<ForgeRepositoryId>(lab.gitlab.project(path).id),
  fullName,
});
const contents = async () => (await lab.open()).contents;

async function makeProject(path: string, tags: number, manifestOf: (tag: number) => Record<string, unknown>) {
  const { changes } = lab.simulator;
  await changes.run('create-project', { group: 'acme', path });
  const history = Array.from({ length: tags }, (_, tag) => ({
    manifest: manifestOf(tag),
    tags: `1.${tag}.0`,
  }));
  await changes.run('push', { project: `acme/${path}`, history });
  lab.simulator.requests.clear();
}

test("has the links of Composer's driver: the address for SSH unless it is public, pages below /-/", async () => {
  const { links, defaultBranch } = await (await contents()).readRefs(idOf('acme/core/money'));
  const page = `${lab.simulator.addresses.web}/acme/core/money`;
  expect(links).toMatchObject({ tree: `${page}/-/tree/{ref}`, issues: `${page}/-/issues` });
  expect(links.source.url).toMatch(/^git@|^ssh:/);
  expect(defaultBranch).toBe('main');
});

/** What a reading of a project's refs requests, by the route. */
async function countOf(read: () => Promise<unknown>): Promise<Record<string, number>> {
  lab.simulator.requests.clear();
  await read();
  const { counts } = lab.simulator.requests.summary();
  return Object.fromEntries(
    Object.entries(counts).map(([what, count]) => [
      what.replace(/\/\d+/, '').replace(/^GET \/projects/, ''),
      count,
    ]),
  );
}
const lists = { '/repository/tags': 1, '/repository/branches': 1 };

test.each([
  [37, 1],
  [50, 2],
  [78, 2],
  [79, 3],
])('%i tags with one manifest take two lists, and queries: %i', async (tags, queries) => {
  await makeProject(`same-${tags}`, tags, () => ({ name: 'acme/same' }));
  const reader = await contents();
  const ids = idOf(`acme/same-${tags}`);
  const read = await reader.readRefs(ids);
  expect([read.tags.length, new Set(read.tags.map(({ manifest }) => manifest)).size]).toEqual([tags, 1]);
  expect(await countOf(async () => (await contents()).readRefs(ids))).toEqual({
    ...lists,
    'POST graphql Files': queries,
  });
});

test('many different manifests are read together', async () => {
  await makeProject('many', 30, (tag) => ({ name: 'acme/many', description: `number ${tag}` }));
  const ids = idOf('acme/many');
  const { tags } = await (await contents()).readRefs(ids);
  expect([isRead(tags), tags.length]).toEqual([true, 30]);
  expect(await countOf(async () => (await lab.startProcess()()).contents.readRefs(ids))).toEqual({
    ...lists,
    'POST graphql Files': 2,
  });
});

test('a project is found by its id where it has another path by now', async () => {
  const { changes } = lab.simulator;
  await makeProject('former', 3, () => ({ name: 'acme/former' }));
  const ids = idOf('acme/former');
  const before = await (await contents()).readRefs(ids);
  await changes.run('rename', { source: 'acme/former', to: 'later' });
  await changes.run('create-project', { group: 'acme', path: 'former' });
  const after = await (await contents()).readRefs(ids);
  expect(after.tags).toEqual(before.tags);
  expect(after.links.tree).toContain('/acme/later/-/');
});

test('a branch that was just pushed is shown, though the list of branches is old', async () => {
  const ids = idOf('acme/core/clock');
  const reader = await contents();
  const before = await reader.readRefs(ids);
  await lab.simulator.changes.run('push', {
    ...{ project: 'acme/core/clock', history: [{ manifest: { name: 'acme/clock', description: 'newer' } }] },
  });
  const [branch] = (await reader.readRefs(ids)).branches;
  expect(branch?.commit).not.toBe(before.branches[0]?.commit);
  expect(branch?.manifest).toContain('newer');
});

test('R10: an archive that GitLab does not find says nothing about its repository', async () => {
  const ids = idOf('acme/core/money');
  const reader = await contents();
  const { tags } = await reader.readRefs(ids);
  const commit = tags[0]?.commit ?? '';
  lab.simulator.faults.add({ kind: 'archive-not-found', times: 1 });
  const signal = AbortSignal.timeout(5000);
  expect((await errorOf(reader.readArchive(ids, commit, signal))).code).toBe('not-found');
  expect((await buffer(await reader.readArchive(ids, commit, signal))).toString('latin1', 0, 2)).toBe('PK');
});

test('R39: an archive is not asked for with the headers of a browser', async () => {
  const ids = idOf('acme/core/money');
  const [tag] = (await (await contents()).readRefs(ids)).tags;
  const read = async () => (await contents()).readArchive(ids, tag?.commit ?? '', AbortSignal.timeout(5000));
  await (await read()).toArray();
  const { fetch } = lab.services;
  Object.assign(lab.services, { fetch: globalThis.fetch });
  expect((await errorOf(read())).code).toBe('unexpected');
  Object.assign(lab.services, { fetch });
});

test('R33: the sixth archive of a project within a minute waits, and nothing else does', async () => {
  const ids = idOf('acme/core/money');
  const reader = await contents();
  const [tag] = (await reader.readRefs(ids)).tags;
  const read = () => reader.readArchive(ids, tag?.commit ?? '', AbortSignal.timeout(5000));
  for (let count = 0; count < 5; count += 1) await (await read()).toArray();
  const { code, notBefore } = await errorOf(read());
  expect(code).toBe('rate-limited');
  const waitMs = (notBefore ?? 0) - lab.clock.now();
  expect(waitMs).toBeGreaterThanOrEqual(60_000);
  expect(waitMs).toBeLessThanOrEqual(61_000);
  expect(await reader.readRefs(ids)).toMatchObject({ defaultBranch: 'main' });
});

/** Which of the tags' manifests were read, each with its number. */
const isRead = (tags: readonly { readonly name: string; readonly manifest: string | undefined }[]): boolean =>
  tags.every(
    ({ name, manifest }) => JSON.parse(manifest ?? '{}').description === `number ${name.split('.')[1]}`,
  );
const numbered = (path: string) => (tag: number) => ({ name: `acme/${path}`, description: `number ${tag}` });

test('a version that gives one text in each request gives them all, without the limit of files', async () => {
  const { variant } = lab.simulator.state;
  lab.simulator.state.variant = { ...variant, version: '18.5' };
  await makeProject('single', 30, numbered('single'));
  const { tags } = await (await contents()).readRefs(idOf('acme/single'));
  lab.simulator.state.variant = variant;
  expect(isRead(tags)).toBe(true);
  const { counts } = lab.simulator.requests.summary();
  expect(Object.keys(counts).filter((what) => what.includes('/files/'))).toEqual([]);
});

test('R8: where GraphQL answers with errors, manifests are read by REST', async () => {
  await makeProject('plain', 12, numbered('plain'));
  const { fetch } = lab.services;
  Object.assign(lab.services, {
    fetch: (input: string, init?: RequestInit) =>
      input.endsWith('/api/graphql')
        ? Promise.resolve(Response.json({ errors: [{ message: 'no such field' }] }))
        : fetch(input, init),
  });
  const { tags, branches } = await (await contents()).readRefs(idOf('acme/plain'));
  expect([isRead(tags), tags.length, branches[0]?.manifest]).toEqual([true, 12, tags[0]?.manifest]);
  Object.assign(lab.services, { fetch });
});

test('more manifests than files may be read in a minute are read when the limit has ended, each once', async () => {
  const manifestOf = numbered('long');
  await makeProject('long', 520, manifestOf);
  const { fetch } = lab.services;
  const numbers = new Map<string, number>();
  const asked: string[] = [];
  Object.assign(lab.services, {
    async fetch(input: string, init?: RequestInit) {
      const [, file] = /\/repository\/files\/.*[?&]ref=([0-9a-f]+)/.exec(input) ?? [];
      if (file !== undefined) {
        // In place of the simulator, which takes long for so many.
        asked.push(file);
        const manifest = JSON.stringify(manifestOf(numbers.get(file) ?? -1));
        const content = Buffer.from(manifest).toString('base64');
        return Response.json({ blob_id: file, size: manifest.length, content });
      }
      if (input.endsWith('/api/graphql')) return new Response('', { status: 403 });
      const answer = await fetch(input, init);
      if (input.includes('/repository/tags')) {
        const listed: { name: string; commit: { id: string } }[] = JSON.parse(await answer.clone().text());
        for (const { name, commit } of listed) {
          numbers.set(commit.id, Number(name.split('.')[1]));
        }
      }
      return answer;
    },
  });
  const open = lab.startProcess();
  const read = async () => (await open()).contents.readRefs(idOf('acme/long'));
  const { code, notBefore = 0 } = await errorOf(read());
  // Some of each minute is left to others.
  expect(code).toBe('rate-limited');
  expect(asked.length).toBeLessThanOrEqual(500);
  lab.clock.step(notBefore - lab.clock.now());
  const { tags } = await read();
  expect([isRead(tags), tags.length]).toEqual([true, 520]);
  expect([asked.length, new Set(asked).size]).toEqual([520, 520]);
  Object.assign(lab.services, { fetch });
  // 520 commits are made, which takes a while on a busy machine.
}, 240_000);

test('archives that nobody waits for leave two of five in a minute to people', async () => {
  const ids = idOf('acme/core/money');
  const reader = await contents();
  const [tag] = (await reader.readRefs(ids)).tags;
  const read = async (isBackground: boolean) =>
    (await reader.readArchive(ids, tag?.commit ?? '', AbortSignal.timeout(5000), { isBackground })).toArray();
  for (let count = 0; count < 3; count += 1) await read(true);
  expect((await errorOf(read(true))).code).toBe('rate-limited');
  await read(false);
  await read(false);
  expect((await errorOf(read(false))).code).toBe('rate-limited');
});

test('a project that is marked for deletion is archived, in each version, until it is restored', async () => {
  await makeProject('leaving', 1, () => ({ name: 'acme/leaving' }));
  const ids = idOf('acme/leaving');
  const archived = async () => (await (await contents()).readRefs(ids)).archived;
  expect(await archived()).toBe(false);
  await lab.simulator.changes.run('delete', { source: 'acme/leaving' });
  expect(await archived()).toBe(true);
  const project = lab.simulator.state.projects.get(Number(ids.repository));
  expect(project).toMatchObject({ archived: false, deletionOn: expect.anything() });
  await lab.simulator.changes.run('restore', { source: `acme/${project?.path}` });
  expect(await archived()).toBe(false);
});
