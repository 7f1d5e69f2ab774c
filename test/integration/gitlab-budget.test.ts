/** What a GitLab with 500 projects in 30 groups costs where nothing changes, and how soon a change of a member is found without hooks of groups. */
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { asId, type ConnectionId } from '../../shared/domain/ids.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import {
  createTestGitLab,
  type TestAnswer,
  type TestGitLab,
  type TestRequest,
  top,
  worldOf,
} from '../../shared/forge/gitlab/test-api.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { loadFacts } from '../../shared/store/fact-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { maintainHooks } from '../../shared/sync/hooks/maintain-hooks.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { createMemoryDataKeys } from '../support/memory-data-keys.ts';
import { createMemoryTable, type MemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const size = { groups: 30, projects: 500, graphql: true };
const tenMinutes = 600_000;
const logger = { info: () => {}, warn: () => {}, error: () => {} };

let table: MemoryTable;
let lab: TestGitLab;
let turns = 0;

/** The hooks of projects; groups have none in this plan. */
function hooksOf(): (request: TestRequest) => TestAnswer | undefined {
  const hooks = new Map<string, object>();
  return ({ method, path, body }) => {
    const project = /^\/api\/v4\/projects\/(\d+)\/hooks/.exec(path)?.[1];
    if (project === undefined) return undefined;
    if (method === 'POST') {
      const shown = {
        enable_ssl_verification: true,
        alert_status: 'executable',
        signing_token_present: true,
      };
      const { signing_token: _, ...given } = JSON.parse(body);
      hooks.set(project, { ...given, ...shown, id: hooks.size + 1 });
      return { status: 201, json: hooks.get(project) };
    }
    const found = hooks.get(project);
    return { json: found === undefined ? [] : [found] };
  };
}

beforeEach(async () => {
  table = createMemoryTable();
  lab = createTestGitLab();
  const [world, hooks] = [worldOf(size), hooksOf()];
  lab.answer = async (request) => hooks(request) ?? world(request);
  await addSynchronized(table, 'some', {
    ...{ forge: 'gitlab', baseUrl: 'https://git.example/gitlab', forgeOrganization: asId<never>(top) },
    connection: { kind: 'access-token', id: asId<ConnectionId>('gl1') },
  });
  for (let id = 1000; id < 1000 + size.projects; id += 1) {
    const link = { synchronization: synchronizationId, repository: String(id), directory: '' };
    await table.transact([
      {
        put: keys.package(organizationId, id),
        item: { number: id, name: `acme/p${id}`, state: 'available', ...link },
      },
    ]);
  }
});

/** A reconcile, ten minutes after the one before, with what it requests. @returns the requests */
async function reconciled(): Promise<readonly TestRequest[]> {
  lab.clock.time += tenMinutes;
  const before = lab.requests.length;
  const common = {
    ...{ table, randomBytes, clock: lab.clock, logger, workQueue: createRecordingQueue() },
    newLeaseId: () => `lease-${++turns}`,
  };
  await reconcile(common);
  const client = lab.open();
  const openReader = async () => ({ ...client.structure, requests: client.requests });
  const [scope = 'settings'] = namesIn(gitLab.traits.scopes);
  await runScopes({ ...common, openReader }, { synchronization: synchronizationId, scope });
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const openHooks = async () => client.hooks;
  const caring = { ...common, cipher, openHooks, consoleBaseUrl: 'https://console.example' };
  // GitLab takes 2,000 requests in a minute, so the first installation goes on a minute later.
  for (;;) {
    await maintainHooks(caring, synchronizationId);
    const hooks = await table.get(keys.hooks(synchronizationId));
    if (hooks?.wanted === hooks?.done) break;
    lab.clock.time += 60_000;
  }
  return lab.requests.slice(before);
}

test('nothing changed: at most 100 requests in ten minutes, with the hooks of 500 projects', async () => {
  const first = await reconciled();
  expect(first.filter(({ method }) => method === 'POST').length).toBeGreaterThan(500);
  const checked = new Set<string>();
  for (let minutes = 0; minutes < 180; minutes += 10) {
    const requests = await reconciled();
    expect(requests.length).toBeLessThanOrEqual(100);
    expect(requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/graphql'))).toEqual([]);
    for (const { path } of requests) if (path.includes('/hooks')) checked.add(path);
  }
  expect(checked.size).toBe(1 + size.projects);
}, 60_000);

test('a member who leaves a group is found by the next reconcile', async () => {
  await reconciled();
  const group = asId<never>(12);
  const inGroup = async () =>
    (await loadFacts(table, synchronizationId, 'team-member')).filter(({ team }) => team === group).length;
  expect(await inGroup()).toBe(1);
  const before = lab.answer;
  lab.answer = async (request) => {
    const answer = await before(request);
    // Of 29 groups below the first one.
    return request.body.includes('GroupMembers')
      ? {
          json: JSON.parse(
            JSON.stringify(answer.json).replace(
              /"nodes":\[\{"id":"gid:\/\/gitlab\/GroupMember\/12".*?\}\]/,
              '"nodes":[]',
            ),
          ),
        }
      : answer;
  };
  const requests = await reconciled();
  expect(await inGroup()).toBe(0);
  // What is missing from a list without a total is read a second time.
  expect(requests.length).toBeLessThanOrEqual(130);
}, 60_000);
