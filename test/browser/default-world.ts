/** The default world with its story: every page of a console has something to show. */
import { beforeAll, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

/** How the world was before its story was played. */
export interface BeforeStory {
  /** Milliseconds between the clock of the cloud and real time. */
  readonly late: number;
  readonly slugs: readonly string[];
  readonly days: readonly { readonly downloads: number; readonly packages: number }[];
  /** On which entries of the history were made. */
  readonly dates: ReadonlySet<string>;
}

export async function readBeforeStory({ system, ask }: Stage): Promise<BeforeStory> {
  const [{ days }, { items }] = await Promise.all([ask('/activity'), ask('/history?limit=100')]);
  return {
    late: Date.now() - system.cloud.clock.now(),
    slugs: system.organizations.map(({ slug }) => slug),
    days,
    dates: new Set(items.map(({ at }: { at: string }) => at.slice(0, 10))),
  };
}

export function defaultWorldTests(stage: () => Stage, before: () => BeforeStory): void {
  it('begins with an organization that has a past, on a clock that shows real time', () => {
    const { late, slugs, days, dates } = before();
    expect(Math.abs(late)).toBeLessThan(1000);
    expect(slugs).toEqual(['acme']);
    expect(days).toHaveLength(30);
    expect(days.every(({ downloads }, place) => downloads > 0 || place === 29)).toBe(true);
    expect(days[0]?.packages).toBe(10);
    expect(dates.size).toBeGreaterThanOrEqual(4);
  });

  // biome-ignore lint/suspicious/noExplicitAny: the schemas are checked where the operations are
  let overview: any;
  beforeAll(async () => {
    overview = await stage().ask('/overview');
  });

  it('is on three code hosts, and leaves one group and one workspace to connect', () => {
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
      const page = await stage().ask(`/people?state=waiting${next}`);
      logins.push(...page.items.map(({ login }: { login: string }) => login));
      if (page.next === undefined) break;
      next = `&cursor=${page.next}`;
    }
    expect(new Set(logins)).toEqual(new Set(['carol', 'dave']));
  });
}
