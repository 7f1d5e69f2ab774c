/**
 * Sessions of people: a short access token and a refresh token that is used once, each in a cookie. docs/decisions/0010-sessions.md has the
 * reasons; the measure is https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
 */
import { type AuditEntryId, newId, type SessionId, type UserId } from '../domain/ids.ts';
import { forgottenCookie, hostCookie } from '../runtime/cookies.ts';
import { inTurn } from '../store/creation-turn.ts';
import { keys } from '../store/keys.ts';
import {
  addSession,
  findSession,
  forgetSession,
  type RequestOrigin,
  removeSession,
  rotateRefreshToken,
  type Session,
  sessionsOfUser,
} from '../store/session-store.ts';
import { addSignIn, type SignInEntry } from '../store/sign-in-log.ts';
import { ConflictError, type Operation } from '../store/table.ts';
import { readAccessToken, type SignedIn, signAccessToken } from './access-token.ts';
import {
  makeRefreshToken,
  parseRefreshToken,
  type RefreshToken,
  refreshHashes,
  refreshTokenText,
  sameSuccessorOf,
  successorOf,
} from './refresh-token.ts';
import type { SessionDependencies } from './session-keys.ts';
import { decideRefresh, endOf, isOver } from './session-rules.ts';
import { sessionTimes } from './session-times.ts';

export const sessionCookies = { access: '__Host-session', refresh: '__Host-refresh' } as const;

/** What a request shows of a session, and what its answer has the browser keep. */
export interface SessionAnswer {
  readonly signedIn: SignedIn | undefined;
  /** Whose session has ended, if the request shows its access token. */
  readonly ended?: SignedIn | undefined;
  /** Headers `Set-Cookie`, one each. */
  readonly setCookies: readonly string[];
}

/** Has the browser forget its session: for the answers of sign-out and of the page that signs in. */
export const forgottenSession: readonly string[] = [
  forgottenCookie(sessionCookies.access),
  forgottenCookie(sessionCookies.refresh),
];

interface NewSession extends RequestOrigin {
  readonly user: UserId;
  /** When the person proved at a code host who he is; milliseconds since the epoch. */
  readonly authenticatedAt: number;
  /** The session that the browser had until now: it ends. */
  readonly replaces?: Pick<SignedIn, 'user' | 'session'> | undefined;
}

/**
 * Begins a session with an id that nobody knew before, also for somebody who signs in again: whoever knew the old one has nothing.
 *
 * @param others operations that belong into the same transaction, such as the entry of the history
 * @throws ConflictError when there is no such user, or not any more
 */
export async function startSession(
  dependencies: SessionDependencies,
  { user, authenticatedAt, address, userAgent, replaces }: NewSession,
  others: (session: SessionId) => readonly Operation[] = () => [],
): Promise<SessionAnswer & { readonly signedIn: SignedIn }> {
  const { table, clock, randomBytes } = dependencies;
  const now = clock.now();
  const signedIn = {
    user,
    session: newId<SessionId>(randomBytes),
    authenticatedAt: wholeSeconds(authenticatedAt),
  };
  const token = makeRefreshToken(dependencies, user, signedIn.session);
  const session: Session = {
    id: signedIn.session,
    user,
    ...refreshHashes(token),
    rotatedAt: now,
    startedAt: now,
    lastUsedAt: now,
    authenticatedAt: signedIn.authenticatedAt,
    endsAt: endOf(now, now),
    address,
    userAgent,
  };
  await inTurn(table, [keys.creationsFor(user, 'sessions')], async (turn) =>
    table.transact([
      ...addSession(session),
      ...(replaces === undefined ? [] : [forgetSession(replaces.user, replaces.session)]),
      ...(await endExcess(dependencies, user, replaces?.session)),
      ...others(session.id),
      ...turn,
    ]),
  );
  return { signedIn, setCookies: await cookiesOf(dependencies, signedIn, session, token) };
}

/** So many sessions of a person go on at once; a further one ends the one that was not used for longest. */
export const sessionsMax = 100;

/** What ends the sessions that would be too many beside a new one, with an entry of the sign-in log. */
async function endExcess(
  { table, clock, randomBytes }: SessionDependencies,
  user: UserId,
  replaced: SessionId | undefined,
): Promise<readonly Operation[]> {
  const now = clock.now();
  const goingOn = (await sessionsOfUser(table, user)).filter(
    (session) => !isOver(session, now) && session.id !== replaced,
  );
  const excess = goingOn
    .sort((one, other) => one.lastUsedAt - other.lastUsedAt)
    .slice(0, Math.max(0, goingOn.length - (sessionsMax - 1)))
    // A transaction is limited; those of earlier versions may be many, and end with later sign-ins.
    .slice(0, sessionsEndedMax);
  const [first] = excess;
  if (first === undefined) {
    return [];
  }
  const why = `a person has at most ${sessionsMax} sessions; ended: ${excess.length}`;
  const entry: SignInEntry = { at: now, act: 'ended-by-limit', user, session: first.id, why };
  return [
    ...excess.map(({ id }) => forgetSession(user, id)),
    addSignIn(entry, newId<AuditEntryId>(randomBytes)),
  ];
}

const sessionsEndedMax = 50;

