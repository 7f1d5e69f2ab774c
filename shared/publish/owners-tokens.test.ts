import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { publishedRegistry } from '../../test/support/published.ts';
import { gitHubHost, organizationId } from '../../test/support/synchronized.ts';
import { asId, type ForgeAccountId, type UserId } from '../domain/ids.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { changeUser, giveAccount, makeUser } from '../store/user-store.ts';
import { issueToken } from '../tokens/issue-token.ts';

const owner = asId<UserId>('ownerone');

describe("an organization's own token", () => {
  it('reads as long as the person who made it owns the organization, and again afterwards', async () => {
    const facts = (role: 'owner' | 'member') => [
      aFact.settings(true),
      aFact.member(1, role),
      aFact.member(2, 'owner'),
      aFact.repository(5),
    ];
    const registry = await publishedRegistry(undefined, facts('owner'));
    const { table } = registry;
    await table.transact(makeUser(owner, { ...gitHubHost, account: asId(1) }, 'user-1', 0));
    const { token } = await issueToken(
      { ...registry, randomBytes },
      registry.organization,
      { kind: 'organization' },
      { description: 'ci', expiresAt: undefined, madeBy: { kind: 'user', id: owner, name: 'user-1' } },
    );
    const { token: operators } = await registry.issue({ kind: 'organization' });
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);

    await registry.change(facts('member'), 'members');
    await registry.settle();
    expect(await registry.get(token, '/acme/packages.json')).toBe('401');
    expect(await registry.listed(operators)).toEqual(['acme/one']);
    const states = (await tokensOfOrganization(table, organizationId)).map(({ state }) => state);
    expect(states.sort()).toEqual(['active', 'suspended']);

    await registry.clock.advance(121_000);
    await registry.change(facts('owner'), 'members');
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);
  });

  it('reads on when the person who made it becomes another user, who owns the organization', async () => {
    const facts = (second: 'owner' | 'member') => [
      aFact.settings(true),
      aFact.member(1, 'owner'),
      aFact.member(2, second),
      aFact.repository(5),
    ];
    const registry = await publishedRegistry(undefined, facts('owner'));
    const { table } = registry;
    const [merged, into] = [owner, asId<UserId>('survivor')];
    const account = { ...gitHubHost, account: asId<ForgeAccountId>(1) };
    const other = { ...gitHubHost, account: asId<ForgeAccountId>(9) };
    await table.transact([...makeUser(merged, account, 'user-1', 0), ...makeUser(into, other, 'user-9', 0)]);
    const { token } = await issueToken(
      { ...registry, randomBytes },
      registry.organization,
      { kind: 'organization' },
      { description: 'ci', expiresAt: undefined, madeBy: { kind: 'user', id: merged, name: 'user-1' } },
    );
    await registry.settle();
    await table.transact([
      changeUser({ id: into, version: 0 }, { accounts: [other, account] }),
      changeUser({ id: merged, version: 0 }, { accounts: [], mergedInto: into }),
      giveAccount(account, into, [other, account], merged),
    ]);
    await registry.change(facts('member'), 'members');
    await registry.settle();
    expect(await registry.listed(token)).toEqual(['acme/one']);
    expect((await tokensOfOrganization(table, organizationId)).map(({ state }) => state)).toEqual(['active']);
  });
});
