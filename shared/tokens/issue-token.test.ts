import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../test/support/recording-queue.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { CallerError } from '../domain/caller-error.ts';
import type { Fact } from '../domain/facts.ts';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type OwnTeamId,
  ownTeamPrincipal,
  type SynchronizationId,
  teamPrincipal,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { isToken, tokenHash } from '../domain/token.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { addOrganization, findOrganization } from '../store/organization-store.ts';
import { addOwnTeam } from '../store/own-team-store.ts';
import { addSynchronization } from '../store/synchronization-store.ts';
import type { Item } from '../store/table.ts';
import { findToken, isLive, tokensOf, tokensOfOrganization } from '../store/token-store.ts';
import { revokeToken } from '../store/token-transitions.ts';
import { accountsOf } from '../store/user-store.ts';
import { issueToken, type TokenHolder, tokensMax } from './issue-token.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const member = (login: string): TokenHolder => ({ kind: 'member', login });

interface Desk {
  readonly table: MemoryTable;
  readonly workQueue: ReturnType<typeof createRecordingQueue>;
  readonly organization: Organization;
  issue(holder: TokenHolder, expiresAt?: number, organization?: Organization): ReturnType<typeof issueToken>;
}

async function createDesk(facts: readonly Fact[]): Promise<Desk> {
  const table = createMemoryTable();
  const workQueue = createRecordingQueue();
  await addSynchronized(table);
  await addFacts(table, synchronizationId, facts);
  const organization = await findOrganization(table, organizationId);
  if (!organization) {
    throw new Error('no organization');
  }
  const dependencies = { table, workQueue, clock: { now: () => now }, randomBytes };
  return {
    table,
    workQueue,
    organization,
    issue: (holder, expiresAt, of = organization) =>
      issueToken(dependencies, of, holder, { description: 'laptop', expiresAt }),
  };
}

const addFacts = (table: MemoryTable, synchronization: SynchronizationId, facts: readonly Fact[]) =>
  table.transact(facts.map((fact) => putFact(synchronization, fact, 1)));

/** Another organization, on the same forge. */
async function addOther(table: MemoryTable, id: string, facts: readonly Fact[]): Promise<Organization> {
  const organization = {
    id: asId<OrganizationId>(id),
    slug: id,
    name: id,
    ownedVendors: [],
  };
  const synchronization = asId<SynchronizationId>(`sync-of-${id}`);
  await table.transact([
    ...addOrganization(organization),
    ...addSynchronization({
      id: synchronization,
      organization: organization.id,
      createdAt: 0,
      forge: 'github',
      baseUrl: 'https://github.com',
      forgeOrganization: asId<ForgeOrganizationId>(901),
      login: id,
      connection: { kind: 'app-installation', installation: asId<InstallationId>(78) },
      choice: 'all',
    }),
  ]);
  await addFacts(table, synchronization, facts);
  return organization;
}

