/** The default world with its story, as `npm start` plays it: every page of a console has something to show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { createApiClient, readOperatorKey } from '../../local/start/api-client.ts';
import { type System, startSystem } from '../support/started.ts';

let system: System;
// biome-ignore lint/suspicious/noExplicitAny: the schemas are checked where the operations are
let ask: (path: string) => Promise<any>;

beforeAll(async () => {
  system = await startSystem(await readWorld(defaultWorldFile));
  const { operatorKeySecret } = system.api;
  const { gateway } = system.cloud;
  const access = { url: gateway.url, accessKeyId: gateway.accessKeyId('operator') };
  const api = createApiClient({
    consoleBaseUrl: system.console,
    operatorKey: () => readOperatorKey(operatorKeySecret, access),
  });
  ask = (path) => api.request({ path: `/organizations/acme${path}` });
}, 240_000);
afterAll(() => system?.close());

it('is ready with an organization that has a past, on a clock that shows real time', async () => {
  expect(Math.abs(system.cloud.clock.now() - Date.now())).toBeLessThan(1000);
  expect(system.organizations.map(({ slug }) => slug)).toEqual(['acme']);
  const { days } = await ask('/activity');
  expect(days).toHaveLength(30);
  expect(
    days.every(({ downloads }: { downloads: number }, place: number) => downloads > 0 || place === 29),
  ).toBe(true);
  expect(days[0].packages).toBe(10);
  const { items } = await ask('/history?limit=100');
  const dates = new Set(items.map(({ at }: { at: string }) => at.slice(0, 10)));
  expect(dates.size).toBeGreaterThanOrEqual(4);
});

describe('when its story is played', () => {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  let overview: any;
  beforeAll(async () => {
    await system.playStory();
    await system.cloud.idle({ timeoutMs: 120_000 });
    overview = await ask('/overview');
  }, 300_000);

  it('is on three code hosts, and leaves one group and one workspace to connect', async () => {
    const forges = overview.synchronizations.map(({ forge }: { forge: string }) => forge);
    expect(forges).toEqual(['github', 'gitlab', 'bitbucket']);
    const logins = overview.synchronizations.map(({ login }: { login: string }) => login);
    expect(logins).toEqual(['acme', 'acme-labs', 'acme-works']);
  });

  it('has removals that wait for an owner', () => {
    const [, , bitbucket] = overview.synchronizations;
    expect(bitbucket.heldRemovals).toMatchObject([{ scope: 'permissions', count: 12 }]);
  });

  it('has a credential that ends, and webhooks that cannot be installed', () => {
    const [, gitLab] = overview.synchronizations;
    expect(gitLab.connection.advice).toContain('It ends on');
    expect(gitLab.hooks.problem).toMatchObject({ code: 'insufficient-scope' });
  });

  it('has a moved tag, contested and taken names, a fork, and repositories that nobody chose', () => {
    expect(overview.attention).toMatchObject({
      movedTags: { items: [{ package: 'acme/theme', version: '0.2.0' }] },
      contestedNames: { items: ['acme/toolbox'] },
    });
    const waiting = Object.fromEntries(
      overview.attention.waiting.map(({ reason, count }: { reason: string; count: number }) => [
        reason,
        count,
      ]),
    );
    expect(waiting).toEqual({ fork: 1, 'not-chosen': 3, 'vendor-not-owned': 1, 'name-taken': 3 });
  });

  it('has more packages than it began with', () => {
    expect(overview.counts.packages.available).toBeGreaterThanOrEqual(15);
  });

  it('has people who wait', async () => {
    const logins: string[] = [];
    for (let next = ''; ; ) {
      const page = await ask(`/people?state=waiting${next}`);
      logins.push(...page.items.map(({ login }: { login: string }) => login));
      if (page.next === undefined) break;
      next = `&cursor=${page.next}`;
    }
    expect(new Set(logins)).toEqual(new Set(['carol', 'dave']));
  });
});
