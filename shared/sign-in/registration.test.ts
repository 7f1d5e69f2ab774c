/** Registering this installation at a code host from the pages. */
import { describe, expect, it } from 'vitest';
import { proven } from '../../test/support/people.ts';
import { minute } from '../../test/support/session-bench.ts';
import { createSignInBench } from '../../test/support/sign-in-bench.ts';
import { parseIntegrations } from '../forge/integrations.ts';
import type { HttpAnswer } from '../runtime/http-message.ts';
import { auditLog } from '../store/audit-log.ts';
import { findInstallationSettings } from '../store/installation-settings.ts';
import { signInUser } from './user-accounts.ts';

const baseUrl = 'https://git.example.com';
const newKey = 'github~git.example.com';
const form = { code: 'the-set-up-code', forge: 'github', address: baseUrl };

/** An installation without integrations. */
async function bench() {
  const made = await createSignInBench();
  made.integrations.known = [];
  return made;
}

/** Where the code host sends the browser back to, after it made the App of the form. */
function backFrom({ body = '' }: HttpAnswer): string {
  const action = /action="(https:[^"]+)"/.exec(body)?.[1] ?? '';
  const state = new URL(action.replaceAll('&amp;', '&')).searchParams.get('state') ?? '';
  return `/sign-in/registered/${newKey}?${new URLSearchParams({ code: 'c0de', state })}`;
}

describe('the first run without an integration', () => {
  it('makes the App, leads to installing it, and signs the first administrator in', async () => {
    const { visitor, integrations, table } = await bench();
    const ann = visitor();
    expect((await ann.get('/sign-in/setup')).body).toContain('value="github"');

    const page = await ann.post('/sign-in/setup', form);
    expect(page.status).toBe(200);
    // The browser lets the form lead to the code host and nowhere else.
    expect(page.headers?.['content-security-policy']).toContain(`form-action 'self' ${baseUrl};`);
    expect(page.body).not.toContain('the-set-up-code');

    const done = await ann.get(backFrom(page));
    expect([done.status, done.body]).toEqual([
      200,
      expect.stringContaining('https://code.example.com/install'),
    ]);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { baseUrl } }]);
    expect((await findInstallationSettings(table)).administrators).toEqual([]);

    // From installing the App too; the code need not be typed again.
    expect((await ann.get(`/sign-in/installed/${newKey}`)).body).not.toContain('name="code"');
    const begun = await ann.post('/sign-in/setup', { integration: newKey });
    expect((await ann.get(ann.back(begun, '1'))).status).toBe(303);
    const { user } = (await ann.who()) ?? {};
    expect((await findInstallationSettings(table)).administrators).toEqual([user]);
    expect((await auditLog(table, undefined, 2)).map(({ act, actor }) => [act, actor?.kind]).sort()).toEqual([
      ['begin-registration', 'system'],
      ['register-integration', 'system'],
    ]);
  });

  it.each([
    ['127.0.0.1:7823', 'Write the whole address, such as https://git.example.com'],
    ['https://', 'this is no address of a code host'],
  ])('shows the form again with what was typed when the address is %s', async (address, problem) => {
    const { visitor } = await bench();
    const { status, body = '' } = await visitor().post('/sign-in/setup', {
      ...{ ...form, address, organization: 'acme', public: 'true' },
    });
    expect(status).toBe(422);
    expect(body).toContain(`<p id="address-problem" role="alert"><strong>${problem}</strong></p>`);
    for (const value of [address, 'acme', form.code]) {
      expect(body).toContain(`value="${value}"`);
    }
    expect(body).toContain('value="true" checked');
  });

  it('shows the form again with what was typed, but for the code, when that is wrong', async () => {
    const { visitor } = await bench();
    const { status, body = '' } = await visitor().post('/sign-in/setup', {
      ...{ ...form, code: 'the-wrong-code', organization: 'acme' },
    });
    expect(status).toBe(403);
    expect(body).toContain('<p id="code-problem" role="alert"><strong>That is not the set-up code');
    expect(body).toContain('value="acme"');
    expect(body).toContain(`value="${baseUrl}"`);
    expect(body).not.toContain('the-wrong-code');
  });

  it('needs the set-up code', async () => {
    const { visitor, integrations } = await bench();
    for (const code of ['', 'x', 'the-set-up-cod']) {
      expect((await visitor().post('/sign-in/setup', { ...form, code })).status).toBe(403);
    }
    expect(integrations.text).toBe('[]');
  });

  it('takes the answer of the code host in the browser that asked, with its state, and once', async () => {
    const { visitor, integrations } = await bench();
    const [ann, thief] = [visitor(), visitor()];
    const back = backFrom(await ann.post('/sign-in/setup', form));
    const other = backFrom(await thief.post('/sign-in/setup', form));
    expect((await thief.get(back)).status).toBe(400);
    expect((await ann.get(other)).status).toBe(400);
    expect((await ann.get(back.replace(newKey, 'github~other.example'))).status).toBe(400);
    expect(integrations.text).toBe('[]');
    expect((await ann.get(back)).status).toBe(200);
    const { text } = integrations;
    // Loaded again it is shown again, and nothing is registered twice.
    expect((await ann.get(back)).status).toBe(200);
    expect((await thief.get(other)).status).toBe(200);
    expect(integrations.text).toBe(text);
  });

  it('is completed from any of the tabs that began it', async () => {
    const { visitor, integrations } = await bench();
    const ann = visitor();
    const first = backFrom(await ann.post('/sign-in/setup', form));
    await ann.post('/sign-in/setup', { ...form, code: '' });
    expect((await ann.get(first)).status).toBe(200);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { baseUrl } }]);
  });

  it('ends with the first administrator: what the set-up code began before is worth nothing', async () => {
    const { visitor, integrations, dependencies, administrators } = await bench();
    const ann = visitor();
    const back = backFrom(await ann.post('/sign-in/setup', form));
    await administrators(await signInUser(dependencies, proven(9)));
    expect((await ann.get(back)).status).toBe(303);
    expect((await ann.post('/sign-in/setup', form)).status).toBe(403);
    expect(integrations.text).toBe('[]');
  });

  it('says which integration lacks what signing in needs', async () => {
    const { visitor, integrations, dependencies } = await bench();
    const without = {
      forge: 'github',
      settings: { baseUrl, appId: '1' },
      secrets: { privateKey: 'k', webhookSecret: 's' },
    };
    integrations.text = JSON.stringify([without, { forge: 'github' }]);
    const signIn = dependencies.signInOf();
    const { body } = await (() => {
      dependencies.signInOf = () => ({ ...signIn, isOffered: () => false });
      return visitor().get('/sign-in/setup');
    })();
    expect(body).toContain('git.example.com: its integration has no client id or no client secret');
    expect(body).toContain('An integration cannot be used');
  });
});

