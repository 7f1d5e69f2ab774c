/** A person's own tokens: made, rotated and revoked by that person alone. They read with the person's rights in every organization. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import {
  type AuditEntryId,
  newId,
  type OrganizationId,
  type SessionId,
  type TokenId,
  type UserId,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { makeToken, tokenHash } from '../domain/token.ts';
import { ensureKey } from '../publish/open-at-edge.ts';
import { inTurn } from '../store/creation-turn.ts';
import { keys } from '../store/keys.ts';
import {
  addPersonalToken,
  endPersonal,
  findPersonalToken,
  isExcludedFrom,
  isLivePersonal,
  type PersonalToken,
  personalTokensOf,
  replacePersonalSecret,
} from '../store/personal-token-store.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import { addSignIn, type SignInEntry } from '../store/sign-in-log.ts';
import type { Operation, Table } from '../store/table.ts';
import { entriesOf, personalEntry, type Token } from '../store/token-store.ts';
import { readUser } from '../store/user-store.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { ownExpiryOf } from '../tokens/token-expiry.ts';
import { organizationsOf } from './membership.ts';
import { ownerAct } from './owner-act.ts';

/** Who asks: the person, in one session, from somewhere. */
export interface Asker {
  readonly user: UserId;
  readonly session: SessionId;
  readonly origin: RequestOrigin;
}

/** A person needs a few; each costs the edge a value. */
const tokensMax = 50;

/** A person's token, and the entries of it in organizations. */
export interface OwnToken {
  readonly token: PersonalToken;
  readonly entries: readonly Token[];
}

/** The person's tokens that have not ended, the newest first. */
export async function ownTokens(table: Table, user: UserId, now: number): Promise<readonly OwnToken[]> {
  const tokens = (await personalTokensOf(table, user)).filter((token) => isLivePersonal(token, now));
  const found = await Promise.all(
    tokens.map(async (token) => ({ token, entries: await entriesOf(table, token) })),
  );
  return found.sort((one, other) => other.token.createdAt - one.token.createdAt);
}

export interface NewOwnToken {
  readonly description: string;
  /** Milliseconds since the epoch, `never`, or undefined for the usual. */
  readonly expiresAt: number | 'never' | undefined;
  /** Slugs of organizations that it does not read, though the person may. */
  readonly without?: readonly string[] | undefined;
}

const tokenChanged = 'the token changed at the same time; try again';

/**
 * Makes a token, whose secret is returned this once.
 *
 * @throws CallerError when there are too many, an organization that it would read does not allow the expiry, or the person belongs to none that
 *  is left out
 */
export async function makeOwnToken(
  dependencies: IssueTokenDependencies,
  { user, ...from }: Asker,
  { description, expiresAt: asked, without = [] }: NewOwnToken,
): Promise<OwnToken & { readonly secret: string }> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const all = await organizationsRead(table, user, now);
  const excluded = [...new Set(without)].sort();
  const unknown = excluded.filter((slug) => !all.some((one) => one.slug === slug));
  if (unknown.length > 0) {
    throw new CallerError('invalid', `you belong to no organization ${unknown.join(', ')}`);
  }
  const organizations = all.filter(({ slug }) => !excluded.includes(slug));
  const leavingOut = 'leave them out of the token with `without`';
  const until = await ownExpiryOf(table, asked, organizations, leavingOut, now);
  for (const organization of organizations) {
    await ensureKey(dependencies, organization);
  }
  const secret = makeToken('user', randomBytes);
  const id = newId<TokenId>(randomBytes);
  const token = {
    id,
    user,
    hash: tokenHash(secret),
    description,
    createdAt: now,
    expiry: until === undefined ? 0 : Math.floor(until / 1000),
    excluded: excluded.join(','),
  };
  const asker = { user, ...from };
  const recordIn = await recorder(dependencies, asker, 'own-token-created', token);
  const places = organizations.map((one) => ({
    organization: one.id,
    slug: one.slug,
    record: recordIn(one.id),
  }));
  const act = entryOf(dependencies, 'own-token-created', asker, description);
  const messages = await inTurn(table, [keys.creationsFor(user, 'tokens')], async (turn) => {
    const live = (await personalTokensOf(table, user)).filter((one) => isLivePersonal(one, now));
    if (live.length >= tokensMax) {
      throw new CallerError('conflict', `a person has at most ${tokensMax} tokens; revoke one first`);
    }
    return addPersonalToken(table, token, places, [act, ...turn]);
  });
  await workQueue.send(messages);
  return { ...(await ownToken(table, user, id)), secret };
}

