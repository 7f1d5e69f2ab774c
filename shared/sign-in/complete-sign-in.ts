/** The way back from a code host: who it says that somebody is, and what becomes of it. */
import { CallerError } from '../domain/caller-error.ts';
import type { UserId } from '../domain/ids.ts';
import { tokenHash } from '../domain/token.ts';
import type { Integration } from '../forge/integration.ts';
import type { PersonGrant, SignIn } from '../forge/sign-in.ts';
import { deadlineIn } from '../runtime/deadline.ts';
import { type SessionAnswer, startSession } from '../sessions/session.ts';
import { changeInstallationSettings, findInstallationSettings } from '../store/installation-settings.ts';
import { keepPersonGrant } from '../store/person-grant-store.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import { takeSignIn } from '../store/taken-sign-in-store.ts';
import { findUser, type User } from '../store/user-store.ts';
import { findRefusal, type RefusalReason } from './admission.ts';
import type { SignInDependencies } from './dependencies.ts';
import { callbackOf, hostOf } from './offered.ts';
import { requestOwnRights } from './own-rights.ts';
import { isForChoosing, type PendingSignIn } from './pending-sign-in.ts';
import { accountOf, entry, linkAccount, type ProvenAccount, signInUser } from './user-accounts.ts';
import { prepareViews } from './views-of-user.ts';

export type Outcome =
  | { readonly kind: 'signed-in'; readonly setCookies: SessionAnswer['setCookies'] }
  /** As `signed-in`, and nothing of the session changed. */
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: RefusalReason | RefusalHere }
  | { readonly kind: 'taken'; readonly by: User; readonly account: ProvenAccount };

type RefusalHere =
  /** Another answer to the same question was taken already. */
  | 'replayed'
  /** Whoever is signed in is not who began this. */
  | 'another-session'
  /** The account is not one of the user who is signed in. */
  | 'another-user'
  /** There is an administrator by now. */
  | 'set-up-already';

export interface Callback {
  readonly integration: Integration;
  readonly signIn: SignIn;
  readonly pending: PendingSignIn;
  readonly parameters: URLSearchParams;
  readonly origin: RequestOrigin;
  /** Who is signed in in this browser. */
  readonly current: SessionAnswer['signedIn'];
}

/**
 * Ends what a browser began with a code host's word on who somebody is.
 *
 * @throws SignInError, ForgeError as the port says: nothing has changed then, and nobody is signed out
 */
export async function completeSignIn(dependencies: SignInDependencies, callback: Callback): Promise<Outcome> {
  const { table, clock } = dependencies;
  const { integration, signIn, pending, parameters } = callback;
  const needsSession = pending.session !== undefined;
  if (needsSession && callback.current?.session !== pending.session) {
    return { kind: 'refused', why: 'another-session' };
  }
  if (!(await takeSignIn(table, tokenHash(pending.state), clock.now()))) {
    return { kind: 'refused', why: 'replayed' };
  }
  const services = dependencies.servicesOf(integration);
  const host = hostOf(integration);
  const grant = await signIn.exchange(
    integration,
    {
      callback: parameters,
      state: pending.state,
      redirectUri: callbackOf(dependencies, integration),
      codeVerifier: pending.codeVerifier,
    },
    services,
  );
  const { account, ...identity } = await signIn.identity(integration, grant, services);
  const proven = { account: { ...host, account }, identity };
  const outcome = await (pending.purpose === 'link' ? link : admit)(dependencies, callback, proven, grant);
  if (outcome.kind === 'signed-in' || outcome.kind === 'done') {
    await lookAtOwnRights(dependencies, callback, proven, grant);
  }
  return outcome;
}

/** The longest that somebody waits for it, who is signed in already; milliseconds. */
const lookMs = 2000;

/** The sign-in does not depend on it: neither an error nor a slow code host keeps anybody out. */
async function lookAtOwnRights(
  dependencies: SignInDependencies,
  { integration, signIn }: Callback,
  { account }: ProvenAccount,
  grant: PersonGrant,
): Promise<void> {
  if (signIn.readable === undefined) {
    return;
  }
  const deadline = deadlineIn(lookMs, 'the code host takes too long to say what somebody reads');
  try {
    const services = dependencies.servicesOf(integration);
    await deadline.orOver(
      requestOwnRights(dependencies, account, deadline, async (organization) =>
        signIn.readable?.(integration, grant, organization, services),
      ),
    );
  } catch (error) {
    dependencies.logger.warn('what somebody reads was not looked at at the sign-in', {
      account: account.account,
      error,
    });
  } finally {
    deadline.clear();
  }
}