describe('an administrator', () => {
  const { code: _, ...fields } = form;

  async function signedIn() {
    const made = await createSignInBench();
    const root = await signInUser(made.dependencies, proven(9));
    await made.administrators(root);
    const ann = made.visitor();
    await ann.signIn('9');
    return { ...made, ann };
  }

  it('adds a further code host from the page', async () => {
    const { ann, integrations } = await signedIn();
    expect((await ann.get('/sign-in/register')).body).toContain('Add a code host');
    const page = await ann.post('/sign-in/register', { ...fields, 'form-token': await ann.formToken() });
    const done = await ann.get(backFrom(page));
    expect([done.status, done.body]).toEqual([200, expect.not.stringContaining('become the administrator')]);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { baseUrl } }]);
  });

  it('has to have signed in a short while ago, and to send the form of the session', async () => {
    const { ann, clock, integrations } = await signedIn();
    expect((await ann.post('/sign-in/register', { ...fields, 'form-token': 'x' })).status).toBe(403);
    const token = await ann.formToken();
    const back = backFrom(await ann.post('/sign-in/register', { ...fields, 'form-token': token }));
    clock.time += 15 * minute;
    expect((await ann.post('/sign-in/register', { ...fields, 'form-token': token })).body).toContain(
      'still you',
    );
    const asked = await ann.get(back);
    expect(asked.body).toContain('still you');
    expect(integrations.text).toBe('[]');
    // The code host says its code once, so the proof leads back to it.
    const returnTo =
      /name="return" value="([^"]*)"/.exec(asked.body ?? '')?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(returnTo).toBe(back);
    await ann.signIn('9');
    expect((await ann.get(returnTo)).status).toBe(200);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { baseUrl } }]);
  });

  it('alone does so', async () => {
    const { dependencies, visitor, policy, ann, integrations } = await signedIn();
    await policy('anyone');
    await signInUser(dependencies, proven(2));
    const bob = visitor();
    await bob.signIn('2');
    const token = await bob.formToken();
    expect((await bob.post('/sign-in/register', { ...fields, 'form-token': token })).status).toBe(403);
    const back = backFrom(
      await ann.post('/sign-in/register', { ...fields, 'form-token': await ann.formToken() }),
    );
    expect((await bob.get(back)).status).toBe(403);
    expect((await visitor().get(back)).headers?.location).toContain('/sign-in?return=');
    expect(integrations.text).toBe('[]');
  });
});

