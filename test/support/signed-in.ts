/** People who sign in to a started system with a browser, and what they ask of the API from there. */
import { expect } from 'vitest';
import { type Browser, createBrowser, type Page } from '../../local/browser/browser.ts';
import type { System } from './started.ts';

export interface SignedIn {
  readonly login: string;
  readonly browser: Browser;
  /** What every request from a page of the console has. */
  headers(): Readonly<Record<string, string>>;
  ask(
    method: string,
    /** Below /api/v1. */
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they please
  readonly body: any;
}

/** The page with the forms of one code host alone. */
const onlyAt = (page: Page, key: string | undefined): Page =>
  key === undefined
    ? page
    : {
        ...page,
        forms: page.forms.filter(({ action }) =>
          decodeURIComponent(action).endsWith(`/sign-in/start/${key}`),
        ),
      };

/**
 * Signs the person in through the pages, which end at the first plain page: the console's page leads a browser without JavaScript there.
 *
 * @param key of the integration; the first one if left out
 */
export async function signIn(system: System, login: string, key?: string): Promise<SignedIn> {
  const browser = createBrowser();
  const page = onlyAt(await browser.visit(`${system.console}/sign-in?return=/`), key);
  const people = await browser.press(page, ['purpose', 'sign-in']);
  const home = await browser.press(people, ['login', login]);
  expect(home).toMatchObject({ status: 200, address: `${system.console}/plain` });
  const headers = () => ({
    cookie: browser.cookies(system.console),
    origin: system.console,
    'x-repertoire-request': '1',
  });
  return {
    login,
    browser,
    headers,
    async ask(method, path, body, more = {}) {
      const response = await fetch(`${system.console}/api/v1${path}`, {
        method,
        headers: { ...headers(), ...(body && { 'content-type': 'application/json' }), ...more },
        ...(body && { body: JSON.stringify(body) }),
      });
      browser.keep(system.console, response);
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
  };
}

/**
 * Goes where the answer to a beginning leads, and signs in there.
 *
 * @returns the address of the page that it ends at
 */
export async function goOn({ browser }: SignedIn, begun: ApiAnswer, login: string): Promise<string> {
  expect(begun.status).toBe(200);
  return (await browser.press(await browser.visit(begun.body.authorizeUrl), ['login', login])).address;
}

/** Lets the registry ask the code host which organizations the person owns, for 15 minutes. */
export async function chooseOrganization(
  system: System,
  { browser, login }: SignedIn,
  key?: string,
): Promise<void> {
  const path = key === undefined ? '/connect' : `/connect/${encodeURIComponent(key)}`;
  const page = await browser.visit(`${system.console}${path}`);
  const people = await browser.press(page, ['purpose', 'choose-organization']);
  expect((await browser.press(people, ['login', login])).status).toBe(200);
}

/** Gives the person the account of the same login at another code host; whoever has it here, as by a token, becomes one with the person. */
export async function linkAccount(system: System, { browser, login }: SignedIn, key: string): Promise<void> {
  const page = onlyAt(await browser.visit(`${system.console}/sign-in?return=/`), key);
  const people = await browser.press(page, ['purpose', 'link']);
  const linked = await browser.press(people, ['login', login]);
  const merge = linked.forms.find(({ action }) => action.endsWith('/sign-in/merge'));
  const formToken = merge?.hidden['form-token'];
  const done =
    merge && formToken !== undefined
      ? await browser.press({ ...linked, forms: [merge] }, ['form-token', formToken])
      : linked;
  expect(done.status).toBe(200);
}

/** Installs the App at the code host's page, which leads back to us. */
export async function giveAccess({ browser, login }: SignedIn, installUrl: string): Promise<void> {
  const page = await browser.visit(installUrl);
  expect((await browser.press(page, ['login', login])).html).toContain('The App was installed');
}
