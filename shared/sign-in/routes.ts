/** The routes below `/sign-in`, as browsers without JavaScript use them. */
import { callerErrorOf } from '../domain/conflict-error.ts';
import { ForgeError } from '../forge/errors.ts';
import { SignInError } from '../forge/sign-in.ts';
import { isSameSecret } from '../runtime/constant-time.ts';
import type { HttpAnswer, HttpRequest } from '../runtime/http-message.ts';
import { pageAnswer, redirectAnswer } from '../runtime/page.ts';
import { endOtherSessions, endSession, sessionsOf } from '../sessions/end-sessions.ts';
import { formTokenFor } from '../sessions/form-token.ts';
import { forgottenSession, readSession, sessionCookies } from '../sessions/session.ts';
import { findInstallationSettings } from '../store/installation-settings.ts';
import { accountsPage } from './accounts-page.ts';
import { refusalOfUser } from './admission.ts';
import { completeSignIn, type Outcome } from './complete-sign-in.ts';
import {
  beginAgain,
  type Context,
  hasFormToken,
  outdatedForm,
  provenAgain,
  type Route,
  unknownIntegration,
} from './context.ts';
import type { SignInDependencies } from './dependencies.ts';
import { errorAnswer } from './error-answer.ts';
import { mergeUsers, proofMs } from './merge-users.ts';
import { beginSignIn, findOffered, type Offered, offeredIntegrations } from './offered.ts';
import {
  codeHostOf,
  failurePage,
  installedPage,
  mergePage,
  messagePage,
  notFoundPage,
  refusedPage,
  signInPage,
} from './pages.ts';
import { type PendingSignIn, pendingMerge, pendingSignIn } from './pending-sign-in.ts';
import { mergeOf, provenMerge } from './proven-merge.ts';
import { originOf, refusalOfForeign } from './request-checks.ts';
import { pathWithOutcome, returnPath } from './return-path.ts';
import { register, registered, setUp, showRegister, showSetUp } from './set-up.ts';
import { entry, presentUser } from './user-accounts.ts';

const routes: Readonly<Record<string, Route>> = {
  'GET ': showSignIn,
  'POST start': start,
  'GET callback': callback,
  'GET installed': installed,
  'POST out': signOut,
  'POST out-others': signOutOthers,
  'GET setup': (context) => showSetUp(context),
  'POST setup': setUp,
  'GET register': showRegister,
  'POST register': register,
  'GET registered': registered,
  'POST merge': merge,
};

/** Answers a request below `/sign-in`. */
export async function answerSignIn(
  dependencies: SignInDependencies,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const [, , name = '', key = '', ...rest] = request.path.replace(/\/$/, '').split('/');
  const route = rest.length === 0 ? routes[`${method} ${name}`] : undefined;
  if (route === undefined) {
    return pageAnswer(notFoundPage());
  }
  const foreign = refusalOfForeign(request, dependencies.consoleBaseUrl);
  if (foreign !== undefined) {
    return pageAnswer(foreign);
  }
  const origin = originOf(request);
  const session = await readSession(dependencies, request.cookies, {
    isChange: true,
    origin,
    findRefusal: refusalOfUser(dependencies),
  });
  const form = new URLSearchParams(method === 'POST' ? request.body.toString('utf8') : '');
  const context = { dependencies, request, origin, current: session.signedIn, key: decoded(key), form };
  const answer = await route(context).catch((error: unknown) => errorAnswer(dependencies, error));
  // Of two cookies with one name a browser keeps the later: the route has the last word.
  return { ...answer, cookies: [...session.setCookies, ...(answer.cookies ?? [])] };
}

/** @returns an empty text for what is encoded wrongly */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

async function showSignIn({ dependencies, request, current }: Context): Promise<HttpAnswer> {
  const { offered, ...others } = await offeredIntegrations(dependencies);
  const returnTo = returnPath(request.query.get('return') ?? undefined);
  if (current !== undefined) {
    const [user, sessions, formToken] = await Promise.all([
      presentUser(dependencies, current.user),
      sessionsOf(dependencies, current.user),
      formTokenFor(dependencies, current.session),
    ]);
    const hosts = offered.map(codeHostOf);
    return pageAnswer(accountsPage({ user, hosts, sessions, current: current.session, returnTo, formToken }));
  }
  const { administrators } = await findInstallationSettings(dependencies.table);
  const page = signInPage({ offered, ...others }, returnTo, administrators.length > 0);
  const isLeftOver = Object.values(sessionCookies).some((name) => request.cookies.has(name));
  return pageAnswer(isLeftOver ? { ...page, cookies: forgottenSession } : page);
}

async function start(context: Context): Promise<HttpAnswer> {
  const { dependencies, current, form } = context;
  const one = await findOffered(dependencies, context.key);
  const returnTo = returnPath(form.get('return') ?? undefined);
  const purpose = form.get('purpose') ?? 'sign-in';
  if (one === undefined) {
    return pageAnswer(unknownIntegration);
  }
  if (purpose === 'sign-in') {
    return beginSignIn(dependencies, one, { purpose, returnTo });
  }
  if (purpose !== 'link' && purpose !== 'authenticate-again' && purpose !== 'choose-organization') {
    return pageAnswer(
      messagePage('That did not work', 'This form asks for nothing that is known here.', 422),
    );
  }
  if (current === undefined) {
    return redirectAnswer(`/sign-in?return=${encodeURIComponent(returnTo)}`);
  }
  if (!(await hasFormToken(context, current))) {
    return pageAnswer(outdatedForm);
  }
  // A further way to sign in: who sits down at a browser that was left open does not get one.
  if (purpose === 'link' && dependencies.clock.now() >= current.authenticatedAt + proofMs) {
    return pageAnswer(await provenAgain(context, current, returnTo));
  }
  return beginSignIn(dependencies, one, { purpose, returnTo, current });
}

