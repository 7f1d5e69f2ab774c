/** Tokens and the principals that they speak for. The secret itself is never stored. */
import { z } from 'zod';
import { edgeKeys, tokenValue } from '../domain/edge-keys.ts';
import {
  asId,
  asPrincipal,
  type OrganizationId,
  type Principal,
  type TokenId,
  type UserId,
  userPrincipal,
} from '../domain/ids.ts';
import { type TokenKind, tokenHash } from '../domain/token.ts';
import { absent, all, type Condition, equal, missingOrLess, present } from './condition.ts';
import { desire } from './edge-store.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import {
  endPersonal,
  excludeFrom,
  findPersonalToken,
  isLivePersonal,
  type PersonalEntry,
  type PersonalToken,
} from './personal-token-store.ts';
import { listSynchronizations } from './synchronization-store.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage } from './work.ts';
import { edgeWork, principalWork } from './work-items.ts';

/**
 * `waiting`: stored here, and published to the edge once its principal's root file exists. `suspended`: its maker does not own the
 * organization now, so the edge does not have it. `expired`: removed from the edge some time after its expiry, which is enforced
 * without that.
 */
export type TokenState = 'waiting' | 'active' | 'suspended' | 'revoked' | 'expired';

/** Who made a token. */
export interface TokenMaker {
  readonly kind: 'user' | 'key' | 'operator';
  readonly id: string;
  /** The name at that time, for display. */
  readonly name: string;
}

export interface Token {
  readonly id: TokenId;
  readonly organization: OrganizationId;
  readonly principal: Principal;
  readonly kind: TokenKind;
  readonly hash: string;
  readonly description: string;
  readonly state: TokenState;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Seconds since the epoch; 0: never. */
  readonly expiry: number;
  /** Whether its value at the edge names the organization that it reads. Older tokens are rewritten. */
  readonly restricted: boolean;
  /** Missing in tokens of the operator's command. */
  readonly madeBy?: TokenMaker | undefined;
  /** When Composer last reported an installation with it, to about ten minutes; milliseconds since the epoch. */
  readonly lastInstallAt?: number | undefined;
  /** This is the organization's entry of a person's own token, whose hash and expiry stand with the token itself. */
  readonly personal?: { readonly user: UserId; readonly slug: string } | undefined;
}

const TokenItem = z.object({
  id: z.string().transform((text) => asId<TokenId>(text)),
  organization: z.string().transform((text) => asId<OrganizationId>(text)),
  principal: z.string().transform((text) => asPrincipal(text)),
  /** `user`: made by an owner before members' tokens had their own kind; treated like `member`. */
  kind: z.enum(['user', 'member', 'team', 'organization']),
  hash: z.string(),
  description: z.string(),
  state: z.enum(['waiting', 'active', 'suspended', 'revoked', 'expired']),
  createdAt: z.number(),
  expiry: z.number(),
  restricted: z.boolean().default(false),
  madeBy: z
    .object({ kind: z.enum(['user', 'key', 'operator']), id: z.string(), name: z.string() })
    .optional(),
  lastInstallAt: z.number().optional(),
  personal: z
    .object({ user: z.string().transform((text) => asId<UserId>(text)), slug: z.string() })
    .optional(),
});

const parseToken = (item: Item): Token => TokenItem.parse(item);

/** All tokens of the principal in the organization, including revoked ones. */
export async function tokensOf(
  table: Table,
  organization: OrganizationId,
  principal: Principal,
): Promise<readonly Token[]> {
  const { pk, sk } = keys.principalToken(organization, principal, '');
  const items = await table.query(pk, sk);
  return items.map(parseToken);
}

/** Whether the token still speaks for its principal. @param now milliseconds since the epoch */
export function isLive(token: Token, now: number): boolean {
  const isOver = token.state === 'revoked' || token.state === 'expired';
  return !isOver && (token.expiry === 0 || token.expiry * 1000 > now);
}

/**
 * Stores a new token as waiting and requests work on its principal, whose root file comes first.
 *
 * @param others operations for the same transaction, such as creating the user
 * @returns the messages to send
 * @throws ConflictError when one of `others` fails
 */
export async function addToken(
  table: Table,
  token: Omit<Token, 'state' | 'restricted'>,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const principal = principalWork(token.organization, token.principal);
  await table.transact([
    {
      put: keys.principalToken(token.organization, token.principal, token.id),
      item: { ...token, state: 'waiting' },
      when: absent,
    },
    {
      put: keys.token(token.hash),
      item: { id: token.id, organization: token.organization, principal: token.principal },
      when: absent,
    },
    requestWork(principal, token.createdAt, { organization: token.organization, principal: token.principal }),
    ...others,
  ]);
  return [principal.message];
}

/** The token's value at the edge: it reads its own organization only, whoever it speaks for. */
const valueIn = (slug: string, { principal, expiry }: Token): string =>
  tokenValue(principal, expiry, { only: [slug] });

/**
 * Publishes a waiting token to the edge, for its organization only.
 *
 * @param slug the organization's
 * @param lease of the principal, under which this is decided
 */
