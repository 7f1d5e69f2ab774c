/** What a person proves at a code host, for a console: further accounts, being still the same, organizations, and that two users are one. */
import { timeOf } from '../../../shared/console-api/common.ts';
import {
  BegunSignIn,
  MergeOfUsers,
  NewLink,
  NewSignIn,
  ProvenMerge,
  SignInHosts,
} from '../../../shared/console-api/sign-in.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import { type Asked, beginByApi, begunActs } from '../../../shared/sign-in/begin-by-api.ts';
import { hostLabel } from '../../../shared/sign-in/host-label.ts';
import { mergeUsers, proofMs } from '../../../shared/sign-in/merge-users.ts';
import { offeredIntegrations } from '../../../shared/sign-in/offered.ts';
import { pendingMerge } from '../../../shared/sign-in/pending-sign-in.ts';
import { mergeOf, provenMerge } from '../../../shared/sign-in/proven-merge.ts';
import { presentUser } from '../../../shared/sign-in/user-accounts.ts';
import { findInstallationSettings } from '../../../shared/store/installation-settings.ts';
import { countRequest, secondsToNextWindow } from '../../../shared/store/rate-store.ts';
import type { RequestOrigin } from '../../../shared/store/session-store.ts';
import type { UserCaller } from '../frame/access.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const listSignInHosts = defineRoute(
  {
    name: 'listSignInHosts',
    method: 'get',
    path: '/sign-in-hosts',
    tag: 'Sign-in',
    summary: 'The code hosts that people can sign in with',
    description: 'For whoever is not signed in, too.',
    access: 'public',
    scope: 'none',
    answer: { status: 200, schema: SignInHosts, description: 'Code hosts, in the order of the operator.' },
  },
  async ({ table, forges }) => {
    const { administrators } = await findInstallationSettings(table);
    const isSetUp = administrators.length > 0;
    const { offered } = isSetUp ? await offeredIntegrations(forges) : { offered: [] };
    return {
      body: {
        isSetUp,
        items: offered.map(({ key, integration: { forge, settings } }) => ({
          ...{ key, forge, baseUrl: settings.baseUrl },
          name: hostLabel({ forge, baseUrl: settings.baseUrl }),
          start: `/sign-in/start/${encodeURIComponent(key)}`,
        })),
      },
    };
  },
);

/** It creates nothing: each answer is another beginning, and the last one counts in a browser. */
const begins = {
  method: 'post',
  tag: 'Sign-in',
  access: 'user',
  scope: 'none',
  idempotency: 'natural',
  answer: { status: 200, schema: BegunSignIn, description: 'Where the browser goes on.' },
} as const;

/** Requests of a person in a minute: each is an entry in the log of sign-ins, which everybody's are in. */
const beginningsMax = 10;

async function begin(
  { forges, ...dependencies }: ApiDependencies,
  { caller, origin }: { readonly caller: UserCaller; readonly origin: RequestOrigin },
  asked: Asked,
) {
  const now = dependencies.clock.now();
  if ((await countRequest(dependencies.table, `beginning.${caller.user}`, now)) > beginningsMax) {
    refuse('rate-limited', `You went to a code host more than ${beginningsMax} times in a minute.`, {
      retryAfter: secondsToNextWindow(now),
    });
  }
  const { authorizeUrl, setCookie } = await beginByApi({ ...dependencies, ...forges }, caller, asked, origin);
  return { body: { authorizeUrl }, setCookies: [setCookie] };
}

const beginLink = defineRoute(
  {
    ...begins,
    name: 'beginLink',
    path: '/me/accounts/links',
    summary: 'Begin to link a further account',
    description:
      'It is linked once you have signed in with it at the code host. One that another user has stays there: then the outcome is `taken`.',
    body: NewLink,
    act: begunActs.link,
    isDangerous: true,
  },
  (dependencies, { body: { forOrganizations: keepsGrant, ...body }, ...request }) =>
    begin(dependencies, request, { ...body, purpose: 'link', keepsGrant }),
);

const beginAuthentication = defineRoute(
  {
    ...begins,
    name: 'beginAuthentication',
    path: '/me/authentications',
    summary: 'Begin to prove again who you are',
    description:
      'With an account of yours. Afterwards you have another session, with which dangerous operations can be used for 15 minutes.',
    body: NewSignIn,
    act: begunActs['authenticate-again'],
    isDangerous: false,
  },
  (dependencies, { body, ...request }) =>
    begin(dependencies, request, { ...body, purpose: 'authenticate-again' }),
);

const beginChoice = defineRoute(
  {
    ...begins,
    name: 'beginOrganizationChoice',
    path: '/me/forge-organizations/choices',
    summary: 'Begin to let this installation see which organizations you own on a code host',
    description:
      'With an account of yours there. What you grant is kept for 15 minutes: GET /me/forge-organizations lists the organizations, and one can be connected with it.',
    body: NewSignIn,
    act: begunActs['choose-organization'],
    isDangerous: false,
  },
  (dependencies, { body, ...request }) =>
    begin(dependencies, request, { ...body, purpose: 'choose-organization' }),
);

const merging = { path: '/me/merge', tag: 'Sign-in', access: 'user', scope: 'none' } as const;
const nothingProven = () => new CallerError('not-found', 'you have not proved to be another user');

const readMerge = defineRoute(
  {
    ...merging,
    name: 'readMerge',
    method: 'get',
    summary: 'The other user whose account you have just signed in with',
    problems: [404],
    answer: { status: 200, schema: ProvenMerge, description: 'Who would become you.' },
  },
  async (dependencies, { caller, cookies }) => {
    const proof = await provenMerge(dependencies, cookies, caller);
    if (proof === undefined) {
      throw nothingProven();
    }
    const { id, login, name } = await presentUser(dependencies, proof.merged);
    const until = timeOf(Math.min(proof.provenMerged, caller.authenticatedAt) + proofMs);
    return { body: { user: id, login, name, until } };
  },
);

const confirmMerge = defineRoute(
  {
    ...merging,
    name: 'mergeUsers',
    method: 'post',
    summary: 'Confirm that the other user and you are one person',
    description:
      'You get all accounts of the other one, with every right that comes from them. The tokens and sessions of the other end at once. Cannot be undone. Both sides have to be proved within 15 minutes: yours by your session, the other’s by the link that was answered with `taken`.',
    body: MergeOfUsers,
    act: 'users-merged',
    isDangerous: true,
    idempotency: 'natural',
    problems: [404],
    repeated: 404,
    answer: { status: 204, description: 'You are one.' },
  },
  async (dependencies, { caller, body, cookies, origin }) => {
    const proof = await provenMerge(dependencies, cookies, caller);
    if (proof === undefined || proof.merged !== body.user) {
      throw nothingProven();
    }
    await mergeUsers(dependencies, mergeOf(caller, proof), origin);
    return { setCookies: [pendingMerge.forgotten] };
  },
);

export const signInRoutes: readonly Route[] = [
  listSignInHosts,
  beginLink,
  beginAuthentication,
  beginChoice,
  readMerge,
  confirmMerge,
];
