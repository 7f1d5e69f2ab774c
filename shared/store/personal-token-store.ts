/**
 * People's own tokens, which read with the person's rights in every organization. The token itself stands under the user. Each organization
 * in which the person has anything to read has an entry of it among its own tokens, so that its owners see it, may take it out of their
 * organization, and have its view published.
 */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import { edgeKeys, tokenValue } from '../domain/edge-keys.ts';
import { asId, type OrganizationId, type TokenId, type UserId, userPrincipal } from '../domain/ids.ts';
import { absent, all, type Condition, equal, present } from './condition.ts';
import { desire } from './edge-store.ts';
import { keys, nameInKey } from './keys.ts';
import { findOrganizationBySlug } from './organization-store.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage } from './work.ts';
import { edgeWork, principalWork } from './work-items.ts';

const PersonalTokenItem = z.object({
  id: z.string().transform((text) => asId<TokenId>(text)),
  user: z.string().transform((text) => asId<UserId>(text)),
  hash: z.string(),
  description: z.string(),
  /** `waiting`: for the first view of the person to be published. */
  state: z.enum(['waiting', 'active', 'revoked', 'expired']),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** Seconds since the epoch; 0: never. */
  expiry: z.number(),
  /** Slugs of the organizations that its person left out, or whose owners took it out, between commas: text, so that a condition can compare it. */
  excluded: z.string().default(''),
});
export type PersonalToken = Readonly<z.infer<typeof PersonalTokenItem>>;

/** An organization's entry of a person's token. */
export interface PersonalEntry {
  readonly id: TokenId;
  readonly user: UserId;
  readonly organization: OrganizationId;
  readonly slug: string;
}

/** An organization to which something happens, with the entry of its history. */
type Recorded<Where> = Where & { readonly record?: Operation };

const recordOf = ({ record }: Recorded<object>): readonly Operation[] =>
  record === undefined ? [] : [record];

const entryKey = ({ organization, user, id }: Pick<PersonalEntry, 'organization' | 'user' | 'id'>) =>
  keys.principalToken(organization, userPrincipal(user), id);

const keyOf = ({ user, id }: Pick<PersonalToken, 'user' | 'id'>) => keys.personalToken(user, id);

/** That nothing happened to the token since it was read. */
const isAsRead = ({ state, hash, excluded }: PersonalToken): Condition =>
  all(
    equal('state', state),
    equal('hash', hash),
    excluded === '' ? { is: 'missing', attribute: 'excluded' } : equal('excluded', excluded),
  );

const excludedSlugs = (excluded: string): readonly string[] => (excluded === '' ? [] : excluded.split(','));

/** Slugs of the organizations that the token does not read, whatever its person may. */
export const exclusionsOf = ({ excluded }: PersonalToken): readonly string[] => excludedSlugs(excluded);

/** Whether its person left the organization out, or owners took the token out of it. */
export const isExcludedFrom = ({ excluded }: PersonalToken, slug: string): boolean =>
  excludedSlugs(excluded).includes(slug);

/** @param now milliseconds since the epoch */
export const isLivePersonal = ({ state, expiry }: PersonalToken, now: number): boolean =>
  (state === 'waiting' || state === 'active') && (expiry === 0 || expiry * 1000 > now);

const edgeValue = ({ user, expiry, excluded }: PersonalToken): string =>
  tokenValue(userPrincipal(user), expiry, { not: excludedSlugs(excluded) });

/** The user's own tokens, ended ones too. One read. */
export async function personalTokensOf(table: Table, user: UserId): Promise<readonly PersonalToken[]> {
  const { pk, sk } = keys.personalToken(user, '');
  return (await table.query(pk, sk)).map((item) => PersonalTokenItem.parse(item));
}

/** One read. */
export async function findPersonalToken(
  table: Table,
  user: UserId,
  id: TokenId,
): Promise<PersonalToken | undefined> {
  const item = await table.get(keys.personalToken(user, id));
  return item === undefined ? undefined : PersonalTokenItem.parse(item);
}

/** The users who ever made a token of their own. One read. */
export async function usersWithTokens(table: Table): Promise<readonly UserId[]> {
  const { pk, sk } = keys.hasPersonalTokens('');
  return (await table.query(pk, sk)).map((item) => asId<UserId>(nameInKey(item.sk)));
}

/** Those of the users who ever made a token of their own. One read. */
export async function havingTokens(table: Table, users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
  const items = await table.getMany(users.map((user) => keys.hasPersonalTokens(user)));
  return new Set(users.filter((_, place) => items[place] !== undefined));
}

