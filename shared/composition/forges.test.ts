import { expect, it, vi } from 'vitest';
import type { DeliveryLog } from '../forge/forge.ts';
import type { ForgeModule, Integration } from '../forge/module.ts';
import { modules } from '../forge/modules.ts';
import { deliveryLogs, type Forges } from './forges.ts';

const integration = (forge: string, baseUrl: string): Integration => ({
  forge,
  settings: { baseUrl },
  secrets: {},
});
const logged = { id: 'logged', hasDeliveryLog: true } as ForgeModule;
const unlogged = { id: 'unlogged' } as ForgeModule;

it('opens the logs of the forges that have one, each when it is read', async () => {
  (modules as ForgeModule[]).push(logged, unlogged);
  const valid = [
    integration('unlogged', 'https://one.test'),
    integration('logged', 'https://broken.test'),
    integration('logged', 'https://two.test'),
  ];
  const deliveryLog = {} as DeliveryLog;
  const open = vi.fn(async ({ integration: { settings } }: Parameters<Forges['open']>[0]) => {
    if (settings.baseUrl === 'https://broken.test') {
      throw new Error('the key cannot be read');
    }
    return { deliveryLog } as Awaited<ReturnType<Forges['open']>>;
  });
  const logs = await deliveryLogs({ integrations: async () => ({ valid, invalid: [] }), open });
  expect(logs.map(({ source }) => source.baseUrl)).toEqual(['https://broken.test', 'https://two.test']);
  expect(open).not.toHaveBeenCalled();
  await expect(logs[0]?.openLog()).rejects.toThrow('the key cannot be read');
  expect(await logs[1]?.openLog()).toBe(deliveryLog);
});
