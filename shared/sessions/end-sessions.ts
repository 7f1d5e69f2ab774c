/** Sessions of one person: which there are, and their ends. A session that has ended changes nothing from then on, and reads nothing after five minutes. */
import { type AuditEntryId, newId, type SessionId, type UserId } from '../domain/ids.ts';
import { type RequestOrigin, removeSession, type Session, sessionsOfUser } from '../store/session-store.ts';
import { addSignIn, type SignInEntry } from '../store/sign-in-log.ts';
import { ConflictError } from '../store/table.ts';
import type { SignedIn } from './access-token.ts';
import type { SessionDependencies } from './session-keys.ts';
import { isOver } from './session-rules.ts';

/** What a person sees of a session. */
export type SessionView = Pick<
  Session,
  'id' | 'startedAt' | 'lastUsedAt' | 'authenticatedAt' | 'endsAt' | 'address' | 'userAgent'
>;

/** The sessions of the user that go on, the one that was used last first. Times in milliseconds since the epoch. */
export async function sessionsOf(
  { table, clock }: Pick<SessionDependencies, 'table' | 'clock'>,
  user: UserId,
): Promise<readonly SessionView[]> {
  const now = clock.now();
  return (await sessionsOfUser(table, user))
    .filter((session) => !isOver(session, now))
    .map(({ id, startedAt, lastUsedAt, authenticatedAt, endsAt, address, userAgent }) => ({
      id,
      startedAt,
      lastUsedAt,
      authenticatedAt,
      endsAt,
      address,
      userAgent,
    }))
    .sort((one, other) => other.lastUsedAt - one.lastUsedAt);
}

type Dependencies = Pick<SessionDependencies, 'table' | 'clock' | 'randomBytes'>;

/** @returns whether there was such a session of the user */
export async function endSession(
  dependencies: Dependencies,
  user: UserId,
  session: SessionId,
  origin?: RequestOrigin,
): Promise<boolean> {
  return end(dependencies, user, [session], { act: 'signed-out', session, ...origin });
}

/** Ends all sessions of the person but this one. @returns how many */
export async function endOtherSessions(
  dependencies: Dependencies,
  { user, session: kept }: Pick<SignedIn, 'user' | 'session'>,
  origin?: RequestOrigin,
): Promise<number> {
  return endMany(dependencies, user, (session) => session !== kept, {
    act: 'signed-out-others',
    session: kept,
    ...origin,
  });
}

/** Ends all sessions of the person. @returns how many */
export async function endAllSessions(
  dependencies: Dependencies,
  user: UserId,
  origin?: RequestOrigin,
): Promise<number> {
  return endMany(dependencies, user, () => true, { act: 'signed-out-everywhere', ...origin });
}

/** Ends all sessions of a person because an administrator says so. @param why for the log, with who it was @returns how many */
export async function endSessionsFor(
  dependencies: Dependencies,
  user: UserId,
  why: string,
  origin: RequestOrigin,
): Promise<number> {
  return endMany(dependencies, user, () => true, { act: 'signed-out-by-administrator', why, ...origin });
}

type Entry = Omit<SignInEntry, 'at' | 'user'>;

/** What one transaction holds beside its entry of the history, with room to spare. */
const portion = 90;

async function endMany(
  dependencies: Dependencies,
  user: UserId,
  isMeant: (session: SessionId) => boolean,
  entry: Entry,
): Promise<number> {
  const meant = (await sessionsOfUser(dependencies.table, user)).map(({ id }) => id).filter(isMeant);
  let count = 0;
  for (let place = 0; place < meant.length; place += portion) {
    const some = meant.slice(place, place + portion);
    if (await end(dependencies, user, some, entry)) {
      count += some.length;
      continue;
    }
    // One of them ended meanwhile.
    for (const session of some) {
      count += (await end(dependencies, user, [session], entry)) ? 1 : 0;
    }
  }
  return count;
}

/** @returns false when one of the sessions is not there: then none was ended */
async function end(
  { table, clock, randomBytes }: Dependencies,
  user: UserId,
  sessions: readonly SessionId[],
  entry: Entry,
): Promise<boolean> {
  try {
    await table.transact([
      ...sessions.map((session) => removeSession(user, session)),
      addSignIn({ ...entry, user, at: clock.now() }, newId<AuditEntryId>(randomBytes)),
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) {
      return false;
    }
    throw error;
  }
}
