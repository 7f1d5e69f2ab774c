/** From signing in at the simulated GitHub to `composer require`, through the CDN and the shipped bundles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Browser, createBrowser } from '../../local/browser/browser.ts';
import { composerVersion, createProject } from '../support/composer.ts';
import { promptly } from '../support/promptly.ts';
import { type System, startSystem } from '../support/started.ts';

describe.skipIf(composerVersion === undefined)('people who sign in', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  }, 240_000);
  afterAll(() => system?.close());

  async function signedIn(login: string): Promise<Browser> {
    const browser = createBrowser();
    const page = await browser.visit(`${system.console}/sign-in?return=/`);
    const people = await browser.press(page, ['purpose', 'sign-in']);
    const home = await browser.press(people, ['login', login]);
    expect(home).toMatchObject({ status: 200, address: `${system.console}/` });
    return browser;
  }

  async function ask(browser: Browser, method: string, path: string, body?: object) {
    const response = await fetch(`${system.console}/api/v1${path}`, {
      method,
      headers: {
        cookie: browser.cookies(system.console),
        origin: system.console,
        'x-repertoire-request': '1',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  it('make a token on the first page and install with it, until an owner stops access', async () => {
    const [owner, member] = [system.administrator ?? '', 'ann'];
    const browser = await signedIn(member);
    const home = await browser.visit(`${system.console}/`);
    expect(home.html).toContain(`${system.registry}/acme`);
    const { html } = await browser.press(home, ['description', 'Composer']);
    const token = /rprt_u_[0-9a-f]+/.exec(html)?.[0];
    expect(html).toContain('Your new token');

    const project = await createProject(`${system.registry}/acme`, token);
    try {
      await promptly(system, async () => {
        const { code, output } = await project.run('require', 'acme/billing');
        expect(code === 0 ? '' : output).toBe('');
      });

      const owning = await signedIn(owner);
      const refused = await ask(browser, 'POST', '/organizations/acme/stop-access', { why: 'a leak' });
      expect(refused.status).toBe(403);
      const stopped = await ask(owning, 'POST', '/organizations/acme/stop-access', { why: 'a leak' });
      expect(stopped.status).toBeLessThan(300);
      await promptly(
        system,
        async () => {
          const answer = await fetch(`${system.registry}/acme/packages.json`, {
            headers: { authorization: `Bearer ${token}` },
          });
          expect(answer.status).toBe(401);
        },
        2_000,
      );
    } finally {
      await project.remove();
    }
  });

  it('are answered by the API through the CDN alone', async () => {
    const browser = await signedIn('bob');
    expect(await ask(browser, 'GET', '/me')).toMatchObject({ status: 200 });
    const direct = await fetch(`${system.cloud.addresses.httpApi}/api/v1/me`);
    expect(direct.status).toBe(403);
    // Archives are for whom the edge function lets pass, and it runs on the registry's host alone.
    const dist = await fetch(`${system.console}/dists/acme/1/${'a'.repeat(40)}.zip`);
    expect([dist.status, await dist.text()]).toEqual([403, expect.not.stringContaining('acme/')]);
    const anonymous = await fetch(`${system.console}/api/v1/me`);
    expect(z.object({ code: z.string() }).parse(await anonymous.json()).code).toBe('unauthenticated');
  });
});