async function callback(context: Context): Promise<HttpAnswer> {
  const { dependencies, request, key } = context;
  const pending = await pendingSignIn.opened(dependencies, request.cookies);
  const one = await findOffered(dependencies, context.key);
  // Any site can send a browser here. Without the state of what this browser began, that goes on as it is.
  const isAnswer =
    pending?.integration === key && isSameSecret(request.query.get('state') ?? '', pending.state);
  if (pending === undefined || one === undefined || !isAnswer) {
    return pageAnswer(beginAgain);
  }
  const answer = await complete(context, one, pending).catch((error: unknown) =>
    failed(context, pending, error),
  );
  return { ...answer, cookies: [...(answer.cookies ?? []), pendingSignIn.forgotten] };
}

async function complete(
  context: Context,
  { integration, signIn }: Offered,
  pending: PendingSignIn,
): Promise<HttpAnswer> {
  const { dependencies, request, origin, current } = context;
  const outcome = await completeSignIn(dependencies, {
    integration,
    signIn,
    pending,
    parameters: request.query,
    origin,
    current,
  });
  return answerTo(context, pending, outcome);
}

async function answerTo(
  { dependencies, current }: Context,
  { returnTo, tellsOutcome = false }: PendingSignIn,
  outcome: Outcome,
): Promise<HttpAnswer> {
  switch (outcome.kind) {
    case 'signed-in':
    case 'done': {
      const cookies = outcome.kind === 'done' ? [] : outcome.setCookies;
      return redirectAnswer(tellsOutcome ? pathWithOutcome(returnTo, 'done') : returnTo, cookies);
    }
    case 'refused':
      return tellsOutcome
        ? redirectAnswer(pathWithOutcome(returnTo, 'refused', outcome.why))
        : pageAnswer(refusedPage(outcome));
    case 'taken': {
      if (current === undefined) {
        return pageAnswer(beginAgain);
      }
      const { session } = current;
      const proof = { merged: outcome.by.id, provenMerged: dependencies.clock.now(), session };
      const cookies = [await pendingMerge.sealed(dependencies, proof)];
      if (tellsOutcome) {
        return redirectAnswer(pathWithOutcome(returnTo, 'taken'), cookies);
      }
      const user = await presentUser(dependencies, current.user);
      const page = mergePage(user, outcome.by, await formTokenFor(dependencies, session));
      return pageAnswer({ ...page, cookies });
    }
  }
}

/** @throws what is an error of ours */
async function failed(
  { dependencies, key, origin, current }: Context,
  { returnTo, tellsOutcome }: PendingSignIn,
  error: unknown,
): Promise<HttpAnswer> {
  const { table, clock, logger } = dependencies;
  const page = failurePage(error, clock.now());
  if (page === undefined) {
    const problem = tellsOutcome ? callerErrorOf(error) : undefined;
    if (problem === undefined) {
      throw error;
    }
    return redirectAnswer(pathWithOutcome(returnTo, 'refused', problem.code));
  }
  const code = error instanceof SignInError || error instanceof ForgeError ? error.code : 'unexpected';
  const about = { user: current?.user, why: `${code} at ${key}`, ...origin };
  await table.transact([entry(dependencies, 'failed', about)]);
  logger.warn('a sign-in failed at a code host', { integration: key, error: error as Error });
  return tellsOutcome ? redirectAnswer(pathWithOutcome(returnTo, 'failed', code)) : pageAnswer(page);
}

async function installed(context: Context): Promise<HttpAnswer> {
  const { dependencies, current } = context;
  const one = await findOffered(dependencies, context.key);
  if (one === undefined) {
    return pageAnswer(unknownIntegration);
  }
  const { administrators } = await findInstallationSettings(dependencies.table);
  if (administrators.length === 0) {
    return showSetUp(context, 'The App was installed. Now sign in to become the administrator.');
  }
  const formToken = current && (await formTokenFor(dependencies, current.session));
  return pageAnswer(installedPage(one, formToken));
}

async function signOut(context: Context): Promise<HttpAnswer> {
  const { dependencies, current, origin } = context;
  if (current !== undefined) {
    if (!(await hasFormToken(context, current))) {
      return pageAnswer(outdatedForm);
    }
    await endSession(dependencies, current.user, current.session, origin);
  }
  return redirectAnswer('/sign-in', forgottenSession);
}

async function signOutOthers(context: Context): Promise<HttpAnswer> {
  const { dependencies, current, origin } = context;
  if (current === undefined || !(await hasFormToken(context, current))) {
    return pageAnswer(outdatedForm);
  }
  await endOtherSessions(dependencies, current, origin);
  return redirectAnswer('/sign-in');
}

async function merge(context: Context): Promise<HttpAnswer> {
  const { dependencies, request, origin, current } = context;
  const proof = await provenMerge(dependencies, request.cookies, current);
  if (current === undefined || proof === undefined) {
    return pageAnswer(beginAgain);
  }
  if (!(await hasFormToken(context, current))) {
    return pageAnswer(outdatedForm);
  }
  await mergeUsers(dependencies, mergeOf(current, proof), origin);
  return redirectAnswer('/sign-in', [pendingMerge.forgotten]);
}