async function link(
  dependencies: SignInDependencies,
  { pending, current, origin }: Callback,
  account: ProvenAccount,
  grant: PersonGrant,
): Promise<Outcome> {
  if (current === undefined) {
    return { kind: 'refused', why: 'another-session' };
  }
  const outcome = await linkAccount(dependencies, current.user, account, origin);
  if (outcome.kind === 'taken') {
    return { kind: 'taken', by: outcome.by, account };
  }
  await keepForChoosing(dependencies, pending, current.user, account, grant);
  return { kind: 'done' };
}

/** Keeps what the person allowed, if the person goes on to choose an organization. Nothing else needs it. */
async function keepForChoosing(
  dependencies: SignInDependencies,
  pending: PendingSignIn,
  user: UserId,
  { account }: ProvenAccount,
  grant: PersonGrant,
): Promise<void> {
  if (isForChoosing(pending)) {
    await keepPersonGrant(dependencies, user, account, { ...grant, account: account.account });
  }
}

async function admit(
  dependencies: SignInDependencies,
  callback: Callback,
  proven: ProvenAccount,
  grant: PersonGrant,
): Promise<Outcome> {
  const { table, clock } = dependencies;
  const { pending, current, origin } = callback;
  const known = await findUser(table, proven.account);
  const refusal = await refusalFor(dependencies, callback, proven, known);
  if (refusal !== undefined) {
    const about = { user: known, account: accountOf(proven), why: refusal, ...origin };
    await table.transact([entry(dependencies, 'refused', about)]);
    return { kind: 'refused', why: refusal };
  }
  if (pending.purpose === 'choose-organization' && current !== undefined) {
    await keepForChoosing(dependencies, pending, current.user, proven, grant);
    return { kind: 'done' };
  }
  const user =
    pending.purpose === 'set-up'
      ? await firstAdministrator(dependencies, proven, origin)
      : await signInUser(dependencies, proven);
  await keepForChoosing(dependencies, pending, user, proven, grant);
  const act = pending.purpose === 'authenticate-again' ? 'authenticated-again' : 'signed-in';
  const { setCookies } = await startSession(
    dependencies,
    { user, authenticatedAt: clock.now(), ...origin, replaces: current },
    (session) => [entry(dependencies, act, { user, session, account: accountOf(proven), ...origin })],
  );
  try {
    await prepareViews(dependencies, user);
  } catch (error) {
    // The first list decides the view itself then.
    dependencies.logger.warn('what somebody may read could not be decided beforehand', { user, error });
  }
  return { kind: 'signed-in', setCookies };
}

async function refusalFor(
  { table, clock }: SignInDependencies,
  { pending, current }: Callback,
  { account }: ProvenAccount,
  known: Awaited<ReturnType<typeof findUser>>,
): Promise<RefusalReason | RefusalHere | undefined> {
  if (pending.purpose === 'set-up') {
    const { administrators } = await findInstallationSettings(table);
    return administrators.length === 0 ? undefined : 'set-up-already';
  }
  if (pending.session !== undefined && known !== current?.user) {
    return 'another-user';
  }
  return findRefusal(table, [account], known, clock.now());
}

/** Whoever has the set-up code is the first administrator; of two at once, one is. */
async function firstAdministrator(
  dependencies: SignInDependencies,
  proven: ProvenAccount,
  origin: RequestOrigin,
) {
  const settings = await findInstallationSettings(dependencies.table);
  if (settings.administrators.length > 0) {
    throw new CallerError('conflict', 'somebody else set this registry up at the same moment');
  }
  return signInUser(dependencies, proven, (user) => [
    changeInstallationSettings(settings, { administrators: [user] }),
    entry(dependencies, 'set-up', { user, account: accountOf(proven), ...origin }),
  ]);
}
