import { beforeEach, expect, it, type Mock, vi } from 'vitest';
import { acceptedWebhookSecrets } from '../forge/integrations.ts';
import type { Logger } from '../runtime/logger.ts';
import { createIntegrations, type IntegrationsReader } from './integrations.ts';
import type { SecretVersions } from './secret-versions.ts';

const entry = (webhookSecret: string) => ({
  forge: 'github',
  settings: { appId: '7' },
  secrets: { privateKey: 'the key', webhookSecret },
});
const second = 1000;

let text: string | Error;
let now: number;
let logger: { readonly error: Mock<Logger['error']> };
let previous: SecretVersions['previous'];
let read: Mock<() => Promise<SecretVersions>>;
let integrations: IntegrationsReader;
beforeEach(() => {
  now = Date.parse('2026-11-27T12:00:00Z');
  text = JSON.stringify([entry('first')]);
  previous = undefined;
  logger = { error: vi.fn() };
  read = vi.fn(async () => {
    if (text instanceof Error) {
      throw text;
    }
    return { current: text, previous };
  });
  integrations = createIntegrations({ logger, clock: { now: () => now }, read });
});

const secrets = async (how: 'current' | 'newest' = 'current') =>
  (await integrations[how]()).valid.map((one) => one.secrets.webhookSecret);

it('are read once a minute, however many ask at once', async () => {
  expect(await Promise.all([secrets(), secrets(), secrets('newest')])).toEqual(Array(3).fill(['first']));
  text = JSON.stringify([entry('second')]);
  now += 59 * second;
  expect(await secrets()).toEqual(['first']);
  expect(read).toHaveBeenCalledTimes(1);
  now += second;
  expect(await secrets()).toEqual(['second']);
  expect(read).toHaveBeenCalledTimes(2);
});

it('are read again before a person is told that there is none, at most once in five seconds', async () => {
  await secrets();
  text = JSON.stringify([entry('second')]);
  now += 5 * second;
  expect(await secrets('newest')).toEqual(['second']);
  for (let asked = 0; asked < 100; asked++) {
    await secrets('newest');
  }
  expect(read).toHaveBeenCalledTimes(2);
  now += 5 * second;
  await secrets('newest');
  expect(read).toHaveBeenCalledTimes(3);
});

it('are read again before a delivery is refused, and a flood of refused ones reads them once a minute', async () => {
  const beforeRefusal = async () =>
    (await integrations.beforeRefusal()).valid.map((one) => one.secrets.webhookSecret);
  await secrets();
  text = JSON.stringify([entry('second')]);
  expect(await beforeRefusal()).toEqual(['second']);
  for (let refused = 0; refused < 59; refused++) {
    await beforeRefusal();
    now += second;
  }
  expect(read).toHaveBeenCalledTimes(2);
  text = JSON.stringify([entry('third')]);
  now += second;
  expect(await beforeRefusal()).toEqual(['third']);
});

it('accept deliveries that are signed with the secret of before for an hour after it was replaced', async () => {
  const accepted = async () => {
    const known = await integrations.current();
    return known.valid.flatMap((one) => acceptedWebhookSecrets(known, one));
  };
  previous = { text: JSON.stringify([entry('zeroth')]), until: now + 3600 * second };
  expect(await accepted()).toEqual(['first', 'zeroth']);
  now += 3600 * second;
  expect(await accepted()).toEqual(['first']);
});

it('accept what leaked no more once the new text was written twice', async () => {
  previous = { text: JSON.stringify([entry('leaked')]), until: now + 3600 * second };
  expect((await integrations.current()).replaced).toHaveLength(1);
  previous = { text: JSON.stringify([entry('first')]), until: now + 3600 * second };
  now += 60 * second;
  const known = await integrations.current();
  expect(known.valid.flatMap((one) => acceptedWebhookSecrets(known, one))).toEqual(['first']);
});

it('are read again at once by whoever changed them', async () => {
  await secrets();
  text = JSON.stringify([entry('second')]);
  integrations.changed();
  expect(await secrets()).toEqual(['second']);
});

it.each<[string, string | Error]>([
  ['cannot be read', new Error('the service is down')],
  ['are not JSON', '['],
  ['are not a list', '{}'],
])('stay as they were while they %s', async (_, wrong) => {
  const before = await integrations.current();
  text = wrong;
  now += 60 * second;
  expect(await integrations.current()).toBe(before);
  expect(await integrations.current()).toBe(before);
  expect(read).toHaveBeenCalledTimes(2);
  expect(logger.error).toHaveBeenCalledExactlyOnceWith('the integrations secret cannot be read', {
    error: expect.any(Error),
  });
  text = JSON.stringify([entry('second')]);
  now += 60 * second;
  expect(await secrets()).toEqual(['second']);
});

it('are read for the next caller if they never could be', async () => {
  text = new Error('the service is down');
  await expect(integrations.current()).rejects.toThrow('the service is down');
  text = JSON.stringify([entry('first')]);
  expect(await secrets()).toEqual(['first']);
});

it('report an error if they were never a list', async () => {
  text = '{"privateKey": "the key"';
  const { valid, invalid } = await integrations.current();
  expect([valid, invalid]).toEqual([[], [{ problem: 'the secret is not JSON' }]]);
});

it('are the same objects while the text is the same, and errors are logged once, without a secret', async () => {
  text = JSON.stringify([entry('first'), { ...entry('the secret'), settings: {} }]);
  const { valid } = await integrations.current();
  now += 60 * second;
  expect((await integrations.current()).valid[0]).toBe(valid[0]);
  expect(logger.error.mock.calls).toEqual([
    [
      'an integration entry cannot be used',
      { entry: 2, forge: 'github', problem: expect.stringMatching(/^the settings: appId/) },
    ],
  ]);
});
