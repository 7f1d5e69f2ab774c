/** The first run: registering this installation at a code host, and its first administrator. Later administrators register further code hosts. */
import { CallerError } from '../domain/caller-error.ts';
import { callerErrorOf } from '../domain/conflict-error.ts';
import type { Integration } from '../forge/integration.ts';
import { isSameSecret } from '../runtime/constant-time.ts';
import type { HttpAnswer } from '../runtime/http-message.ts';
import { type Page, pageAnswer, redirectAnswer } from '../runtime/page.ts';
import { formTokenFor } from '../sessions/form-token.ts';
import { findInstallationSettings } from '../store/installation-settings.ts';
import {
  beginAgain,
  type Context,
  hasFormToken,
  outdatedForm,
  provenAgain,
  unknownIntegration,
} from './context.ts';
import type { Registrant } from './dependencies.ts';
import { enterClient } from './enter-client.ts';
import { proofMs } from './merge-users.ts';
import { beginSignIn, findOffered, type Offered, offeredIntegrations, offeredOf } from './offered.ts';
import { messagePage } from './pages.ts';
import { pendingMax, pendingRegistrations } from './pending-sign-in.ts';
import { consoleConnectPath } from './return-path.ts';
import {
  alreadySetUpPage,
  registeredPage,
  registerPage,
  registrationFormPage,
  type SentRegistration,
  setUpPage,
} from './set-up-pages.ts';
import { entry } from './user-accounts.ts';

const wrongCode = 'That is not the set-up code, or it was used already.';
/** For administrators. */
const registerPath = '/sign-in/register';

const isSetUp = async ({ dependencies }: Context): Promise<boolean> =>
  (await findInstallationSettings(dependencies.table)).administrators.length > 0;

/** Whether this browser has shown the set-up code, which counts until there is an administrator. */
async function hasShownCode({ dependencies, request }: Context): Promise<boolean> {
  return (await pendingRegistrations.opened(dependencies, request.cookies)) !== undefined;
}

export async function showSetUp(context: Context, notice?: string): Promise<HttpAnswer> {
  return pageAnswer((await isSetUp(context)) ? alreadySetUpPage : await setUpPageFor(context, { notice }));
}

async function setUpPageFor(
  context: Context,
  said: {
    readonly problem?: string;
    readonly notice?: string | undefined;
    readonly sent?: SentRegistration;
  },
): Promise<Page> {
  const { dependencies } = context;
  return setUpPage(await offeredIntegrations(dependencies), {
    problem: said.problem,
    notice: said.notice,
    sent: said.sent,
    isProven: await hasShownCode(context),
    forges: dependencies.registrations.forges,
  });
}

/** Signs in with a code host, or begins the registration at one; both need the set-up code. */
export async function setUp(context: Context): Promise<HttpAnswer> {
  const { dependencies, form, origin } = context;
  const code = (form.get('code') ?? '').trim();
  const isProven =
    !(await isSetUp(context)) &&
    (code === '' ? await hasShownCode(context) : await dependencies.isSetUpCode(code));
  if (!isProven) {
    if (code !== '') {
      await dependencies.table.transact([entry(dependencies, 'refused', { why: 'set-up-code', ...origin })]);
    }
    return pageAnswer(await setUpPageFor(context, { problem: wrongCode, sent: typedIn(context) }));
  }
  if (form.has('forge')) {
    return begin(context, { ...origin, signedIn: undefined });
  }
  const one = await findOffered(dependencies, form.get('integration') ?? '');
  return one === undefined
    ? pageAnswer(unknownIntegration)
    : // Nothing is connected yet.
      beginSignIn(dependencies, one, { purpose: 'set-up', returnTo: consoleConnectPath });
}

export async function showRegister(context: Context): Promise<HttpAnswer> {
  const { dependencies, current } = context;
  const registrant = await administratorOf(context);
  if ('refusal' in registrant || current === undefined) {
    return 'refusal' in registrant ? registrant.refusal : pageAnswer(beginAgain);
  }
  const formToken = await formTokenFor(dependencies, current.session);
  return pageAnswer(registerPage(dependencies.registrations.forges, formToken));
}

export async function register(context: Context): Promise<HttpAnswer> {
  const { current } = context;
  const registrant = await administratorOf(context);
  if ('refusal' in registrant) {
    return registrant.refusal;
  }
  return current !== undefined && (await hasFormToken(context, current))
    ? begin(context, registrant)
    : pageAnswer(outdatedForm);
}

/**
 * The administrator who is signed in, and has just proved to be it.
 *
 * @param returnTo where he goes on after he has proved it
 */
async function administratorOf(
  context: Context,
  returnTo = registerPath,
): Promise<Registrant | { readonly refusal: HttpAnswer }> {
  const { dependencies, current, origin } = context;
  if (current === undefined) {
    return { refusal: redirectAnswer(`/sign-in?return=${encodeURIComponent(returnTo)}`) };
  }
  const { administrators } = await findInstallationSettings(dependencies.table);
  if (!administrators.includes(current.user)) {
    const text = 'Only administrators of this registry add a code host.';
    return { refusal: pageAnswer(messagePage('That did not work', text, 403)) };
  }
  if (dependencies.clock.now() >= current.authenticatedAt + proofMs) {
    return { refusal: pageAnswer(await provenAgain(context, current, returnTo)) };
  }
  return { ...origin, signedIn: current };
}

