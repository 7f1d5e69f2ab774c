import { describe, expect, it } from 'vitest';
import { publishedRegistry } from '../../test/support/published.ts';
import type { Registry } from '../../test/support/registry-fixture.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { tokensOfOrganization } from '../store/token-store.ts';
import { revokeToken } from '../store/token-transitions.ts';
import { expiredKeptMs, retireTokens } from './retire-tokens.ts';

const hour = 3600_000;

async function createWorld() {
  const registry = await publishedRegistry();
  const expiresAt = registry.clock.now() + hour;
  const { token } = await registry.issue({ kind: 'member', login: 'user-1' }, expiresAt);
  await registry.settle();
  registry.written.length = 0;
  const retire = async (through: Partial<Registry> = {}): Promise<void> => {
    await retireTokens({ ...registry, ...through }, organizationId);
    await registry.settle();
  };
  const states = async () =>
    (await tokensOfOrganization(registry.table, organizationId)).map(({ state }) => state);
  return { registry, token, expiresAt, retire, states };
}

describe('an expired token', () => {
  it('is refused at once, and removed from the edge with its bitmap and root file a week later, once', async () => {
    const { registry, token, expiresAt, retire, states } = await createWorld();
    expect(await registry.listed(token)).toEqual(['acme/one']);
    await registry.clock.advance(hour);
    expect(await registry.get(token, '/acme/packages.json')).toBe('401');
    await registry.clock.advance(expiresAt + expiredKeptMs - 1000 - registry.clock.now());
    await retire();
    expect(registry.written).toEqual([]);
    await registry.clock.advance(1000);
    await retire();
    expect(await states()).toEqual(['expired']);
    expect(registry.written.map((line) => line.replace(/ (\w)\/.*/, ' $1'))).toEqual([
      expect.stringMatching('^edge without t'),
      expect.stringMatching('^delete acme/roots'),
      expect.stringMatching('^edge without v'),
    ]);
    registry.written.length = 0;
    await retire();
    expect(registry.written).toEqual([]);
    expect(await registry.get(token, '/acme/packages.json')).toBe('401');
  });

  it('leaves the view of a principal with another token', async () => {
    const { registry, retire, states } = await createWorld();
    const { token: lasting } = await registry.issue({ kind: 'member', login: 'user-1' });
    await registry.settle();
    await registry.clock.advance(hour + expiredKeptMs);
    await retire();
    expect((await states()).sort()).toEqual(['active', 'expired']);
    expect(await registry.listed(lasting)).toEqual(['acme/one']);
  });

  it('stays revoked if that happens at the same moment', async () => {
    const { registry, retire, states } = await createWorld();
    await registry.clock.advance(hour + expiredKeptMs);
    const [token] = await tokensOfOrganization(registry.table, organizationId);
    const { table, clock } = registry;
    await retire({
      table: {
        ...table,
        async transact(operations) {
          if (token) {
            await revokeToken(table, token, clock.now());
          }
          await table.transact(operations);
        },
      },
    });
    expect(await states()).toEqual(['revoked']);
  });
});
