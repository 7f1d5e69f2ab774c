/** People sign in at the simulated GitHub and use the API, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../../local/browser/browser.ts';
import { type System, startSystem } from '../support/started.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.close());

async function signIn(login: string) {
  const browser = createBrowser();
  const page = await browser.visit(`${system.console}/sign-in`);
  const people = await browser.press(page, ['purpose', 'sign-in']);
  await browser.press(people, ['login', login]);
  const api = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${system.console}/api/v1${path}`, {
      ...init,
      headers: {
        cookie: browser.cookies(system.console),
        origin: system.console,
        'x-repertoire-request': '1',
        ...init.headers,
      },
    });
    return { status: response.status, body: (await response.json().catch(() => undefined)) as unknown };
  };
  return { browser, api };
}

it('a member sees his organization, and an owner that he owns it', async () => {
  const owner = await signIn(system.administrator ?? '');
  expect(await owner.api('/me')).toMatchObject({ status: 200 });
  const { body } = await owner.api('/organizations');
  expect(JSON.stringify(body)).toContain('"owner"');
});

it('nobody reaches the API past the CDN', async () => {
  const response = await fetch(`${system.cloud.addresses.httpApi}/api/v1/me`);
  expect(response.status).toBe(403);
});
