import { describe, expect, it } from 'vitest';
import { asId, type OrganizationId } from '../../../shared/domain/ids.ts';
import { formTokenFor } from '../../../shared/sessions/form-token.ts';
import { answerSignIn } from '../../../shared/sign-in/routes.ts';
import { signInUser } from '../../../shared/sign-in/user-accounts.ts';
import { personalTokensOf } from '../../../shared/store/personal-token-store.ts';
import { signInLog } from '../../../shared/store/sign-in-log.ts';
import { proven } from '../../../test/support/people.ts';
import { minute } from '../../../test/support/session-bench.ts';
import { consoleBaseUrl, createSignInBench } from '../../../test/support/sign-in-bench.ts';
import { answerPage } from './answer-page.ts';
import { homePage } from './home.ts';
import { tokenPage } from './token-pages.ts';

it.each([
  ['the page of a person', '/plain', answerPage],
  ['the page of sign-in', '/sign-in', answerSignIn],
])('%s keeps a session that was just refreshed, also when it fails', async (_, path, answer) => {
  const { dependencies, administrators, browser, clock, table } = await createSignInBench();
  const user = await signInUser(dependencies, proven(1));
  await administrators(user);
  const ann = browser();
  const signedIn = await ann.signIn(user);
  clock.time += 6 * minute;
  const fail = () => Promise.reject(new Error('the table is gone'));
  const failing = {
    ...dependencies,
    table: { ...table, query: fail },
    integrations: fail,
    registryBaseUrl: 'https://packages.example.com',
  } as unknown as Parameters<typeof answerPage>[0] & Parameters<typeof answerSignIn>[0];
  const { status, cookies = [] } = await answer(failing, {
    method: 'GET',
    path,
    parameters: {},
    query: new URLSearchParams(),
    headers: { 'x-repertoire-viewer': '192.0.2.7' },
    cookies: ann.cookies(),
    body: Buffer.alloc(0),
  });
  expect(status).toBe(500);
  ann.keep(cookies);
  clock.time += 6 * minute;
  expect(await ann.read()).toEqual(signedIn);
});

/** A person who has just signed in, and the form of the first page. */
async function formOfToken() {
  const { dependencies, administrators, browser, clock, table } = await createSignInBench();
  const user = await signInUser(dependencies, proven(1));
  await administrators(user);
  const ann = browser();
  const { session } = await ann.signIn(user);
  const pages = {
    ...dependencies,
    registryBaseUrl: 'https://packages.example.com',
    forges: { integrations: async () => ({ valid: [], invalid: [] }) },
  };
  return {
    clock,
    log: () => signInLog(table, 1),
    formToken: await formTokenFor(dependencies, session),
    /** Of another session of the same person. */
    otherFormToken: async () => formTokenFor(dependencies, (await browser().signIn(user)).session),
    async send(formToken: string, headers: Record<string, string>) {
      const { status } = await answerPage(pages as unknown as Parameters<typeof answerPage>[0], {
        method: 'POST',
        path: '/tokens',
        parameters: {},
        query: new URLSearchParams(),
        headers: { 'x-repertoire-viewer': '192.0.2.7', ...headers },
        cookies: ann.cookies(),
        body: Buffer.from(new URLSearchParams({ 'form-token': formToken, description: 'ci' }).toString()),
      });
      return { status, tokens: (await personalTokensOf(table, user)).length };
    },
  };
}

it('the first page says where the person waits for an owner', () => {
  const acme = { id: asId<OrganizationId>('org1'), slug: 'acme', name: 'Acme & Co', ownedVendors: [] };
  const page = homePage({
    ...{
      name: 'Ann',
      memberships: [],
      waiting: [acme],
      invitations: [],
      registryBaseUrl: 'https://packages.example.com',
    },
    ...{ formToken: '', isAdministrator: false, mayConnect: true },
  });
  const text = String(page.content);
  expect(text).toContain('You wait for an owner of <strong>Acme &amp; Co</strong> to activate you.');
  expect(text).not.toContain('None of your organizations');
});

it.each([
  ['https://packages.example.com', []],
  ['http://127.0.0.1:7820', ['composer config secure-http false  # plain http, for this machine only']],
])(
  'the lines for Composer at %s change the project, and keep the secret out of it',
  (registryBaseUrl, first) => {
    const acme = { id: asId<OrganizationId>('org1'), slug: 'acme', name: 'Acme', ownedVendors: [] };
    const memberships = [{ organization: acme, role: 'member' }] as const;
    const expiry = Date.parse('2027-02-26T09:00:00Z') / 1000;
    const shown = { expiry, memberships, registryBaseUrl, example: 'acme/billing' };
    const { content } = tokenPage('secret', shown);
    expect(String(content)).toContain('shown this once, and ends 2027-02-26.');
    expect(String(tokenPage('secret', { ...shown, expiry: 0 }).content)).toContain('and never ends.');
    expect(/<pre>([^<]*)<\/pre>/.exec(String(content))?.[1]?.split('\n')).toEqual([
      ...first,
      `composer config repositories.acme composer ${registryBaseUrl}/acme`,
      `composer config --global http-basic.${new URL(registryBaseUrl).host} token secret`,
      'composer require acme/billing',
    ]);
  },
);

const ours = { origin: consoleBaseUrl };

describe('the form that makes a token', () => {
  it('makes one', async () => {
    const { formToken, send, log } = await formOfToken();
    expect(await send(formToken, ours)).toEqual({ status: 200, tokens: 1 });
    expect(await log()).toMatchObject([{ act: 'own-token-created', why: 'ci', address: '192.0.2.7' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example.com' }],
    ['a page that says no origin', {}],
    ['a page without an origin of another site', { 'sec-fetch-site': 'cross-site' }],
  ])('makes none for %s', async (_, headers) => {
    const { formToken, send } = await formOfToken();
    expect(await send(formToken, headers)).toEqual({ status: 403, tokens: 0 });
  });

  it('makes none without the form token of this very session', async () => {
    const { otherFormToken, send } = await formOfToken();
    expect(await send('', ours)).toEqual({ status: 403, tokens: 0 });
    expect(await send(await otherFormToken(), ours)).toEqual({ status: 403, tokens: 0 });
  });

  it('makes none 15 minutes after the sign-in', async () => {
    const { clock, formToken, send } = await formOfToken();
    clock.time += 15 * minute;
    expect(await send(formToken, ours)).toEqual({ status: 403, tokens: 0 });
  });
});
