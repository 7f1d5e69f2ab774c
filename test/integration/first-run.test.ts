/** From a deployment without an integration to the first administrator, by the pages and without JavaScript. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Browser, createBrowser, type Page } from '../../local/browser/browser.ts';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { type System, startSystem } from '../support/started.ts';

let system: System;
beforeAll(async () => {
  const world = await readWorld(defaultWorldFile);
  const workspace = { forge: 'bitbucket', slug: 'works', members: { alice: 'owner' } } as const;
  const organizations = [...world.organizations, workspace];
  system = await startSystem({ ...world, organizations }, { firstRun: true, schedules: false });
}, 240_000);
afterAll(() => system?.close());

const owner = 'alice';
const browser = createBrowser();

/** The first link of a page that leads there. */
const linkTo = ({ html }: Page, to: string): string =>
  (/href="([^"]+)"/.exec(html.slice(html.indexOf(`href="${to}`)))?.[1] ?? '').replaceAll('&amp;', '&');

/** The page, loaded again until it says the text. */
async function until(browser: Browser, { address }: Page, text: string): Promise<Page> {
  let page = await browser.visit(address);
  for (let tries = 0; tries < 90 && !page.html.includes(text); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    page = await browser.visit(address);
  }
  expect(page.html).toContain(text);
  return page;
}

it('the App is made, installed and signed in with, an organization is connected, and its package is served', async () => {
  const codeHost = system.gitHub.addresses.web;
  const setUp = await browser.visit(`${system.console}/sign-in/setup`);
  const makeApp = await browser.press(setUp, ['forge', 'github'], {
    code: system.setUpCode ?? '',
    address: codeHost,
  });
  const [form] = makeApp.forms;
  const confirm = await browser.press(makeApp, ['manifest', form?.hidden.manifest ?? '']);
  const made = await browser.press(confirm, ['create', 'true']);
  expect([made.status, new URL(made.address).pathname]).toEqual([
    200,
    expect.stringMatching(/^\/sign-in\/registered\/github~127\.0\.0\.1:\d+$/),
  ]);

  const install = await browser.visit(linkTo(made, codeHost));
  const installed = await browser.press(install, ['login', owner]);
  expect(installed.address).toContain(`${system.console}/sign-in/installed/`);
  // The code was typed once.
  expect(installed.html).not.toContain('name="code"');
  expect(installed.html).toContain('The App was installed');

  const key = new URL(made.address).pathname.split('/').at(-1) ?? '';
  const people = await browser.press(installed, ['integration', key]);
  // Whoever sets the registry up goes on to connect an organization, and is not asked to sign in once more.
  const first = await browser.press(people, ['login', owner]);
  // The console's page for it leads a browser without JavaScript to the plain pages.
  expect([first.status, first.address]).toEqual([200, `${system.console}/plain`]);
  expect((await browser.visit(`${system.console}/`)).html).toContain('Add a code host');

  // The delivery of the installation was authentic: the App has the secret that we have.
  await system.gitHub.idle();
  const status = await fetch(`${system.console}/api/v1/installation/status`, {
    headers: { cookie: browser.cookies(system.console) },
  });
  const { unclaimedInstallations } = z
    .object({ unclaimedInstallations: z.array(z.object({ login: z.string() })) })
    .parse(await status.json());
  expect(unclaimedInstallations).toHaveLength(1);

  const owned = await browser.visit(`${system.console}/connect`);
  const id = owned.forms.find(({ hidden }) => hidden.organization !== undefined)?.hidden.organization ?? '';
  const progress = await browser.press(owned, ['organization', id], {
    ...{ slug: 'acme', name: 'Acme', vendors: 'acme', repositories: 'all' },
  });
  expect(progress.address).toBe(`${system.console}/connected/acme`);
  const done = await until(browser, progress, 'The first import is done.');
  expect(done.html).toContain('acme/billing');

  const token = await browser.press(done, ['description', 'Composer']);
  const secret = /rprt_[a-z]_?[0-9a-f]+|rprt_\w+/.exec(token.html)?.[0] ?? '';
  expect(token.html).toContain('composer require acme/');
  await expect
    .poll(
      async () => {
        const authorization = `Basic ${Buffer.from(`token:${secret}`).toString('base64')}`;
        const address = `${system.registry}/acme/p2/acme/billing.json`;
        return (await fetch(address, { headers: { authorization } })).status;
      },
      { timeout: 30_000 },
    )
    .toBe(200);
}, 120_000);

it('a code host without Apps is added by its OAuth client, and its workspaces are offered', async () => {
  const { bitbucket } = system;
  if (bitbucket === undefined) throw new Error('the world has no workspace');
  const { web: address, api } = bitbucket.addresses;
  const register = await browser.visit(`${system.console}/sign-in/register`);
  const asked = await browser.press(register, ['forge', 'bitbucket'], { address });
  const { key, secret, callbackUrl } = bitbucket.consumer('Repertoire');
  for (const text of ['Make an OAuth consumer', callbackUrl, 'Projects: Read and Admin']) {
    expect(asked.html).toContain(text);
  }
  const client = { 'client-id': key, 'client-secret': secret, 'api-address': api };
  const wrong = await browser.press(asked, ['forge', 'bitbucket'], { ...client, 'client-secret': 'wrong' });
  expect([wrong.status, wrong.html]).toEqual([422, expect.stringContaining('does not know a client')]);
  const added = await browser.press(wrong, ['forge', 'bitbucket'], client);
  expect([added.status, added.html]).toEqual([200, expect.stringContaining('This registry knows')]);

  const integration = `bitbucket~${new URL(address).host}`;
  const page = { ...added, address: `${system.console}/connect/${integration}` };
  const grant = await until(browser, page, 'Link my account');
  const people = await browser.press(grant, ['purpose', 'link']);
  await browser.press(people, ['login', owner]);
  const choose = await browser.visit(`${system.console}/connect/${integration}`);
  const granting = await browser.press(choose, ['purpose', 'choose-organization']);
  expect((await browser.press(granting, ['login', owner])).html).toContain('works');
}, 120_000);
