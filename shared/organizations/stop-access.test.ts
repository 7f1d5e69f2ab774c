import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commitOf } from '../../test/support/memory-contents.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { members, publishedRegistry, tokenOf } from '../../test/support/published.ts';
import type { Registry } from '../../test/support/registry-fixture.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { auditLog } from '../store/audit-log.ts';
import { findOrganization } from '../store/organization-store.ts';
import { reconcile } from '../sync/schedule/reconcile.ts';
import { describeOrganization } from './describe-organization.ts';
import { allowAccess, stopAccess } from './stop-access.ts';

const because = { by: 'Olga Owner', why: 'a token stands in a public log' };
const root = '/acme/packages.json';
const paths = [
  root,
  '/acme/p2/acme/one.json',
  '/acme/p2/acme/one~dev.json',
  `/acme/dists/acme/one/${commitOf('a')}.zip`,
];

async function organizationOf(registry: Registry): Promise<Organization> {
  const organization = await findOrganization(registry.table, organizationId);
  if (!organization) {
    throw new Error('no organization');
  }
  return organization;
}

async function createWorld() {
  const registry = await publishedRegistry(undefined, [
    ...members,
    aFact.team(7),
    aFact.teamMember(7, 1),
    aFact.teamRepository(7, 5),
    aFact.repository(5),
  ]);
  const member = await tokenOf(registry);
  const team = (await registry.issue({ kind: 'team', slug: 'team-7' })).token;
  const all = (await registry.issue({ kind: 'organization' })).token;
  await registry.settle();
  await registry.fetch(1, commitOf('a'));
  await registry.settle();
  registry.written.length = 0;
  const dependencies = { ...registry, randomBytes };
  return {
    registry,
    tokens: { member, team, all },
    stop: async () => stopAccess(dependencies, await organizationOf(registry), because),
    allow: async () =>
      allowAccess(dependencies, await organizationOf(registry), { by: 'Ann', why: 'token revoked' }),
    statuses: async () => {
      const got: string[] = [];
      for (const token of [member, team, all]) {
        for (const path of paths) {
          const text = await registry.get(token, path);
          got.push(/^\d{3}$/.test(text) ? text : 'served');
        }
      }
      return [...new Set(got)];
    },
  };
}

describe('stopAccess', () => {
  it('refuses every token for every path by removing one key, until access is allowed again', async () => {
    const { registry, stop, allow, statuses } = await createWorld();
    expect(await statuses()).toEqual(['served']);
    await stop();
    await registry.drain();
    expect(registry.written).toEqual(['edge without o/acme']);
    expect(await statuses()).toEqual(['401']);
    await allow();
    await registry.drain();
    expect(await statuses()).toEqual(['served']);
  });

  it('keeps synchronizing while access is stopped', async () => {
    const { registry, tokens, stop, allow } = await createWorld();
    await stop();
    await registry.change(
      [aFact.settings(false), ...members.slice(1), aFact.repository(5)],
      'settings',
      'teams',
    );
    await registry.settle();
    await allow();
    await registry.settle();
    expect(await registry.listed(tokens.member)).toEqual([]);
    expect(await registry.get(tokens.member, '/acme/p2/acme/one.json')).toBe('404');
  });

  it('stays stopped, whatever the schedule and new tokens request', async () => {
    const { registry, stop, statuses } = await createWorld();
    await stop();
    await registry.settle();
    await reconcile({ ...registry, logger: { info: () => {}, warn: () => {}, error: () => {} } });
    const { token } = await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    expect(await registry.get(token, root)).toBe('401');
    expect(await statuses()).toEqual(['401']);
  });

  it('stays stopped when a token is issued at the same moment', async () => {
    const { registry, stop, statuses } = await createWorld();
    const before = await organizationOf(registry);
    await stop();
    // The organization as the issuer of the token had read it before.
    expect(before.accessStoppedAt).toBeUndefined();
    await registry.issue({ kind: 'member', login: 'user-2' });
    await registry.settle();
    expect(await statuses()).toEqual(['401']);
  });

  it('refuses a second stop, and an allow without a stop', async () => {
    const { registry, stop, allow } = await createWorld();
    await expect(allow()).rejects.toThrow(new CallerError('conflict', 'access to acme is not stopped'));
    await stop();
    await expect(stop()).rejects.toThrow(CallerError);
    await expect(stop()).rejects.toThrow('access to acme is already stopped');
    expect(await auditLog(registry.table, organizationId, 10)).toHaveLength(1);
    await allow();
    await expect(allow()).rejects.toThrow(CallerError);
  });

  it('appears in the audit log and in the status, with owner and reason', async () => {
    const { registry, stop, allow } = await createWorld();
    await stop();
    const now = registry.clock.now();
    const at = new Date(now).toISOString();
    const stopped = { at, ...because, act: 'stop-access', subject: 'acme' };
    expect(await describeOrganization(registry.table, await organizationOf(registry), now)).toMatchObject({
      accessStoppedSince: at,
      auditLog: [stopped],
      pending: { edge: 1 },
    });
    await registry.clock.advance(1000);
    await registry.settle();
    await allow();
    await registry.settle();
    const described = await describeOrganization(registry.table, await organizationOf(registry), now);
    expect(described.accessStoppedSince).toBeUndefined();
    expect(described.auditLog).toMatchObject([
      { act: 'allow-access', by: 'Ann', why: 'token revoked' },
      stopped,
    ]);
    expect(described.pending.edge).toBe(0);
  });
});
