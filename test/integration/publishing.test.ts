import { describe, expect, it } from 'vitest';
import { asPrincipal } from '../../shared/domain/ids.ts';
import { StoreRefusalError } from '../../shared/publish/publish-access.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { tokensOfOrganization } from '../../shared/store/token-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { principalWork } from '../../shared/store/work-items.ts';
import { aFact } from '../support/memory-forge.ts';
import { members, one, publishedRegistry, tokenOf } from '../support/published.ts';
import { createRegistry, memoryServices, type Registry, settled } from '../support/registry-fixture.ts';
import { unfinishedWork } from '../support/registry-view.ts';
import { organizationId } from '../support/synchronized.ts';

/** From the forge to what a client gets, by the real use cases. */

/** The only principal that there is. */
async function principalOf(registry: Registry): Promise<string> {
  const [token] = await tokensOfOrganization(registry.table, organizationId);
  return token?.principal ?? 'nobody';
}

const inOrder = (registry: Registry, ...patterns: readonly RegExp[]): number[] =>
  patterns.map((pattern) => registry.written.findIndex((line) => pattern.test(line)));
const ascending = (places: readonly number[]): readonly number[] => [...places].sort((a, b) => a - b);

describe('what is granted', () => {
  it('is written in an order in which nothing leads to what does not exist', async () => {
    const registry = await createRegistry(memoryServices(), [...members, aFact.repository(5)]);
    registry.contents.set(5, one);
    // The token is requested first and waits for everything else.
    for (const scope of ['settings', 'members', 'teams'] as const) {
      await registry.ask(scope);
    }
    expect(await registry.settle()).toBe(0);
    const { token, principal } = await registry.issue({ kind: 'member', login: 'user-1' });
    await registry.ask('repositories');
    expect(await registry.settle()).toBe(0);
    expect(registry.errors).toEqual([]);
    const places = inOrder(
      registry,
      /^put acme\/1\/plain/,
      /^put acme\/1\/dev/,
      /^edge p\/acme\/acme\/one/,
      /^put acme\/roots.*/,
      /^edge t\//,
    );
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(places.slice(0, 3)).toEqual(ascending(places.slice(0, 3)));
    const { values } = await registry.published();
    expect([...values.keys()].map((key) => key.slice(0, 2))).toEqual(['o/', 'p/', 't/', 'v/']);
    expect(values.get(`v/acme/${principal}/0`)).toBe('Ag');
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain('"version":"1.0.0"');
    expect(await registry.get(token, '/acme/p2/acme/one~dev.json')).toContain('"version":"dev-main"');
    expect(await registry.get(token, '/acme/p2/acme/two.json')).toBe('404');
  });

  it('is listed only when it can be read, at every moment', async () => {
    const registry = await publishedRegistry();
    const token = await tokenOf(registry);
    await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
    const seen: (readonly string[] | undefined)[] = [];
    for (let more = true; more; ) {
      more = await registry.handleNext();
      const listed = await registry.listed(token);
      for (const name of listed ?? []) {
        expect(await registry.get(token, `/acme/p2/${name}.json`)).toContain(name);
      }
      seen.push(listed);
    }
    expect(seen[0]).toEqual(['acme/one']);
    expect(seen.at(-1)).toEqual(['acme/one', 'acme/two']);
  });

  it('reaches a token after bitmap and root; two members get what each may read', async () => {
    const registry = await publishedRegistry(memoryServices(), [
      aFact.settings(false),
      aFact.member(1),
      aFact.member(2, 'owner'),
      aFact.repository(5),
    ]);
    registry.written.length = 0;
    const first = await registry.issue({ kind: 'member', login: 'user-1' });
    expect(await registry.settle()).toBe(0);
    expect(registry.written.map((line) => line.replace(/\w{22}$/, '…'))).toEqual([
      `edge v/acme/${first.principal}/0`,
      `put acme/roots/${first.principal}.json`,
      expect.stringMatching(/^edge t\//),
    ]);
    // There is nothing to read, but a root file that says so.
    expect(await registry.listed(first.token)).toEqual([]);
    const warningFor = async (token: string) =>
      JSON.parse(await registry.get(token, '/acme/packages.json')).warning;
    expect(await warningFor(first.token)).toBe(
      'Your token reads no package of acme now. If it should, ask an owner of acme.',
    );
    const other = await tokenOf(registry, 'user-2');
    expect(await registry.listed(other)).toEqual(['acme/one']);
    expect(await warningFor(other)).toContain('Composer 1');
  });

  it('is not listed while the edge does not have its name', async () => {
    const services = memoryServices();
    let takesNames = true;
    const registry = await publishedRegistry({
      ...services,
      keyValues: {
        ...services.keyValues,
        async update(etag, puts, deletes) {
          if (!takesNames && puts.has('p/acme/acme/two')) {
            throw new StoreRefusalError('not this name');
          }
          return services.keyValues.update(etag, puts, deletes);
        },
      },
    });
    const token = await tokenOf(registry);
    takesNames = false;
    await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
    await registry.drain();
    await registry.ask('settings');
    await registry.change(
      [aFact.settings(true), aFact.member(1), aFact.repository(5), aFact.repository(6)],
      'members',
    );
    await registry.drain();
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect((await registry.published()).values.get(`v/acme/${await principalOf(registry)}/0`)).toBe('Ag');
    expect(registry.logged).toContain('the key-value store rejected a key');
    takesNames = true;
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one', 'acme/two']);
  });

  it("is not in the edge's store while its files cannot be written", async () => {
    const services = memoryServices();
    let takesFiles = true;
    const registry = await publishedRegistry({
      ...services,
      objects: {
        ...services.objects,
        async write(key, ...rest) {
          if (!takesFiles && key.startsWith('acme/2/')) {
            throw new Error('no files today');
          }
          await services.objects.write(key, ...rest);
        },
      },
    });
    const token = await tokenOf(registry);
    takesFiles = false;
    await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
    await registry.drain();
    expect((await registry.published()).values.has('p/acme/acme/two')).toBe(false);
    expect(await registry.listed(token)).toEqual(['acme/one']);
    takesFiles = true;
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one', 'acme/two']);
  });

  it('is not listed while the edge does not have its bit', async () => {
    const services = memoryServices();
    let takesViews = true;
    const registry = await publishedRegistry({
      ...services,
      keyValues: {
        ...services.keyValues,
        async update(etag, puts, deletes) {
          if (!takesViews && [...puts.keys()].some((key) => key.startsWith('v/'))) {
            throw new StoreRefusalError('no views today');
          }
          return services.keyValues.update(etag, puts, deletes);
        },
      },
    });
    const token = await tokenOf(registry);
    takesViews = false;
    await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
    await registry.drain();
    // The view is written again while the bit is requested and not there.
    const workItem = principalWork(organizationId, asPrincipal(await principalOf(registry)));
    await registry.table.transact([requestWork(workItem, registry.clock.now())]);
    await registry.workQueue.send([workItem.message]);
    await registry.drain();
    expect(await registry.listed(token)).toEqual(['acme/one']);
    takesViews = true;
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one', 'acme/two']);
  });

  it('keeps a token waiting for half a minute at most', async () => {
    const services = memoryServices();
    const registry = await createRegistry(
      {
        ...services,
        keyValues: {
          ...services.keyValues,
          async update(etag, puts, deletes) {
            if ([...puts.keys()].some((key) => key.startsWith('v/'))) {
              throw new StoreRefusalError('no views today');
            }
            return services.keyValues.update(etag, puts, deletes);
          },
        },
      },
      members,
    );
    await settled(registry);
    const asked = registry.clock.now();
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    const isThere = async (): Promise<boolean> =>
      [...(await registry.published()).values.keys()].some((key) => key.startsWith('t/'));
    await registry.drain();
    while (!(await isThere())) {
      expect(registry.clock.now() - asked).toBeLessThan(36_000);
      await registry.clock.advance(1000);
      await registry.drain();
    }
    expect(registry.clock.now() - asked).toBeGreaterThan(29_000);
    expect(await registry.listed(token)).toBeUndefined();
  });
});

describe('what is withdrawn', () => {
  it('leaves the bitmap before the root, and does not wait for an object store that fails', async () => {
    const services = memoryServices();
    let isDown = false;
    const registry = await publishedRegistry({
      ...services,
      objects: {
        ...services.objects,
        async see(key) {
          if (isDown) {
            throw new Error('the object store is down');
          }
          return services.objects.see(key);
        },
      },
    });
    const token = await tokenOf(registry);
    registry.written.length = 0;
    isDown = true;
    await registry.change([aFact.settings(false), aFact.member(1), aFact.repository(5)], 'settings');
    await registry.drain();
    expect(registry.written).toEqual([expect.stringMatching(/^edge v\//)]);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toBe('404');
    expect(await registry.listed(token)).toEqual(['acme/one']);
    isDown = false;
    expect(await registry.settle()).toBe(1);
    expect(await registry.listed(token)).toEqual([]);
  });

  it('has its files removed, and comes back under the same number when the repository is readable again', async () => {
    const registry = await publishedRegistry(memoryServices());
    const token = await tokenOf(registry);
    const all = await registry.issue({ kind: 'organization' });
    expect(await registry.settle()).toBe(0);
    registry.written.length = 0;
    await registry.change(members, 'repositories');
    expect(await registry.settle()).toBe(0);
    const places = inOrder(registry, /^edge without p\/acme\/acme\/one/, /^delete acme\/1\/plain/);
    expect(places).toEqual(ascending(places));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    for (const secret of [token, all.token]) {
      expect(await registry.get(secret, '/acme/p2/acme/one.json')).toBe('404');
      expect(await registry.listed(secret)).toEqual([]);
    }
    const gone = await registry.published();
    expect([...gone.objects.keys()].filter((key) => key.startsWith('acme/1/'))).toEqual([]);

    registry.written.length = 0;
    await registry.change([...members, aFact.repository(5)], 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect(await registry.get(token, '/acme/p2/acme/one.json')).toContain('"version":"1.0.0"');
    expect(registry.written).toContain('put acme/1/plain.json');
    expect(await packagesOf(registry.table, organizationId)).toMatchObject([
      { number: 1, name: 'acme/one', state: 'available' },
    ]);
  });

  it('is gone for a revoked token at once, and for its principal with the last token', async () => {
    const registry = await publishedRegistry(memoryServices());
    const first = await tokenOf(registry);
    const second = await tokenOf(registry);
    await registry.revoke(first);
    expect(await registry.settle()).toBe(0);
    expect(await registry.get(first, '/acme/packages.json')).toBe('401');
    expect(await registry.listed(second)).toEqual(['acme/one']);

    registry.written.length = 0;
    await registry.revoke(second);
    expect(await registry.settle()).toBe(0);
    expect(registry.written[0]).toMatch(/^edge without t\//);
    const { values, objects } = await registry.published();
    expect([...values.keys()]).toEqual(['o/acme', 'p/acme/acme/one']);
    expect([...objects.keys()].filter((key) => key.includes('roots'))).toEqual([]);

    const third = await tokenOf(registry);
    expect(await registry.listed(third)).toEqual(['acme/one']);
    expect(await registry.get(first, '/acme/packages.json')).toBe('401');
  });

  it('never reaches the edge for a token that is revoked while it waits', async () => {
    const registry = await publishedRegistry();
    const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
    await registry.revoke(token);
    expect(await registry.settle()).toBe(0);
    expect(registry.written.filter((line) => line.startsWith('edge t/'))).toEqual([]);
    expect(await registry.get(token, '/acme/packages.json')).toBe('401');
    expect(unfinishedWork(await registry.table.query('EDGE', ''))).toEqual([]);
  });
});

describe('a token of the organization', () => {
  it('reads every package, later ones too', async () => {
    const registry = await publishedRegistry();
    const { token } = await registry.issue({ kind: 'organization' });
    expect(await registry.settle()).toBe(0);
    expect(await registry.listed(token)).toEqual(['acme/one']);
    await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await registry.listed(token)).toEqual(['acme/one', 'acme/two']);
    expect(await registry.get(token, '/acme/p2/acme/two~dev.json')).toContain('dev-main');
    const { values } = await registry.published();
    expect([...values.keys()].filter((key) => key.startsWith('v/'))).toEqual([]);
  });
});

describe('a team', () => {
  it('reads by its own rights, whoever is in it', async () => {
    const registry = await publishedRegistry(memoryServices(), [
      aFact.settings(true),
      aFact.team(7),
      aFact.teamRepository(7, 6),
      aFact.repository(5),
      aFact.repository(6),
    ]);
    const { token } = await registry.issue({ kind: 'team', slug: 'team-7' });
    expect(await registry.settle()).toBe(0);
    expect(await registry.listed(token)).toEqual(['acme/two']);
  });
});
