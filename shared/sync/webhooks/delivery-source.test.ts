import { expect, it, vi } from 'vitest';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import type { Integration } from '../../forge/module.ts';
import { sourcesOf } from './delivery-source.ts';

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
