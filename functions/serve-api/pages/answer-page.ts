/** The plain pages outside the API, for browsers without JavaScript. */
import { ownInvitations } from '../../../shared/organizations/invitations.ts';
import { placesOf } from '../../../shared/organizations/membership.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/runtime/http-message.ts';
import { pageAnswer, redirectAnswer } from '../../../shared/runtime/page.ts';
import { formTokenFor } from '../../../shared/sessions/form-token.ts';
import { readSession } from '../../../shared/sessions/session.ts';
import { refusalOfUser } from '../../../shared/sign-in/admission.ts';
import { errorAnswer } from '../../../shared/sign-in/error-answer.ts';
import { notFoundPage } from '../../../shared/sign-in/pages.ts';
import { originOf, refusalOfForeign } from '../../../shared/sign-in/request-checks.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { readUser } from '../../../shared/store/user-store.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { chooseRepositories, connect, showConnect, showConnected } from './connect.ts';
import type { PageContext, PageRoute } from './context.ts';
import { homePage, welcomePage } from './home.ts';
import { answerInvitation } from './invitations.ts';
import { changeToken, makeToken, showTokens } from './own-tokens.ts';

/** The first of them; the console has `/`, and leads whoever has no JavaScript here. */
const homePath = '/plain';

const routes: Readonly<Record<string, PageRoute>> = {
  'GET /plain': home,
  'GET /tokens': showTokens,
  'POST /tokens': makeToken,
  'POST /tokens/*': changeToken,
  'POST /invitations/*': answerInvitation,
  'GET /connect': showConnect,
  'GET /connect/*': showConnect,
  'POST /connect/*': connect,
  'GET /connected/*': showConnected,
  'POST /connected/*': chooseRepositories,
};

/** Answers a request for a page. */
export async function answerPage(dependencies: ApiDependencies, request: HttpRequest): Promise<HttpAnswer> {
  const isPost = request.method === 'POST';
  const [, name = '', key, ...rest] = request.path.split('/');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes[`${method} /${name}${key === undefined ? '' : '/*'}`];
  if (route === undefined || rest.length > 0) {
    return pageAnswer(notFoundPage());
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
  const form = new URLSearchParams(isPost ? request.body.toString('utf8') : '');
  const answer = await (signedIn === undefined
    ? visitorAnswer(dependencies, request)
    : route({ dependencies, request, current: signedIn, key: decoded(key ?? ''), form })
  ).catch((error: unknown) => errorAnswer(dependencies, error));
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

/** For whoever is not signed in. */
async function visitorAnswer({ table }: ApiDependencies, { method, path }: HttpRequest): Promise<HttpAnswer> {
  if (path !== homePath) {
    const returnTo = method === 'POST' ? homePath : path;
    return redirectAnswer(`/sign-in?return=${encodeURIComponent(returnTo)}`);
  }
  const { administrators } = await findInstallationSettings(table);
  return pageAnswer(welcomePage(administrators.length > 0));
}

async function home({ dependencies, current: { user, session } }: PageContext): Promise<HttpAnswer> {
  const { table, clock, registryBaseUrl } = dependencies;
  const [person, places, invitations, formToken, { administrators, organizationMakers }] = await Promise.all([
    readUser(table, user),
    placesOf(table, user, clock.now()),
    ownInvitations(table, user, clock.now()),
    formTokenFor(dependencies, session),
    findInstallationSettings(table),
  ]);
  const name = person?.name ?? person?.login ?? user;
  const isAdministrator = administrators.includes(user);
  return pageAnswer(
    homePage({
      name,
      ...places,
      invitations,
      registryBaseUrl,
      formToken,
      isAdministrator,
      mayConnect: isAdministrator || organizationMakers !== 'administrators',
    }),
  );
}