export async function activateToken(
  table: Table,
  token: Token,
  slug: string,
  lease: Lease,
  now: number,
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  try {
    await table.transact([
      leaseHeld(lease),
      {
        update: {
          key: keys.principalToken(token.organization, token.principal, token.id),
          set: { state: 'active', restricted: true },
        },
        when: equal('state', 'waiting'),
      },
      desire(key, valueIn(slug, token), { kind: 'token' }, now),
    ]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(1)) {
      // It was revoked at this very moment, so there is nothing to publish.
      return [];
    }
    throw error;
  }
  return [edgeWork(key).message];
}

/**
 * Takes a token from the edge whose maker does not own the organization any more, or gives it back to one that does again.
 *
 * @param slug the organization's
 * @param lease of the principal, under which this is decided
 * @returns the messages to send; none when the token ended at this very moment
 */
export async function suspendOrResume(
  table: Table,
  token: Token,
  to: 'suspended' | 'active',
  slug: string,
  lease: Lease,
  now: number,
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  const value = to === 'active' ? valueIn(slug, token) : undefined;
  try {
    await table.transact([
      leaseHeld(lease),
      { update: { key: keyOf(token), set: { state: to, restricted: true } }, when: isAsRead(token) },
      desire(key, value, { kind: 'token' }, now),
    ]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(1)) {
      return [];
    }
    throw error;
  }
  return [edgeWork(key).message];
}

/** What the token is, if it is a person's own. */
export const personalEntry = ({ id, organization, personal }: Token): PersonalEntry | undefined =>
  personal && { id, organization, ...personal };

/** Where the token is stored. */
const keyOf = ({ organization, principal, id }: Pick<Token, 'organization' | 'principal' | 'id'>) =>
  keys.principalToken(organization, principal, id);

/** That nothing happened to the token since it was read. */
const isAsRead = ({ state, hash }: Token): Condition => all(equal('state', state), equal('hash', hash));

/**
 * Gives the token another secret. The old one is refused at once; the new one is taken where the old one was.
 *
 * @param slug the organization's
 * @param next the new secret's hash, the expiry from now on in seconds since the epoch, and the maker if it is another
 * @param others operations for the same transaction
 * @returns the messages to send
 * @throws ConflictError when the token changed or ended at this very moment
 */
export async function replaceSecret(
  table: Table,
  token: Token,
  slug: string,
  next: Pick<Token, 'hash' | 'expiry'> & { readonly madeBy?: TokenMaker },
  now: number,
  others: readonly Operation[] = [],
): Promise<readonly WorkMessage[]> {
  const isAtEdge = token.state === 'active';
  const [old, fresh] = [edgeKeys.token(token.hash), edgeKeys.token(next.hash)];
  const { id, organization, principal } = token;
  const view = principalWork(organization, principal);
  await table.transact([
    { update: { key: keyOf(token), set: { ...next, restricted: true } }, when: isAsRead(token) },
    { delete: keys.token(token.hash) },
    { put: keys.token(next.hash), item: { id, organization, principal }, when: absent },
    desire(old, undefined, { kind: 'token' }, now),
    ...(isAtEdge ? [desire(fresh, valueIn(slug, { ...token, ...next }), { kind: 'token' }, now)] : []),
    // Whether the maker owns the organization is decided anew.
    ...(next.madeBy === undefined ? [] : [requestWork(view, now, { organization, principal })]),
    ...others,
  ]);
  return [
    edgeWork(old).message,
    ...(isAtEdge ? [edgeWork(fresh).message] : []),
    ...(next.madeBy === undefined ? [] : [view.message]),
  ];
}

/** Shown to owners; so often is enough. Milliseconds. */
const usePrecisionMs = 10 * 60_000;