describe('a code host where the client is made by hand', () => {
  const address = 'https://git.example.com/code';
  const entered = { forge: 'gitlab', address, 'client-id': 'client', 'client-secret': 'client-secret' };

  it('says what to make there, and takes it from whoever has the set-up code', async () => {
    const { visitor, integrations } = await bench();
    const ann = visitor();
    const page = await ann.post('/sign-in/setup', { code: 'the-set-up-code', forge: 'gitlab', address });
    expect(page.status).toBe(200);
    for (const text of ['/sign-in/callback/gitlab~git.example.com~code', 'read_user', `${address}/-/`]) {
      expect(page.body).toContain(text);
    }
    const wrong = await ann.post('/sign-in/setup', { ...entered, 'client-secret': 'wrong' });
    expect([wrong.status, wrong.body?.includes('does not know a client')]).toEqual([422, true]);
    expect(wrong.body).not.toContain('"wrong"');
    const done = await ann.post('/sign-in/setup', entered);
    expect([done.status, done.body]).toEqual([
      200,
      expect.stringContaining('value="gitlab~git.example.com~code"'),
    ]);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { baseUrl: address } }]);
  });

  it('says where to make it at a code host without a page for it, and asks for the API of a host that is not known', async () => {
    const { visitor, integrations } = await bench();
    const ann = visitor();
    const start = { code: 'the-set-up-code', forge: 'bitbucket' };
    const page = await ann.post('/sign-in/setup', start);
    const wanted = [
      'https://bitbucket.org/account/workspaces/',
      'Make an OAuth consumer',
      'Projects: Read and Admin',
    ];
    for (const text of [...wanted, '/sign-in/callback/bitbucket~bitbucket.org', '>Key<']) {
      expect(page.body).toContain(text);
    }
    expect(page.body).not.toContain('api-address');
    const other = { ...entered, forge: 'bitbucket' };
    const missing = await ann.post('/sign-in/setup', other);
    expect([missing.status, missing.body]).toEqual([422, expect.stringContaining('name="api-address"')]);
    const apiUrl = 'https://api.example.com';
    expect((await ann.post('/sign-in/setup', { ...other, 'api-address': apiUrl })).status).toBe(200);
    expect(parseIntegrations(integrations.text).valid).toMatchObject([{ settings: { apiUrl } }]);
  });

  it('is for nobody without the code', async () => {
    const { visitor, integrations } = await bench();
    expect((await visitor().post('/sign-in/setup', entered)).status).toBe(403);
    expect(parseIntegrations(integrations.text).valid).toEqual([]);
  });

  it('is added by an administrator, and shown again with what is wrong', async () => {
    const { visitor, integrations, administrators, dependencies } = await createSignInBench();
    await administrators(await signInUser(dependencies, proven(9)));
    const ann = visitor();
    await ann.signIn('9');
    const formToken = /name="form-token" value="([^"]+)"/.exec(
      (await ann.get('/sign-in/register')).body ?? '',
    );
    const form = { 'form-token': formToken?.[1] ?? '' };
    const nowhere = await ann.post('/sign-in/register', { ...form, forge: 'gitlab', address: 'https://' });
    expect([nowhere.status, nowhere.body]).toEqual([
      422,
      expect.stringContaining('no address of a code host'),
    ]);
    expect((await ann.post('/sign-in/register', entered)).status).toBe(403);
    const done = await ann.post('/sign-in/register', { ...form, ...entered });
    expect([done.status, done.body]).toEqual([
      200,
      expect.stringContaining('This registry knows git.example.com now'),
    ]);
    expect(parseIntegrations(integrations.text).valid).toHaveLength(1);
  });
});