/** What was typed, but for the code. */
const typedIn = ({ form }: Context): SentRegistration => ({
  code: '',
  organization: form.get('organization') ?? '',
  isPublic: form.has('public'),
  address: form.get('address') ?? '',
  addressProblem: undefined,
});

/** The form once more, with what was typed and what is wrong. */
async function notBegun(context: Context, addressProblem: string): Promise<HttpAnswer> {
  const { dependencies, current, form } = context;
  const sent = { ...typedIn(context), code: form.get('code') ?? '', addressProblem };
  if (!(await isSetUp(context))) {
    return pageAnswer(await setUpPageFor(context, { sent }));
  }
  const formToken = current === undefined ? '' : await formTokenFor(dependencies, current.session);
  return pageAnswer(registerPage(dependencies.registrations.forges, formToken, sent));
}

async function begin(context: Context, registrant: Registrant): Promise<HttpAnswer> {
  const { dependencies, request, form } = context;
  const named = dependencies.registrations.forges.find(({ forge }) => forge === form.get('forge'));
  const baseUrl = (form.get('address') ?? '').trim() || named?.baseUrl;
  if (named === undefined || baseUrl === undefined) {
    return notBegun(context, 'Write the address of the code host.');
  }
  if (!/^https?:\/\//i.test(baseUrl)) {
    return notBegun(context, 'Write the whole address, such as https://git.example.com');
  }
  if (named.by === 'client') {
    return beginClient(context, registrant, { forge: named.forge, baseUrl });
  }
  const organization = (form.get('organization') ?? '').trim() || undefined;
  const start = { forge: named.forge, baseUrl, organization, isPublic: form.has('public') };
  const begun = await dependencies.registrations
    .begin(registrant, start)
    .catch((error: unknown) => callerErrorOf(error) ?? Promise.reject(error));
  if (begun instanceof CallerError) {
    return notBegun(context, begun.message);
  }
  const { action, fields, key, state } = begun;
  const page = registrationFormPage({ action, fields });
  // An administrator's is bound to the user instead, who may also have begun it with the API.
  if (registrant.signedIn !== undefined) {
    return pageAnswer(page);
  }
  // Other tabs may have begun some.
  const others = (await pendingRegistrations.opened(dependencies, request.cookies)) ?? [];
  const pending = [{ integration: key, state }, ...others].slice(0, pendingMax);
  return pageAnswer({ ...page, cookies: [await pendingRegistrations.sealed(dependencies, pending)] });
}

/** Asks for a client that is made by hand, and adds it. */
async function beginClient(
  context: Context,
  registrant: Registrant,
  host: { readonly forge: string; readonly baseUrl: string },
): Promise<HttpAnswer> {
  const action = (await isSetUp(context)) ? '/sign-in/register' : '/sign-in/setup';
  const done = await enterClient(context, { registrant, ...host, action });
  if (done instanceof CallerError) {
    return notBegun(context, done.message);
  }
  return 'page' in done ? pageAnswer(done.page) : shownIntegration(context, done.integration);
}

/** Where the code host sends people back after the registration, with a code for what it made. */
export async function registered(context: Context): Promise<HttpAnswer> {
  const { dependencies, request, key } = context;
  const known = await findOffered(dependencies, key);
  const code = request.query.get('code') ?? '';
  const state = request.query.get('state') ?? '';
  const registrant = await registrantOf(context, state);
  if ('refusal' in registrant) {
    return registrant.refusal;
  }
  // The page was loaded again.
  if (known !== undefined) {
    return shown(context, known);
  }
  const integration = await dependencies.registrations.complete(registrant, { code, state });
  return shownIntegration(context, integration);
}

async function shownIntegration(context: Context, integration: Integration): Promise<HttpAnswer> {
  const [one] = offeredOf(context.dependencies, { valid: [integration], invalid: [] }).offered;
  return one === undefined ? pageAnswer(unknownIntegration) : shown(context, one);
}

async function registrantOf(
  context: Context,
  state: string,
): Promise<Registrant | { readonly refusal: HttpAnswer }> {
  const { dependencies, request, key, origin } = context;
  if (await isSetUp(context)) {
    // The code host says its code once: whoever has to prove first who he is comes back with it.
    return administratorOf(context, `${request.path}?${request.query}`);
  }
  const pending = (await pendingRegistrations.opened(dependencies, request.cookies)) ?? [];
  return pending.some((one) => one.integration === key && isSameSecret(state, one.state))
    ? { ...origin, signedIn: undefined }
    : { refusal: pageAnswer(beginAgain) };
}

async function shown(context: Context, one: Offered): Promise<HttpAnswer> {
  const { dependencies } = context;
  const state = Buffer.from(dependencies.randomBytes(16)).toString('base64url');
  const { installUrl } = one.signIn;
  return pageAnswer(
    registeredPage(one, {
      installUrl: installUrl?.(one.integration, { state }),
      isApp: installUrl !== undefined,
      isSetUp: await isSetUp(context),
    }),
  );
}
