import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { publishedRegistry } from '../../test/support/published.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { asId, type OrganizationId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { recordDownloads } from '../downloads/record-downloads.ts';
import { auditLog } from '../store/audit-log.ts';
import { putPerson } from '../store/member-store.ts';
import { addOrganization, findOrganization } from '../store/organization-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { findTokenIn, tokensOfOrganization } from '../store/token-store.ts';
import { makeUser } from '../store/user-store.ts';
import { prepareEventClaims } from '../sync/webhooks/record-claims.ts';
import type { Accountable } from './owner-act.ts';
import { makeTokenFor, revokeTokenOf, rotateToken } from './owners-tokens.ts';
import { addPersonByHand, removePersonByHand } from './people-by-hand.ts';
import { setPersonState } from './set-person-state.ts';

const [maker, second] = [asId<UserId>('makerone'), asId<UserId>('secondowner')];
const beta = { id: asId<OrganizationId>('org2'), slug: 'beta', name: 'Beta', ownedVendors: [] };
const other = { ...beta, id: asId<OrganizationId>('org3'), slug: 'other' };
const by = (user: UserId): Accountable => ({
  by: user,
  why: '',
  actor: { kind: 'user', id: user, name: user },
});
const key: Accountable = {
  by: 'key',
  why: '',
  actor: { kind: 'key', id: 'key1', name: 'key' },
  keyMaker: { id: maker, name: 'maker' },
};
const facts = (role: 'owner' | 'member') => [
  aFact.settings(true),
  aFact.member(1, role),
  aFact.member(2, 'owner'),
  aFact.repository(5),
];
const roots = { acme: '/acme/packages.json', beta: '/beta/packages.json' } as const;

/** The maker owns `acme` by the code host and `beta` by hand; somebody else owns both too, and `other`. */
async function world() {
  const registry = await publishedRegistry(undefined, facts('owner'));
  const { table } = registry;
  const owner = { isOwner: true, isOff: false };
  await table.transact([
    ...makeUser(maker, { ...gitHubHost, account: asId(1), lastSignInAt: 1 }, 'user-1', 0),
    ...makeUser(second, { ...gitHubHost, account: asId(2) }, 'user-2', 0),
  ]);
  for (const organization of [beta, other]) {
    await table.transact([...addOrganization(organization), ...putPerson(organization.id, second, owner)]);
  }
  await table.transact(putPerson(beta.id, maker, owner));
  const dependencies = { ...registry, randomBytes };
  const make = (slugs: readonly string[], accountable = by(maker), home: Organization = beta) =>
    makeTokenFor(
      dependencies,
      home,
      { kind: 'organization', organizations: slugs },
      { description: 'ci', expiresAt: undefined },
      accountable,
    );
  /** Which of the organizations the token reads. */
  const reads = async (token: string) => {
    const served = [];
    for (const [slug, root] of Object.entries(roots)) {
      const answer = await registry.get(token, root);
      served.push(...(/^\d+$/.test(answer) ? [] : [slug]));
    }
    return served;
  };
  return { registry, dependencies, make, reads };
}