/** Makes the organization's entry, and has the person's view of it published. */
const addEntry = (token: PersonalToken, { organization, slug }: Place, now: number): readonly Operation[] => {
  const { id, user, description, createdAt, expiry } = token;
  const principal = userPrincipal(user);
  return [
    {
      put: entryKey({ organization, user, id }),
      item: {
        id,
        organization,
        principal,
        kind: 'user',
        hash: '',
        description,
        createdAt,
        expiry,
        state: 'waiting',
        restricted: true,
        personal: { user, slug },
      },
      when: absent,
    },
    requestWork(principalWork(organization, principal), now, { organization, principal }),
  ];
};

interface Place {
  readonly organization: OrganizationId;
  readonly slug: string;
}

/** So many organizations get their entries with the token itself; the work of the others adds theirs. A transaction holds 100 operations. */
const withTokenMax = 30;

/**
 * Stores a new token, and requests the person's views. Without an organization it is published at once.
 *
 * @param places where the person has something to read
 * @returns the messages to send
 */
export async function addPersonalToken(
  table: Table,
  token: Omit<PersonalToken, 'state' | 'excluded'> & Partial<Pick<PersonalToken, 'excluded'>>,
  places: readonly Recorded<Place>[],
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const now = token.createdAt;
  const isWaiting = places.length > 0;
  const stored: PersonalToken = { excluded: '', ...token, state: isWaiting ? 'waiting' : 'active' };
  // Conditions compare it, and say nothing of an empty text.
  const item = { ...stored, excluded: stored.excluded || undefined };
  const key = edgeKeys.token(token.hash);
  const workOf = ({ organization }: Place) => principalWork(organization, userPrincipal(token.user));
  await table.transact([
    { put: keyOf(token), item, when: absent },
    { put: keys.token(token.hash), item: { id: token.id, user: token.user }, when: absent },
    { put: keys.hasPersonalTokens(token.user), item: {} },
    ...(isWaiting ? [] : [desire(key, edgeValue(stored), { kind: 'token' }, now)]),
    ...places
      .slice(0, withTokenMax)
      .flatMap((place) => [...addEntry(stored, place, now), ...recordOf(place)]),
    ...others,
  ]);
  const rest = places.slice(withTokenMax);
  for (const place of rest) {
    const { organization } = place;
    const principal = userPrincipal(token.user);
    await table.transact([
      requestWork(principalWork(organization, principal), now, { organization, principal }),
      ...recordOf(place),
    ]);
  }
  return isWaiting ? places.map((place) => workOf(place).message) : [edgeWork(key).message];
}

/**
 * Adds the entries of tokens that an organization lacks.
 *
 * @param record what its history says of it
 * @param now milliseconds since the epoch
 */
export async function adoptTokens(
  table: Table,
  tokens: readonly PersonalToken[],
  place: Place,
  record: (token: PersonalToken) => Operation,
  now: number,
): Promise<void> {
  for (const token of tokens) {
    try {
      await table.transact([...addEntry(token, place, now).slice(0, 1), record(token)]);
    } catch (error) {
      if (!(error instanceof ConflictError)) {
        throw error;
      }
    }
  }
}

/**
 * Publishes a token once a view of its person is.
 *
 * @param lease of the person's view in the organization, under which this is decided
 * @returns the messages to send; none when it changed at this very moment
 */
export async function activatePersonal(
  table: Table,
  token: PersonalToken,
  entry: PersonalEntry,
  lease: Lease,
  now: number,
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  try {
    await table.transact([
      leaseHeld(lease),
      { update: { key: keyOf(token), set: { state: 'active' } }, when: isAsRead(token) },
      { update: { key: entryKey(entry), set: { state: 'active' } }, when: equal('state', 'waiting') },
      desire(key, edgeValue(token), { kind: 'token' }, now),
    ]);
  } catch (error) {
    if (error instanceof ConflictError && (error.failed.includes(1) || error.failed.includes(2))) {
      return [];
    }
    throw error;
  }
  return [edgeWork(key).message];
}

/**
 * Takes a token out of one organization: there it is refused from now on, elsewhere it reads on.
 *
 * @returns the messages to send
 * @throws CallerError when it was taken out of so many organizations that the edge's value cannot name one more
 * @throws ConflictError when it changes all the time
 */