export interface ReadSessionOptions {
  /** The session itself is looked at: one that was ended counts no more. Otherwise its access token is enough while it lives. */
  readonly isChange: boolean;
  /** Shown in the list of sessions as where it was used last. */
  readonly origin?: RequestOrigin | undefined;
  /** Why the user is not let in any more, by what is stored; asked at each refresh. The session ends then. */
  findRefusal(user: UserId): Promise<string | undefined>;
}

/**
 * Who sends the request. Where only the refresh token is good any more, both are replaced.
 *
 * Where there is no session any more, the cookies are left alone: another tab may have got new ones while this answer was on its way.
 *
 * No read while the access token lives; one read (of two items) for a change; a read and a write to refresh, besides
 * what `findRefusal` reads.
 *
 * @param cookies of the request
 */
export async function readSession(
  dependencies: SessionDependencies,
  cookies: ReadonlyMap<string, string>,
  options: ReadSessionOptions,
): Promise<SessionAnswer> {
  const access = cookies.get(sessionCookies.access);
  const claimed = access === undefined ? undefined : await readAccessToken(dependencies, access);
  if (claimed !== undefined) {
    const signedIn = options.isChange ? await look(dependencies, claimed) : claimed;
    return { signedIn, ...(signedIn === undefined ? { ended: claimed } : {}), setCookies: [] };
  }
  const refresh = cookies.get(sessionCookies.refresh);
  if (refresh === undefined) {
    return { signedIn: undefined, setCookies: [] };
  }
  const token = parseRefreshToken(refresh);
  const answer = token && (await refreshSession(dependencies, token, options));
  return answer ?? { signedIn: undefined, setCookies: [] };
}

/** The session as it is stored, if it goes on. */
async function look(
  { table, clock }: SessionDependencies,
  { user, session }: SignedIn,
): Promise<SignedIn | undefined> {
  const found = await findSession(table, user, session);
  return found === undefined || isOver(found, clock.now()) ? undefined : signedInBy(found);
}

async function refreshSession(
  dependencies: SessionDependencies,
  token: RefreshToken,
  { origin, findRefusal }: ReadSessionOptions,
): Promise<SessionAnswer | undefined> {
  const { table, clock } = dependencies;
  // Again when another tab was first: then this token was replaced a moment ago.
  for (let tries = 1; tries <= 2; tries++) {
    const session = await findSession(table, token.user, token.session);
    const now = clock.now();
    if (session === undefined || isOver(session, now)) {
      return undefined;
    }
    const decision = decideRefresh(session, refreshHashes(token), now);
    if (decision === 'unknown') {
      return undefined;
    }
    if (decision === 'reused') {
      // The person and the thief both lose the session: which of them showed the token cannot be told.
      await endByUs(dependencies, session, { act: 'refresh-token-reused', ...origin });
      return undefined;
    }
    const why = await findRefusal(session.user);
    if (why !== undefined) {
      await endByUs(dependencies, session, { act: 'refused', why, ...origin });
      return undefined;
    }
    if (decision === 'just-replaced') {
      const next = await sameSuccessorOf(dependencies, token, session.rotationKey);
      return answerFor(dependencies, session, next);
    }
    try {
      return await rotate(dependencies, session, token, origin);
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
    }
  }
  return undefined;
}

async function rotate(
  dependencies: SessionDependencies,
  session: Session,
  token: RefreshToken,
  origin: RequestOrigin | undefined,
): Promise<SessionAnswer> {
  const { table, clock } = dependencies;
  const now = clock.now();
  const next = await successorOf(dependencies, token);
  const rotation = {
    refreshHash: refreshHashes(next.token).refreshHash,
    previousHash: session.refreshHash,
    rotatedAt: now,
    rotationKey: next.key,
    lastUsedAt: now,
    endsAt: endOf(session.startedAt, now),
  };
  await rotateRefreshToken(table, session, rotation, origin);
  return answerFor(dependencies, { ...session, ...rotation }, next.token);
}

/** Ends the session without its user's doing, with an entry in the history. */
async function endByUs(
  { table, clock, randomBytes }: SessionDependencies,
  { user, id: session }: Session,
  about: Pick<SignInEntry, 'act' | 'why' | 'address' | 'userAgent'>,
): Promise<void> {
  const entry = { ...about, at: clock.now(), user, session };
  try {
    await table.transact([removeSession(user, session), addSignIn(entry, newId<AuditEntryId>(randomBytes))]);
  } catch (error) {
    // Another request ended it at the same moment.
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

async function answerFor(
  dependencies: SessionDependencies,
  session: Session,
  token: RefreshToken | undefined,
): Promise<SessionAnswer> {
  const signedIn = signedInBy(session);
  return { signedIn, setCookies: await cookiesOf(dependencies, signedIn, session, token) };
}

const signedInBy = ({ user, id, authenticatedAt }: Session): SignedIn => ({
  user,
  session: id,
  authenticatedAt,
});

/** The access token has whole seconds, and what it says is not to differ from what is stored. */
const wholeSeconds = (time: number): number => Math.floor(time / 1000) * 1000;

async function cookiesOf(
  dependencies: SessionDependencies,
  signedIn: SignedIn,
  { endsAt }: Session,
  token: RefreshToken | undefined,
): Promise<readonly string[]> {
  const access = hostCookie(
    sessionCookies.access,
    await signAccessToken(dependencies, signedIn),
    sessionTimes.access,
  );
  return token === undefined
    ? [access]
    : [
        access,
        hostCookie(sessionCookies.refresh, refreshTokenText(token), endsAt - dependencies.clock.now()),
      ];
}
