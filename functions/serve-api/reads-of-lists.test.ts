/** What a page of each list costs where there are 5,000 packages and members, and many of everything else, for everybody who may use it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKeyScopes } from '../../shared/domain/api-key.ts';
import { type Operation, operations, schemaOfAnswer } from '../../test/support/api-operations.ts';
import type { ApiWorld, Person, Sender } from '../../test/support/api-world.ts';
import { countQueried, countReads } from '../../test/support/count-reads.ts';
import {
  fullCount,
  fullOrganization,
  inPath,
  manyCount,
  secondSynchronization,
} from '../../test/support/full-organization.ts';
import { publishRoots } from '../../test/support/publish-roots.ts';
import { type AnyRequest, defineRoute, type Route } from './frame/route.ts';

const readsMax = 3;

interface List {
  /** Entries on all pages, as owners and administrators see them. */
  readonly entries: number;
  /** Reads that find what the path names, such as a package by its name. */
  readonly named?: number;
  /** How else it can be asked for. */
  readonly queries?: readonly string[];
  /** A query that few entries fit, or none, with how many: it goes on to the end. */
  readonly few?: readonly [string, number];
}

/** Of those 500 users who have a further account in a synchronization, it stands for nobody; 500 people are no members. */
const peopleCount = 3 + fullCount + fullCount / 10 + 500;

/** Every list that has pages. */
const lists: Readonly<Record<string, List>> = {
  listPackages: {
    entries: fullCount,
    queries: ['name=00', 'state=available', 'state=unreadable', 'sort=changed', 'sort=downloads'],
    few: ['name=-4999', 1],
  },
  listVersions: { named: 2, entries: manyCount },
  listLeftOutRefs: { named: 2, entries: manyCount },
  listDependents: { named: 2, entries: fullCount },
  listScans: { named: 2, entries: manyCount },
  listRepositories: {
    entries: fullCount,
    queries: ['package=none', `synchronization=${secondSynchronization}`],
    few: ['name=repository-4999', 1],
  },
  listLeftOutRefsOfRepository: { named: 2, entries: manyCount },
  listRefusedCommits: { entries: manyCount },
  listTokens: { entries: manyCount },
  // Of a token of the whole organization; what others read is decided from facts, with every way to each package.
  listAccessOfToken: { named: 1, entries: fullCount },
  listPeople: { entries: peopleCount, queries: ['state=waiting', 'name=user'], few: ['state=off', 0] },
  listTeams: { entries: manyCount },
  listMembersOfTeam: { named: 3, entries: fullCount + 1 },
  listHistory: {
    // What people did, what was refused, and runs.
    entries: 3 * manyCount,
    queries: ['since=2026-11-22T11:00:00Z', 'source=user', 'delivery=d1', 'act=run', 'actor=nobody'],
    few: ['act=delete-package', 0],
  },
  listInstallationHistory: { entries: manyCount, few: ['act=delete-package', 0] },
  listSignIns: { entries: manyCount },
  listRuns: { named: 1, entries: fullCount / 10 + 1, queries: ['all=true'] },
  listRunChanges: { named: 1, entries: manyCount },
  listRunDifferences: { named: 1, entries: manyCount },
  listPreviewChanges: { named: 1, entries: manyCount },
  listHeldRemovals: { named: 1, entries: manyCount },
  listDeliveries: { named: 1, entries: manyCount },
  listHooks: { named: 1, entries: manyCount },
};

/** Lists that cost more, or have no pages, and why. */
const others: Readonly<Record<string, string>> = {
  listAccessOfPerson: 'is decided from facts, with every way to each package',
  listAccessOfTeam: 'is decided from facts, with every way to each package',
  listAccessToPackage: 'is decided from the facts of everybody',
  listDeliveryAttempts: 'is read at the code host',
  listForgeOrganizations: 'is read at the code host',
  listOwnTokens: 'a person has few',
  listSessions: 'a person has few',
  listOrganizations: 'is what being let in costs, for all at once',
  listApiKeys: 'an organization has few',
  listSynchronizations: 'an organization has few',
  listConnections: 'an organization has few synchronizations',
  listVcsRepositories: 'names the teams it is granted to, which are those of every synchronization',
  listWebhooks: 'an organization has few synchronizations',
  listIntegrations: 'an installation has few',
  listSignInHosts: 'an installation has few',
  readInstallationIntegrations: 'an installation has few',
  findDeletedOrganizations: 'one slug is looked up',
};

it('knows every list of the API', () => {
  const propertiesOf = (one: Operation): object => schemaOfAnswer(one)?.properties ?? {};
  const found = operations.filter((one) => one.method === 'GET' && 'items' in propertiesOf(one));
  expect(found.map(({ name }) => name).sort()).toEqual(Object.keys({ ...lists, ...others }).sort());
  const paged = found.filter((one) => 'next' in propertiesOf(one)).map(({ name }) => name);
  expect(Object.keys(lists).filter((name) => !paged.includes(name))).toEqual([]);
});