export async function excludeFrom(
  table: Table,
  entry: PersonalEntry,
  set: Item,
  now: number,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  for (let tries = 1; ; tries++) {
    const token = await findPersonalToken(table, entry.user, entry.id);
    if (token === undefined) {
      return [];
    }
    const key = edgeKeys.token(token.hash);
    const work = principalWork(entry.organization, userPrincipal(entry.user));
    const isEnded = token.state === 'revoked' || token.state === 'expired';
    const { excluded, value } = isEnded
      ? { excluded: token.excluded, value: undefined }
      : await withoutSlug(table, token, entry.slug);
    try {
      await table.transact([
        { update: { key: entryKey(entry), set }, when: present },
        { update: { key: keyOf(token), set: { excluded } }, when: isAsRead(token) },
        ...(token.state === 'active' ? [desire(key, value, { kind: 'token' }, now)] : []),
        requestWork(work, now),
        ...others,
      ]);
      return [edgeWork(key).message, work.message];
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === 3) {
        throw error;
      }
    }
  }
}

interface Excluding {
  readonly excluded: string;
  /** What the edge has of the token then. */
  readonly value: string;
}

/** What the token is without one more organization; where that does not fit, slugs of organizations that are gone make room. */
async function withoutSlug(table: Table, token: PersonalToken, slug: string): Promise<Excluding> {
  const all = [...new Set([...excludedSlugs(token.excluded), slug])].sort();
  const fitting = excluding(token, all);
  if (fitting !== undefined) {
    return fitting;
  }
  const isThere = await Promise.all(
    all.map(async (one) => (await findOrganizationBySlug(table, one)) !== undefined),
  );
  const left = excluding(
    token,
    all.filter((one, place) => one === slug || isThere[place]),
  );
  if (left === undefined) {
    throw new CallerError(
      'conflict',
      'the token was taken out of too many organizations: ask the person to revoke it, or switch the person off',
    );
  }
  return left;
}

function excluding(token: PersonalToken, slugs: readonly string[]): Excluding | undefined {
  const excluded = slugs.join(',');
  try {
    return { excluded, value: edgeValue({ ...token, excluded }) };
  } catch (error) {
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Ends the entry of an organization that is being deleted. The token itself stays as it is: nothing reads under a slug whose organization is
 * gone.
 *
 * @returns the messages to send
 */
export async function endEntry(
  table: Table,
  entry: PersonalEntry,
  now: number,
  others: readonly Operation[] = [],
): Promise<readonly WorkMessage[]> {
  const work = principalWork(entry.organization, userPrincipal(entry.user));
  await table.transact([
    ...others,
    { update: { key: entryKey(entry), set: { state: 'revoked', revokedAt: now } }, when: present },
    requestWork(work, now),
  ]);
  return [work.message];
}

/**
 * Ends a token everywhere: it leaves the edge at once, and its entries follow.
 *
 * @param entries the organizations' entries of it
 * @returns the messages to send
 * @throws ConflictError when it changed at this very moment
 */
export async function endPersonal(
  table: Table,
  token: PersonalToken,
  entries: readonly Recorded<PersonalEntry>[],
  state: 'revoked' | 'expired',
  now: number,
  others: readonly Operation[] = [],
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  await table.transact([
    { update: { key: keyOf(token), set: { state } }, when: isAsRead(token) },
    desire(key, undefined, { kind: 'token' }, now),
    ...others,
  ]);
  const messages = [edgeWork(key).message];
  for (const entry of entries) {
    const work = principalWork(entry.organization, userPrincipal(entry.user));
    await table.transact([
      { update: { key: entryKey(entry), set: { state } }, when: present },
      requestWork(work, now),
      ...recordOf(entry),
    ]);
    messages.push(work.message);
  }
  return messages;
}

/**
 * Gives a token another secret; the old one is refused at once.
 *
 * @returns the messages to send
 * @throws ConflictError when it changed at this very moment
 */
export async function replacePersonalSecret(
  table: Table,
  token: PersonalToken,
  entries: readonly Recorded<PersonalEntry>[],
  next: Pick<PersonalToken, 'hash' | 'expiry'>,
  now: number,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const [old, fresh] = [edgeKeys.token(token.hash), edgeKeys.token(next.hash)];
  const isAtEdge = token.state === 'active';
  await table.transact([
    { update: { key: keyOf(token), set: { ...next } }, when: isAsRead(token) },
    { delete: keys.token(token.hash) },
    { put: keys.token(next.hash), item: { id: token.id, user: token.user }, when: absent },
    desire(old, undefined, { kind: 'token' }, now),
    ...(isAtEdge ? [desire(fresh, edgeValue({ ...token, ...next }), { kind: 'token' }, now)] : []),
    ...others,
  ]);
  for (const entry of entries) {
    // For display: what counts is the token's own.
    await table.transact([
      { update: { key: entryKey(entry), set: { expiry: next.expiry } }, when: present },
      ...recordOf(entry),
    ]);
  }
  return [edgeWork(old).message, ...(isAtEdge ? [edgeWork(fresh).message] : [])];
}
