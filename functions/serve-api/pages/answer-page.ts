/** The plain pages outside the API, for browsers without JavaScript. */
import { organizationsOf, placesOf } from '../../../shared/organizations/membership.ts';
import { makeOwnToken } from '../../../shared/organizations/personal-tokens.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/runtime/http-message.ts';
import { type Page, pageAnswer, redirectAnswer } from '../../../shared/runtime/page.ts';
import type { SignedIn } from '../../../shared/sessions/access-token.ts';
import { formTokenFor, isFormToken } from '../../../shared/sessions/form-token.ts';
import { readSession } from '../../../shared/sessions/session.ts';
import { refusalOfUser } from '../../../shared/sign-in/admission.ts';
import { errorAnswer } from '../../../shared/sign-in/error-answer.ts';
import { messagePage } from '../../../shared/sign-in/pages.ts';
import { originOf, refusalOfForeign } from '../../../shared/sign-in/request-checks.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import { freshMs } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { homePage, tokenPage, welcomePage } from './home.ts';

export interface PageDependencies extends ApiDependencies {
  /** Without a slash at its end. */
  readonly registryBaseUrl: string;
}

const descriptionMax = 100;

/** Answers a request for a page. */
export async function answerPage(dependencies: PageDependencies, request: HttpRequest): Promise<HttpAnswer> {
  const isPost = request.method === 'POST';
  const name = `${request.method === 'HEAD' ? 'GET' : request.method} ${request.path}`;
  if (name !== 'GET /' && name !== 'POST /tokens') {
    return pageAnswer(messagePage('There is no such page', 'Nothing is here.', 404));
  }
  const foreign = refusalOfForeign(request, dependencies.consoleBaseUrl);
  if (foreign !== undefined) {
    return pageAnswer(foreign);
  }
  const session = await readSession(dependencies, request.cookies, {
    isChange: isPost,
    origin: originOf(request),
    findRefusal: refusalOfUser(dependencies),
  });
  const { signedIn } = session;
  const answer =
    signedIn === undefined
      ? isPost
        ? redirectAnswer('/sign-in?return=/')
        : pageAnswer(welcomePage)
      : await (isPost ? tokenMade : home)(dependencies, signedIn, request).then(
          pageAnswer,
          (error: unknown) => errorAnswer(dependencies, error),
        );
  return { ...answer, cookies: [...session.setCookies, ...(answer.cookies ?? [])] };
}

async function home(dependencies: PageDependencies, { user, session }: SignedIn): Promise<Page> {
  const { table, clock, registryBaseUrl } = dependencies;
  const [person, places, formToken, { administrators }] = await Promise.all([
    readUser(table, user),
    placesOf(table, user, clock.now()),
    formTokenFor(dependencies, session),
    findInstallationSettings(table),
  ]);
  const name = person?.name ?? person?.login ?? user;
  return homePage({
    name,
    ...places,
    registryBaseUrl,
    formToken,
    isAdministrator: administrators.includes(user),
  });
}

async function tokenMade(
  dependencies: PageDependencies,
  { user, session, authenticatedAt }: SignedIn,
  request: HttpRequest,
): Promise<Page> {
  const { table, clock, registryBaseUrl } = dependencies;
  const form = new URLSearchParams(request.body.toString('utf8'));
  if (!(await isFormToken(dependencies, session, form.get('form-token') ?? ''))) {
    return messagePage('That did not work', 'This form is out of date. Go back and send it again.', 403);
  }
  if (clock.now() >= authenticatedAt + freshMs) {
    const text = 'You signed in a while ago. Sign in once more, then make the token.';
    return messagePage('Is it still you?', text, 403);
  }
  const description = (form.get('description') ?? '').trim().slice(0, descriptionMax) || 'Composer';
  const asker = { user, session, origin: originOf(request) };
  const making = { ...dependencies, workQueue: bestEffortQueue(dependencies) };
  const { secret } = await makeOwnToken(making, asker, { description, expiresAt: undefined });
  return tokenPage(secret, {
    memberships: await organizationsOf(table, user, clock.now()),
    registryBaseUrl,
  });
}
