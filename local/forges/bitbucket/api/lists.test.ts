import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWorld } from '../../world/read-world.ts';
import { type BitbucketFixture, startFixture } from '../simulator-fixture.ts';

const slugs = Array.from({ length: 101 }, (_, index) => `r${index + 1}`);
const world = parseWorld(
  JSON.stringify({
    users: [{ login: 'alice' }, { login: 'ann' }],
    organizations: [
      {
        ...{ forge: 'bitbucket', slug: 'acme', members: { alice: 'owner', ann: 'member' } },
        projects: [
          {
            key: 'CORE',
            repositories: slugs.map((slug, index) => ({
              slug,
              private: index !== 0,
              ...(index < 3 && { permissions: { users: { ann: index === 0 ? 'admin' : 'read' } } }),
            })),
          },
        ],
      },
    ],
  }),
  'world',
);

let bitbucket: BitbucketFixture;
beforeAll(async () => {
  bitbucket = await startFixture({ world });
});
afterAll(() => bitbucket.close());

const list = '/2.0/repositories/acme';
const names = (body: { values: { slug: string }[] }): string[] => body.values.map(({ slug }) => slug);

describe('pages', () => {
  it('have ten items, or up to a hundred, and the address of the next', async () => {
    expect((await bitbucket.json('alice', list)).body).toMatchObject({ pagelen: 10, size: 101, page: 1 });
    const first = await bitbucket.json('alice', `${list}?pagelen=100`);
    expect(first.body.values).toHaveLength(100);
    const next = new URL(first.body.next);
    expect(next.origin).toBe(bitbucket.simulator.addresses.api);
    const last = await bitbucket.json('alice', `${next.pathname}${next.search}`);
    expect(names(last.body)).toEqual(['r101']);
    expect(last.body).not.toHaveProperty('next');
  });

  it.each(['pagelen=9', 'pagelen=101', 'pagelen=many', 'page=0'])('are refused for %s', async (query) => {
    expect((await bitbucket.api('alice', `${list}?${query}`)).status).toBe(400);
  });

  it('may fail or be short', async () => {
    const { faults } = bitbucket.simulator;
    const match = { list: '/2.0/repositories/{workspace}', page: '2' };
    faults.add({ kind: 'failing-page', match, times: 1 });
    faults.add({ kind: 'short-page', match, times: 1, drop: 1 });
    expect((await bitbucket.api('alice', `${list}?page=1`)).status).toBe(200);
    expect((await bitbucket.api('alice', `${list}?page=2`)).status).toBe(500);
    expect((await bitbucket.json('alice', `${list}?page=2`)).body).toMatchObject({ size: 101, pagelen: 10 });
    expect(faults.list()).toEqual([]);
  });
});

describe('filters', () => {
  it.each([
    ['slug="r7"', ['r7']],
    ['slug="r7" OR slug="r8"', ['r7', 'r8']],
    ['(slug="r7" OR slug="r8") AND slug!="r7"', ['r8']],
    ['slug IN ("r1", "r9")', ['r1', 'r9']],
    ['is_private=false', ['r1']],
    ['project.key="CORE" AND name ~ "R10" AND name !~ "r101"', ['r10', 'r100']],
    ['parent=null AND slug="r3"', ['r3']],
    ['created_on<"2000-01-01"', []],
  ])('%s', async (query, found) => {
    const { body } = await bitbucket.json('alice', `${list}?q=${encodeURIComponent(query)}`);
    expect(names(body)).toEqual(found);
  });

  it.each(['nonsense', 'slug=', 'slug="r1" AND', '(slug="r1"', 'colour="red"'])(
    'that make no sense are refused: %s',
    async (query) => {
      expect((await bitbucket.api('alice', `${list}?q=${encodeURIComponent(query)}`)).status).toBe(400);
    },
  );

  it('know that admin is more than write', async () => {
    const path = '/2.0/user/workspaces/acme/permissions/repositories?q=permission>"read"';
    const { body } = await bitbucket.json('ann', path);
    expect(body.values).toMatchObject([{ permission: 'admin', repository: { name: 'r1' } }]);
  });

  it('sort by a field in either direction', async () => {
    const { body } = await bitbucket.json('alice', `${list}?sort=-slug`);
    expect(names(body).slice(0, 2)).toEqual(['r99', 'r98']);
  });
});

describe('roles', () => {
  it.each([
    ['', ['r1', 'r2', 'r3']],
    ['role=member', ['r1', 'r2', 'r3']],
    ['role=contributor', ['r1']],
    ['role=admin', ['r1']],
  ])('%s', async (query, found) => {
    expect(names((await bitbucket.json('ann', `${list}?${query}`)).body)).toEqual(found);
  });
});

describe('fields', () => {
  it('that are named are all that is sent', async () => {
    const { body } = await bitbucket.json('alice', `${list}?fields=next,values.slug,values.project.key`);
    expect(body).toEqual({ values: expect.any(Array), next: expect.any(String) });
    expect(body.values[0]).toEqual({ slug: 'r1', project: { key: 'CORE' } });
  });

  it('can be left out, and asked for besides', async () => {
    const { body } = await bitbucket.json('alice', `${list}/r1?fields=-links,-project.links,%2Bslug`);
    expect(body).toMatchObject({ slug: 'r1', project: { key: 'CORE' } });
    expect(body).not.toHaveProperty('links');
    expect(body.project).not.toHaveProperty('links');
    expect((await bitbucket.json('alice', `${list}/r1?fields=project.*`)).body.project).toHaveProperty(
      'links',
    );
  });
});
