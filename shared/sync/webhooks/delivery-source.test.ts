import { expect, it, vi } from 'vitest';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import type { ParsedDelivery } from '../../forge/forge.ts';
import type { Integration } from '../../forge/module.ts';
import { sourcesOf, withinSource } from './delivery-source.ts';

const integration = (forge: string, baseUrl: string, secrets: Integration['secrets']): Integration => ({
  forge,
  settings: { baseUrl },
  secrets,
});
const valid = [
  integration('one', 'https://one.test', { webhookSecret: 'new', previousWebhookSecret: 'old' }),
  integration('one', 'https://other.test', { webhookSecret: 'theirs' }),
  integration('two', 'https://two.test', {}),
];
const integrations = async () => ({ valid });
const neverAsked = () => Promise.reject(new Error('the integrations secret cannot be read'));
const hook = {
  forge: 'two',
  baseUrl: 'https://two.test',
  secrets: ['hook'],
  synchronization: synchronizationId,
};
const findHook = async ({ forge, source }: { forge: string; source: string }) =>
  forge === 'two' && source === 'known' ? hook : undefined;

it('accepts deliveries to an integration with its current and its previous secret', async () => {
  expect(await sourcesOf({ forge: 'one' }, integrations, findHook)).toEqual([
    { forge: 'one', baseUrl: 'https://one.test', secrets: ['new', 'old'] },
    { forge: 'one', baseUrl: 'https://other.test', secrets: ['theirs'] },
  ]);
});

it('accepts nothing for an integration without a secret', async () => {
  const sources = await sourcesOf({ forge: 'two' }, integrations, findHook);
  expect(sources.flatMap(({ secrets }) => secrets)).toEqual([]);
});

it("accepts deliveries to a hook with the hook's own secrets only", async () => {
  expect(await sourcesOf({ forge: 'two', source: 'known' }, neverAsked, findHook)).toEqual([hook]);
  expect(await sourcesOf({ forge: 'two', source: 'unknown' }, neverAsked, findHook)).toEqual([]);
  expect(await sourcesOf({ forge: 'one', source: 'known' }, neverAsked, findHook)).toEqual([]);
});

it.each(['', 'a#b', 'a/b', 'a'.repeat(65)])(
  'does not look up a hook under an impossible name: %j',
  async (source) => {
    const asked = vi.fn(findHook);
    expect(await sourcesOf({ forge: 'two', source }, neverAsked, asked)).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
  },
);

it("believes the hook of a repository about that repository alone, whatever the delivery's body says", () => {
  const [own, other] = [asId<ForgeRepositoryId>('7'), asId<ForgeRepositoryId>('8')];
  const gone = (key: string) => ({ key, expect: 'gone' as const });
  const scope = { look: 'scope', scope: 'members' } as const;
  const content = (repository: ForgeRepositoryId) => ({ look: 'repository-content', repository }) as const;
  const delivery: ParsedDelivery = {
    ...{ deliveryId: '1', event: 'any', installation: undefined },
    removals: [gone('repository#7'), gone('repository#8'), gone('member#1'), gone('repository#70')],
    arrivals: [{ key: 'team-member#1#2', expect: 'there' }],
    deleted: [own, other],
    hints: [scope, content(own), content(other)],
  };
  expect(withinSource({ repository: own }, delivery)).toEqual({
    ...delivery,
    removals: [gone('repository#7')],
    arrivals: [],
    deleted: [own],
    hints: [scope, content(own)],
  });
  expect(withinSource({}, delivery)).toBe(delivery);
});