/**
 * Gives a token another secret, which is returned this once. The old one is refused at once.
 *
 * @throws CallerError when the person has no such token, or it has ended
 */
export async function rotateOwnToken(
  dependencies: IssueTokenDependencies,
  asker: Asker,
  id: TokenId,
  asked: number | 'never' | undefined,
): Promise<OwnToken & { readonly secret: string }> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const { token, entries } = await ownToken(table, asker.user, id);
  if (!isLivePersonal(token, now)) {
    throw new CallerError('conflict', 'the token has ended; make another');
  }
  const organizations = (await organizationsRead(table, asker.user, now)).filter(
    ({ slug }) => !isExcludedFrom(token, slug),
  );
  const leavingOut = 'make another token without them';
  const until = await ownExpiryOf(table, asked, organizations, leavingOut, now);
  const secret = makeToken('user', randomBytes);
  const next = { hash: tokenHash(secret), expiry: until === undefined ? 0 : Math.floor(until / 1000) };
  const act = entryOf(dependencies, 'own-token-rotated', asker, token.description);
  const recordIn = await recorder(dependencies, asker, 'own-token-rotated', { ...token, ...next });
  const messages = await unlessChanged(tokenChanged, () =>
    replacePersonalSecret(table, token, recorded(entries, recordIn), next, now, [act]),
  );
  await workQueue.send(messages);
  return { token: { ...token, ...next }, entries, secret };
}

/**
 * Refuses a token everywhere from now on; doing it twice is doing it once.
 *
 * @throws CallerError when the person has no such token
 */
export async function revokeOwnToken(
  dependencies: IssueTokenDependencies,
  asker: Asker,
  id: TokenId,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const { token, entries } = await ownToken(table, asker.user, id);
  if (token.state === 'revoked') {
    return;
  }
  const act = entryOf(dependencies, 'own-token-revoked', asker, token.description);
  const recordIn = await recorder(dependencies, asker, 'own-token-revoked', token);
  const messages = await unlessChanged(tokenChanged, () =>
    endPersonal(table, token, recorded(entries, recordIn), 'revoked', clock.now(), [act]),
  );
  await workQueue.send(messages);
}

async function ownToken(table: Table, user: UserId, id: TokenId): Promise<OwnToken> {
  const token = await findPersonalToken(table, user, id);
  if (token === undefined) {
    throw new CallerError('not-found', 'you have no such token');
  }
  return { token, entries: await entriesOf(table, token) };
}

type Recorder = (organization: OrganizationId) => Operation;

/** What the history of an organization that the token reads says of the act. One read. */
async function recorder(
  dependencies: IssueTokenDependencies,
  { user, session, origin: { address } }: Asker,
  act: SignInEntry['act'],
  { id, description, expiry }: Pick<PersonalToken, 'id' | 'description' | 'expiry'>,
): Promise<Recorder> {
  const found = await readUser(dependencies.table, user);
  const name = found?.name ?? found?.login ?? user;
  const actor = { kind: 'user', id: user, name } as const;
  const accountable = { by: name, why: '', actor, from: { address, session } };
  const token = { description, expiresAt: expiry === 0 ? null : new Date(expiry * 1000).toISOString() };
  const changed = act === 'own-token-revoked' ? { before: token } : { after: token };
  return (organization) => ownerAct(dependencies, organization, accountable, act, id, changed);
}

/** Organizations whose owners took the token out have heard the last of it. */
const recorded = (entries: readonly Token[], recordIn: Recorder) =>
  entries.flatMap((token) => {
    const entry = personalEntry(token);
    const isOut = token.state === 'revoked';
    return entry === undefined
      ? []
      : [{ ...entry, ...(isOut ? {} : { record: recordIn(entry.organization) }) }];
  });

/** The organizations in which the person may have something to read. */
const organizationsRead = async (table: Table, user: UserId, now: number): Promise<readonly Organization[]> =>
  (await organizationsOf(table, user, now)).map(({ organization }) => organization);

const entryOf = (
  { clock, randomBytes }: IssueTokenDependencies,
  act: SignInEntry['act'],
  { user, session, origin }: Asker,
  why: string,
): Operation =>
  addSignIn({ at: clock.now(), act, user, session, why, ...origin }, newId<AuditEntryId>(randomBytes));