describe('a token of several organizations', () => {
  it('reads each of them, and stands among the tokens and in the history of each', async () => {
    const { registry, make, reads } = await world();
    const { id, token } = await make(['acme']);
    expect(token).toMatch(/^rprt_o_/);
    await registry.settle();
    expect(await reads(token)).toEqual(['acme', 'beta']);
    expect(await registry.listed(token)).toEqual(['acme/one']);
    for (const organization of [organizationId, beta.id]) {
      expect(await tokensOfOrganization(registry.table, organization)).toMatchObject([
        { id, state: 'active' },
      ]);
      expect(await auditLog(registry.table, organization, 1)).toMatchObject([
        { act: 'create-token', subject: id },
      ]);
    }
    const report = JSON.stringify({ downloads: [{ name: 'acme/one', version: '1.0.0.0' }] });
    expect(await recordDownloads(registry, token, report)).toBe(1);
  });

  it.each<[string, readonly string[], Accountable]>([
    ['another’s organization', ['acme', 'other'], by(maker)],
    ['an organization that there is not', ['acme', 'nothing'], by(maker)],
    ['a key, which is of one organization', ['acme'], key],
  ])('is not made for %s', async (_, slugs, accountable) => {
    const { registry, make } = await world();
    await expect(make(slugs, accountable)).rejects.toThrow('you have to own every organization');
    expect(await tokensOfOrganization(registry.table, organizationId)).toEqual([]);
  });

  it('is revoked by the owners of each for theirs, and reads on elsewhere', async () => {
    const { registry, dependencies, make, reads } = await world();
    const { id, token } = await make(['acme']);
    await registry.settle();
    await revokeTokenOf(dependencies, beta, id, by(second));
    await registry.settle();
    expect(await reads(token)).toEqual(['acme']);
    await revokeTokenOf(dependencies, registry.organization, id, by(second));
    await registry.settle();
    expect(await registry.get(token, roots.acme)).toBe('401');
  });

  it('reads each as long as its maker owns that one, and again afterwards', async () => {
    const { registry, dependencies, make, reads } = await world();
    const { token } = await make(['acme']);
    await registry.settle();
    await registry.change(facts('member'), 'members');
    await registry.settle();
    expect(await reads(token)).toEqual(['beta']);
    await registry.clock.advance(121_000);
    await registry.change(facts('owner'), 'members');
    await registry.settle();
    expect(await reads(token)).toEqual(['acme', 'beta']);
    const person = { user: maker, reader: { kind: 'user', user: maker }, name: 'user-1' } as const;
    await setPersonState(
      dependencies,
      beta,
      person as Parameters<typeof setPersonState>[2],
      'off',
      by(second),
    );
    await registry.settle();
    expect(await reads(token)).toEqual(['acme']);
  });

  it('reads an organization other than its home as long as its maker owns that one by hand', async () => {
    const { registry, dependencies, make, reads } = await world();
    const { token } = await make(['beta'], by(maker), registry.organization);
    await registry.settle();
    expect(await reads(token)).toEqual(['acme', 'beta']);
    await removePersonByHand(dependencies, beta, maker, by(second));
    // At once: no time passes.
    await registry.drain();
    expect(await reads(token)).toEqual(['acme']);
    const withoutMaker = (await findOrganization(registry.table, beta.id)) ?? beta;
    await addPersonByHand(dependencies, withoutMaker, { user: maker }, 'owner', by(maker));
    await registry.settle();
    expect(await reads(token)).toEqual(['acme', 'beta']);
  });

  it('stops at once where an event of the code host says that its maker is gone', async () => {
    const { registry, make, reads } = await world();
    const { table, clock, workQueue } = registry;
    const { token } = await make(['acme']);
    await registry.settle();
    const synchronization = await findSynchronization(table, synchronizationId);
    if (synchronization === undefined) {
      throw new Error('nothing is synchronized');
    }
    const gone = { key: 'member#1', expect: 'gone' } as const;
    const pushed = { hash: undefined, body: undefined, isPushedByForge: true, now: clock.now() };
    const claims = await prepareEventClaims(table, synchronization, [gone], pushed, undefined);
    await table.transact(claims.operations);
    await workQueue.send(claims.messages);
    await registry.drain();
    expect(await reads(token)).toEqual(['beta']);
  });

  it('is rotated by who owns all that it reads, and the old secret stops', async () => {
    const { registry, dependencies, make, reads } = await world();
    const { id, token } = await make(['acme']);
    await registry.settle();
    await registry.table.transact(
      putPerson(beta.id, second, { isOwner: false, isOff: false }, { isOwner: true, isOff: false }),
    );
    await expect(rotateToken(dependencies, registry.organization, id, undefined, by(second))).rejects.toThrow(
      'only who owns every organization',
    );
    const { secret } = await rotateToken(dependencies, registry.organization, id, undefined, by(maker));
    await registry.settle();
    expect(await registry.get(token, roots.acme)).toBe('401');
    expect(await reads(secret)).toEqual(['acme', 'beta']);
    expect(await findTokenIn(registry.table, beta.id, id)).toMatchObject({ madeBy: { id: maker } });
  });

  it('of which several states change at once reads what is left', async () => {
    const { registry, dependencies, make, reads } = await world();
    const { id, token } = await make(['acme']);
    await registry.settle();
    await Promise.all([
      revokeTokenOf(dependencies, beta, id, by(second)),
      revokeTokenOf(dependencies, registry.organization, id, by(second)),
    ]);
    await registry.settle();
    expect(await reads(token)).toEqual([]);
  });
});
