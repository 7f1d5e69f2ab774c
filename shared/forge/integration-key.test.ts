import { expect, it } from 'vitest';
import { integrationAddresses, integrationKeyOf } from './integration-key.ts';

it.each([
  ['https://gitea.example.com', 'gitea~gitea.example.com'],
  ['http://127.0.0.1:3000', 'gitea~127.0.0.1:3000'],
  ['https://example.com/tools/gitea', 'gitea~example.com~tools~gitea'],
])('names the integration of %s as %s, one segment of a path', (baseUrl, key) => {
  expect(integrationKeyOf({ forge: 'gitea', baseUrl })).toBe(key);
  expect(new URL(`https://console.example/a/${key}/b`).pathname).toBe(`/a/${key}/b`);
});

it('says which addresses a forge is told', () => {
  const host = { forge: 'gitea', baseUrl: 'https://gitea.example.com' };
  expect(integrationAddresses('https://console.example', host)).toEqual({
    webhook: 'https://console.example/webhooks/gitea',
    callback: 'https://console.example/sign-in/callback/gitea~gitea.example.com',
    installed: 'https://console.example/sign-in/installed/gitea~gitea.example.com',
    registered: 'https://console.example/sign-in/registered/gitea~gitea.example.com',
  });
});
