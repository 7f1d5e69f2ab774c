import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publishedRegistry } from '../../test/support/published.ts';
import type { Registry } from '../../test/support/registry-fixture.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { edgeKeys } from '../domain/edge-keys.ts';
import { tokenHash } from '../domain/token.ts';
import { stopAccess } from '../organizations/stop-access.ts';
import { keys } from '../store/keys.ts';
import { desireClosed, findOrganization, markStopped } from '../store/organization-store.ts';
import { findToken, type Token } from '../store/token-store.ts';
import { revokeToken } from '../store/token-transitions.ts';
import { reconcile } from '../sync/schedule/reconcile.ts';

/** An installation of an older version: no organization has a key at the edge, and no token's value names an organization. */

const root = '/acme/packages.json';

async function findTokenOf(registry: Registry, secret: string): Promise<Token> {
  const token = await findToken(registry.table, secret);
  if (!token) {
    throw new Error('no token');
  }
  return token;
}

async function createOld() {
  const registry = await publishedRegistry();
  const { table, keyValues } = registry;
  const member = (await registry.issue({ kind: 'member', login: 'user-1' })).token;
  const all = (await registry.issue({ kind: 'organization' })).token;
  await registry.settle();
  const values: [string, string][] = [];
  for (const secret of [member, all]) {
    const { id, principal, hash } = await findTokenOf(registry, secret);
    const value = principal.startsWith('o.') ? `*${principal}|0|acme` : `${principal}|0`;
    values.push([edgeKeys.token(hash), value]);
    await table.transact([
      {
        update: {
          key: keys.principalToken(organizationId, principal, id),
          set: { kind: principal.startsWith('o.') ? 'organization' : 'user' },
          remove: ['restricted'],
        },
      },
      { update: { key: keys.edge(edgeKeys.token(hash)), set: { value, published: value } } },
    ]);
  }
  await table.transact([{ delete: keys.edge('o/acme') }]);
  await keyValues.update(await keyValues.describe(), new Map(values), ['o/acme']);
  registry.written.length = 0;
  const valueAtEdge = async (secret: string) =>
    (await registry.published()).values.get(edgeKeys.token(tokenHash(secret)));
  return {
    registry,
    member,
    all,
    valueAtEdge,
    reconcile: () => reconcile({ ...registry, logger: { info: () => {}, warn: () => {}, error: () => {} } }),
    answers: async () => [
      (await registry.listed(member)) !== undefined,
      (await registry.listed(all)) !== undefined,
      (await registry.get(member, '/acme/p2/acme/one.json')).startsWith('{'),
    ],
  };
}
const served = [true, true, true];

describe('an installation of an older version', () => {
  it('accepts its tokens at every step of an update, and then only in their organization', async () => {
    const { registry, member, all, valueAtEdge, reconcile: run, answers } = await createOld();
    const { principal } = await findTokenOf(registry, member);
    expect(await answers()).toEqual(served);
    await run();
    // A second run before the key is at the edge.
    await run();
    expect(await answers()).toEqual(served);
    await registry.settle();
    // First the organization's key alone.
    expect(registry.written.filter((line) => line.startsWith('edge'))).toEqual(['edge o/acme']);
    expect(await valueAtEdge(member)).toBe(`${principal}|0`);
    expect(await answers()).toEqual(served);
    await run();
    expect(await answers()).toEqual(served);
    await registry.settle();
    expect(await valueAtEdge(member)).toBe(`own|${principal}|0|only:acme`);
    expect(await valueAtEdge(all)).toMatch(/^all\|o\.org1\|0\|only:acme$/);
    expect(await answers()).toEqual(served);
    registry.written.length = 0;
    await run();
    await registry.settle();
    expect(registry.written).toEqual([]);
  });

  it('gets its key before a new token needs it, without waiting for the schedule', async () => {
    const { registry } = await createOld();
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);
  });

  it('can be stopped before any reconcile: its tokens are then checked against the key', async () => {
    const { registry, member, all } = await createOld();
    const organization = await findOrganization(registry.table, organizationId);
    if (!organization) {
      throw new Error('no organization');
    }
    await stopAccess({ ...registry, randomBytes }, organization, { by: 'Ann', why: 'leak' });
    await registry.drain();
    expect(await registry.get(member, root)).toBe('401');
    expect(await registry.get(all, root)).toBe('401');
  });

  it('is stopped for every token in the end, even if the stop died before it rewrote them', async () => {
    const { registry, member, all, reconcile: run } = await createOld();
    const { table, clock } = registry;
    const { operation, message } = desireClosed({ id: organizationId, slug: 'acme' }, clock.now());
    await table.transact([markStopped(organizationId, clock.now()), operation]);
    await registry.workQueue.send([message]);
    await registry.settle();
    await run();
    await registry.settle();
    expect([await registry.get(member, root), await registry.get(all, root)]).toEqual(['401', '401']);
  });

  it('keeps a token revoked that is revoked at the same moment', async () => {
    const { registry, member, valueAtEdge, reconcile: run } = await createOld();
    await run();
    await registry.settle();
    const token = await findTokenOf(registry, member);
    const { table } = registry;
    await reconcile({
      ...registry,
      logger: { info: () => {}, warn: () => {}, error: () => {} },
      table: {
        ...table,
        async query(partition, prefix, options) {
          const items = await table.query(partition, prefix, options);
          if (prefix === 'TOKEN#') {
            await registry.workQueue.send(await revokeToken(table, token, registry.clock.now()));
          }
          return items;
        },
      },
    });
    await registry.settle();
    expect(await valueAtEdge(member)).toBeUndefined();
    expect(await findTokenOf(registry, member)).toMatchObject({ state: 'revoked' });
  });
});