/** Notes that something was installed with the token, with at most one write in ten minutes. @param now milliseconds since the epoch */
export async function noteInstall(table: Table, token: Token, now: number): Promise<void> {
  if (token.lastInstallAt !== undefined && now < token.lastInstallAt + usePrecisionMs) {
    return;
  }
  try {
    await table.update(
      { key: keyOf(token), set: { lastInstallAt: now } },
      // Removed with its organization at this moment: nothing may bring the item back.
      all(present, missingOrLess('lastInstallAt', now)),
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Whether it was published before values named the organization. */
export const isUnrestricted = (token: Token): boolean => token.state === 'active' && !token.restricted;

/**
 * Rewrites the value of an active token, for its organization only.
 *
 * @param slug the organization's
 * @returns the messages to send
 * @throws ConflictError when it ended at this very moment
 */
export async function restrictToken(
  table: Table,
  token: Token,
  slug: string,
  now: number,
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  await table.transact([
    {
      update: {
        key: keys.principalToken(token.organization, token.principal, token.id),
        set: { restricted: true },
      },
      when: equal('state', 'active'),
    },
    desire(key, valueIn(slug, token), { kind: 'token' }, now),
  ]);
  return [edgeWork(key).message];
}

/**
 * Revokes the token, or takes a person's own out of the organization: it leaves the edge at once, without waiting for anything; its principal's objects follow if it was the last
 * one.
 *
 * @param others operations for the same transaction
 * @returns the messages to send; none when it was already revoked, or removed with its organization
 */
export async function revokeToken(
  table: Table,
  token: Token,
  now: number,
  others: readonly Operation[] = [],
): Promise<readonly WorkMessage[]> {
  if (token.state === 'revoked') {
    return [];
  }
  const entry = personalEntry(token);
  if (entry !== undefined) {
    return excludeFrom(table, entry, { state: 'revoked', revokedAt: now }, now, others);
  }
  // Whoever rotates at this very moment must not leave a new secret behind.
  const when = all(present, equal('hash', token.hash));
  try {
    return await endToken(table, token, { state: 'revoked', revokedAt: now }, now, when, others);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      // The caller's list is older: the token was rotated, or removed, when an update would create half a token.
      const current = await findTokenById(table, token);
      return current === undefined ? [] : revokeToken(table, current, now, others);
    }
    throw error;
  }
}

/**
 * Removes an expired token from the edge.
 *
 * @returns the messages to send
 * @throws ConflictError when it was revoked at this very moment
 */
export async function retireToken(table: Table, token: Token, now: number): Promise<readonly WorkMessage[]> {
  const entry = personalEntry(token);
  if (entry !== undefined) {
    const own = await findPersonalToken(table, entry.user, entry.id);
    return own === undefined ? [] : endPersonal(table, own, [entry], 'expired', now);
  }
  return endToken(table, token, { state: 'expired' }, now, equal('state', token.state));
}

async function endToken(
  table: Table,
  token: Token,
  set: Item,
  now: number,
  when: Condition,
  others: readonly Operation[] = [],
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  const principal = principalWork(token.organization, token.principal);
  await table.transact([
    { update: { key: keyOf(token), set }, when },
    desire(key, undefined, { kind: 'token' }, now),
    requestWork(principal, now),
    ...others,
  ]);
  return [edgeWork(key).message, principal.message];
}

/** The token with this secret, if we issued it. Hashes are compared by look-up, so timing reveals nothing. */
export async function findToken(table: Table, secret: string): Promise<Token | undefined> {
  const pointer = TokenPointer.safeParse(await table.get(keys.token(tokenHash(secret))));
  return pointer.success ? findTokenById(table, pointer.data) : undefined;
}

/**
 * The token with this secret in each organization that it reads: one, or all entries of a person's own.
 *
 * @param now milliseconds since the epoch
 */
export async function findTokens(table: Table, secret: string, now: number): Promise<readonly Token[]> {
  const pointer = PersonalPointer.safeParse(await table.get(keys.token(tokenHash(secret))));
  if (!pointer.success) {
    const token = await findToken(table, secret);
    return token === undefined ? [] : [token];
  }
  const own = await findPersonalToken(table, pointer.data.user, pointer.data.id);
  return own === undefined || !isLivePersonal(own, now) ? [] : entriesOf(table, own);
}

const PersonalPointer = TokenItem.pick({ id: true }).extend({
  user: z.string().transform((text) => asId<UserId>(text)),
});

/** The organizations' entries of a person's own token. Two reads, while organizations are few. */
export async function entriesOf(table: Table, { user, id }: PersonalToken): Promise<readonly Token[]> {
  const listed = await listSynchronizations(table);
  const organizations = [...new Set(listed.map(({ organization }) => organization))];
  const items = await table.getMany(
    organizations.map((organization) => keys.principalToken(organization, userPrincipal(user), id)),
  );
  return items.flatMap((item) => (item === undefined ? [] : [parseToken(item)]));
}

const TokenPointer = TokenItem.pick({ id: true, organization: true, principal: true });

async function findTokenById(
  table: Table,
  pointer: Pick<Token, 'organization' | 'principal' | 'id'>,
): Promise<Token | undefined> {
  const item = await table.get(keyOf(pointer));
  return item === undefined ? undefined : parseToken(item);
}

/** The token of the organization with this id; among all of them, since the key names the principal first. */
export async function findTokenIn(
  table: Table,
  organization: OrganizationId,
  id: TokenId,
): Promise<Token | undefined> {
  return (await tokensOfOrganization(table, organization)).find((token) => token.id === id);
}

/** All tokens of the organization. */
export async function tokensOfOrganization(
  table: Table,
  organization: OrganizationId,
): Promise<readonly Token[]> {
  const { pk, sk } = ranges.tokens(organization);
  const items = await table.query(pk, sk);
  return items.map(parseToken);
}

/**
 * Part of the organization's tokens, by principal. One read.
 *
 * @param after `next` of the page before
 */
export async function tokenPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly tokens: readonly Token[]; readonly next: string | undefined }> {
  const { pk, sk } = ranges.tokens(organization);
  const place = after === undefined ? undefined : `${sk}${after}`;
  const items = await table.query(pk, sk, { limit, after: place });
  const last = items.length < limit ? undefined : items.at(-1);
  return { tokens: items.map(parseToken), next: last && nameInKey(last.sk) };
}