describe('issueToken', () => {
  it('creates a token, stores only its hash, and requests its root file', async () => {
    const desk = await createDesk([aFact.member(1)]);
    const issued = await desk.issue(member('User-1'), now + 90_500);
    expect(isToken(issued.token)).toBe(true);
    expect(issued.token).toMatch(/^rprt_m_/);
    expect(issued.expiresAt).toBe('2026-11-22T12:01:30.000Z');
    expect(JSON.stringify([...desk.table.dump()])).not.toContain(issued.token);
    expect(await findToken(desk.table, issued.token)).toEqual({
      id: issued.id,
      organization: organizationId,
      principal: issued.principal,
      kind: 'member',
      hash: tokenHash(issued.token),
      description: 'laptop',
      state: 'waiting',
      restricted: false,
      createdAt: now,
      expiry: (now + 90_000) / 1000,
    });
    expect(desk.workQueue.take()).toMatchObject([
      { queue: 'publish-roots', message: { kind: 'principal', principal: issued.principal } },
    ]);
  });

  it('identifies a person by the account, even after a change of login', async () => {
    const desk = await createDesk([aFact.member(1), aFact.collaborator(5, 2)]);
    const first = await desk.issue(member('user-1'));
    await desk.table.transact([
      putFact(synchronizationId, { kind: 'member', account: asId(1), login: 'renamed', role: 'member' }, 2),
    ]);
    const second = await desk.issue(member('renamed'));
    const outside = await desk.issue(member('user-2'));
    expect(second.principal).toBe(first.principal);
    expect(outside.principal).not.toBe(first.principal);
    expect(await accountsOf(desk.table, asId(first.principal.slice(2)))).toEqual([
      { forge: 'github', baseUrl: 'https://github.com', account: '1' },
    ]);
    expect(await tokensOf(desk.table, organizationId, first.principal)).toHaveLength(2);
  });

  it('creates tokens for teams by slug, and for the organization', async () => {
    const desk = await createDesk([aFact.team(7)]);
    const team = await desk.issue({ kind: 'team', slug: 'team-7' });
    expect(team.token).toMatch(/^rprt_t_/);
    expect(team.principal).toBe(`t.${synchronizationId}.7`);
    const all = await desk.issue({ kind: 'organization' });
    expect(all.token).toMatch(/^rprt_o_/);
    expect(all.principal).toBe(`o.${organizationId}`);
    expect(all.expiresAt).toBeUndefined();
    expect(await tokensOfOrganization(desk.table, organizationId)).toHaveLength(2);
  });

  it('creates tokens for each of two teams that have one slug, by their ids', async () => {
    const desk = await createDesk([aFact.team(7)]);
    const byHand = asId<OwnTeamId>('team1');
    await desk.table.transact([addOwnTeam(organizationId, { id: byHand, name: 'Team 7', slug: 'team-7' })]);
    await expect(desk.issue({ kind: 'team', slug: 'team-7' })).rejects.toThrow('more than one team team-7');
    for (const principal of [teamPrincipal(synchronizationId, asId('7')), ownTeamPrincipal(byHand)]) {
      expect((await desk.issue({ kind: 'team', slug: principal })).principal).toBe(principal);
    }
  });

  it.each<[string, TokenHolder, number | undefined, string]>([
    ['who is no member', member('nobody'), undefined, 'has no member nobody'],
    ['a team that is not there', { kind: 'team', slug: 'none' }, undefined, 'has no team none'],
    ['the past', member('user-1'), now, 'expiry has already passed'],
    ['a login that two accounts had', member('twin'), undefined, 'more than one member twin'],
  ])('creates none for %s', async (_, holder, expiresAt, message) => {
    const twins = [3, 4].map(
      (id): Fact => ({ kind: 'member', account: asId(id), login: 'Twin', role: 'member' }),
    );
    const desk = await createDesk([aFact.member(1), ...twins]);
    const before = desk.table.dump().size;
    await expect(desk.issue(holder, expiresAt)).rejects.toThrow(CallerError);
    await expect(desk.issue(holder, expiresAt)).rejects.toThrow(message);
    expect(desk.table.dump().size).toBe(before);
    expect(desk.workQueue.take()).toEqual([]);
  });

  it('creates one user per account, even for two requests at once', async () => {
    const desk = await createDesk([aFact.member(1)]);
    const outcomes = await Promise.allSettled([desk.issue(member('user-1')), desk.issue(member('user-1'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const users = [...desk.table.dump().values()].filter(({ sk }) => sk === 'USER');
    expect(users).toHaveLength(1);
  });
});

describe('the number of tokens of an organization', () => {
  it('is 1,000 at most, also for requests at once; tokens that ended and people’s own do not count', async () => {
    const desk = await createDesk([]);
    const { principal, id } = await desk.issue({ kind: 'organization' });
    const { pk, sk } = keys.principalToken(organizationId, principal, id);
    const item = await desk.table.get({ pk, sk });
    const others: readonly (readonly [string, Item])[] = [
      ...Array.from({ length: tokensMax - 2 }, (_, place) => [`live${place}`, {}] as const),
      ['revoked', { state: 'revoked' }],
      ['expired', { expiry: now / 1000 }],
      ['personal', { personal: { user: 'ann', slug: 'acme' } }],
    ];
    for (const [name, change] of others) {
      const put = keys.principalToken(organizationId, principal, name);
      await desk.table.transact([{ put, item: { ...item, ...change } }]);
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => desk.issue({ kind: 'organization' })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', ...Array(4).fill('rejected')]);
    await expect(desk.issue({ kind: 'organization' })).rejects.toThrow('at most 1000 tokens');
  });
});

describe('tokens of one person in two organizations', () => {
  it('belong to one user, and are independent of each other', async () => {
    const desk = await createDesk([aFact.member(1)]);
    const other = await addOther(desk.table, 'other', [aFact.member(1)]);
    const here = await desk.issue(member('user-1'));
    const there = await desk.issue(member('user-1'), undefined, other);
    expect(there.principal).toBe(here.principal);
    desk.workQueue.take();
    const token = await findToken(desk.table, here.token);
    if (!token) {
      throw new Error('no token');
    }
    const messages = await revokeToken(desk.table, token, now);
    expect(messages.map(({ message }) => message.organization ?? message.keys)).toEqual([
      [`t/${tokenHash(here.token).slice(0, 22)}`],
      organizationId,
    ]);
    const live = async (organization: OrganizationId) =>
      (await tokensOf(desk.table, organization, here.principal)).filter((one) => isLive(one, now)).length;
    expect([await live(organizationId), await live(other.id)]).toEqual([0, 1]);
    const revoked = await findToken(desk.table, here.token);
    expect(revoked?.state).toBe('revoked');
    expect(revoked && (await revokeToken(desk.table, revoked, now))).toEqual([]);
  });
});