const accesses = ['reader', 'owner', 'administrator'] as const;
const pathOfNothing = (access: string) =>
  access === 'administrator' ? '/nothing' : (`/organizations/acme/nothing-for-${access}` as const);

/** Costs what being let in costs: session, role, and the synchronizations by which it is found. */
const nothingFor = (access: (typeof accesses)[number]): Route =>
  defineRoute(
    {
      name: `nothing-for-${access}`,
      method: 'get',
      path: access === 'administrator' ? '/nothing' : `/organizations/{slug}/nothing-for-${access}`,
      tag: 'Nothing',
      summary: 'Nothing',
      access,
      scope: access === 'administrator' ? 'none' : 'read',
      answer: { status: 200, schema: z.object({}), description: 'Nothing.' },
    },
    async (_, request: object) => {
      // Machines without a maker have none: then a list may have to read them.
      await (request as Partial<Pick<AnyRequest, 'synchronizations'>>).synchronizations?.();
      return { body: {} };
    },
  );

const pageSize = 100;

describe(`a page takes ${readsMax} reads`, () => {
  let world: ApiWorld;
  let reads: () => number;
  let queried: () => number;
  let key: { readonly secret: string };
  beforeAll(async () => {
    world = await fullOrganization(accesses.map(nothingFor));
    key = await world.machine(apiKeyScopes);
    await world.ask('member', { path: '/organizations/acme/packages' });
    await publishRoots(world.dependencies);
    reads = countReads(world.table);
    queried = countQueried(world.table);
  }, 60_000);

  async function ask(sender: Sender, path: string) {
    const [before, queriedBefore] = [reads(), queried()];
    const { status, text, body } = await world.ask(sender, { path });
    expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    return { body, cost: reads() - before, items: queried() - queriedBefore };
  }

  /** @returns the most that a page costs beyond being let in, and how many entries there are on the pages that were looked at */
  async function look(sender: Sender, operation: Operation, query: string, pagesMax: number) {
    // Requests are limited for each minute, and renewing a session costs reads.
    world.advance(60_000);
    if (typeof sender === 'string' && sender !== 'operator') {
      await world.signIn(sender as Person);
    }
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(inPath(operation.name, name)),
    );
    const base = await ask(sender, pathOfNothing(operation.access));
    let [most, items, entries, cursor] = [0, 0, 0, ''];
    for (let pages = 0; pages < pagesMax; pages++) {
      const { body, ...page } = await ask(sender, `${path}?limit=${pageSize}&${query}${cursor}`);
      most = Math.max(most, page.cost - base.cost);
      items = Math.max(items, page.items - base.items);
      entries += body.items.length;
      if (body.next === undefined) {
        break;
      }
      cursor = `&cursor=${body.next}`;
    }
    return { most, items, entries };
  }

  const all = Number.POSITIVE_INFINITY;
  const listed = operations.flatMap((operation) => {
    const list = lists[operation.name];
    return list === undefined ? [] : [[operation.name, operation, list] as const];
  });

  it.each(listed)(
    '%s',
    async (_, operation, { named = 0, entries, queries = [], few }) => {
      const most = readsMax + named;
      const main = operation.access === 'administrator' ? 'administrator' : 'owner';
      const whole = await look('operator', operation, '', all);
      expect(whole.entries).toBe(entries);
      expect(whole.most).toBeLessThanOrEqual(most);
      if (entries === manyCount) {
        expect(whole.items).toBeLessThanOrEqual(pageSize);
      }
      if (few !== undefined) {
        const [query, count] = few;
        const found = await look('operator', operation, query, all);
        expect([query, found.entries]).toEqual([query, count]);
        expect(found.most).toBeLessThanOrEqual(most);
      }
      const asked: readonly (readonly [string, Sender, readonly string[]])[] = [
        [main, main, ['', ...queries]],
        ...(operation.access === 'administrator' ? [] : ([['key', key, ['']]] as const)),
        ...(operation.access === 'reader' ? ([['member', 'member', ['', ...queries]]] as const) : []),
      ];
      for (const [name, sender, all] of asked) {
        for (const query of all) {
          const found = await look(sender, operation, query, 2);
          expect({ name, query, most: found.most <= most }).toEqual({ name, query, most: true });
        }
      }
    },
    30_000,
  );

  it('a member’s pages lead to all that he may install', async () => {
    const [[, operation]] = listed as [(typeof listed)[number]];
    expect(operation.name).toBe('listPackages');
    expect((await look('member', operation, '', all)).entries).toBe(1000);
    const dependents = listed.find(([name]) => name === 'listDependents')?.[1] ?? operation;
    expect(await look('member', dependents, '', all)).toMatchObject({ entries: 1000, most: readsMax + 2 });
  }, 30_000);
});
