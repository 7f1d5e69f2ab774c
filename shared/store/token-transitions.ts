/** Changes of a token that the edge follows: each writes the state and the desired value at the edge in one transaction. */
import { edgeKeys, tokenValue } from '../domain/edge-keys.ts';
import { absent, all, type Condition, equal, present } from './condition.ts';
import { desire } from './edge-store.ts';
import { keys } from './keys.ts';
import { endPersonal, excludeFrom, findPersonalToken } from './personal-token-store.ts';
import { changeSharedEntry } from './shared-token-store.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import {
  findTokenById,
  keyOf,
  personalEntry,
  sharedEntry,
  type Token,
  type TokenMaker,
} from './token-store.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage } from './work.ts';
import { edgeWork, principalWork } from './work-items.ts';

/** The token's value at the edge: it reads its own organization only, whoever it speaks for. */
export const valueIn = (slug: string, { principal, expiry }: Token): string =>
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
  const shared = sharedEntry(token);
  if (shared !== undefined) {
    const change = { reads: true, set: { state: 'active' }, when: equal('state', 'waiting') };
    return changeSharedEntry(table, shared, change, now, [leaseHeld(lease)]);
  }
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
  const shared = sharedEntry(token);
  if (shared !== undefined) {
    // Who rotates it at this very moment becomes its maker, and requests this work again.
    const change = { reads: to === 'active', set: { state: to }, when: equal('state', token.state) };
    return changeSharedEntry(table, shared, change, now, [leaseHeld(lease)]);
  }
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

/** That nothing happened to the token since it was read. */

export const isAsRead = ({ state, hash }: Token): Condition =>
  all(equal('state', state), equal('hash', hash));

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
  const shared = sharedEntry(token);
  if (shared !== undefined) {
    const set = { state: 'revoked', revokedAt: now };
    const work = principalWork(token.organization, token.principal);
    const messages = await changeSharedEntry(table, shared, { reads: false, set, when: present }, now, [
      requestWork(work, now),
      ...others,
    ]);
    return [...messages, work.message];
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
  const shared = sharedEntry(token);
  if (shared !== undefined) {
    const work = principalWork(token.organization, token.principal);
    const change = { reads: false, set: { state: 'expired' }, when: equal('state', token.state) };
    const messages = await changeSharedEntry(table, shared, change, now, [requestWork(work, now)]);
    return [...messages, work.message];
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

/**
 * Sets an earlier end.
 *
 * @param slug the organization's
 * @param expiry seconds since the epoch
 * @param others operations for the same transaction
 * @returns the messages to send
 * @throws ConflictError when the token changed or ended at this very moment
 */
export async function shortenToken(
  table: Table,
  token: Token,
  slug: string,
  expiry: number,
  now: number,
  others: readonly Operation[],
): Promise<readonly WorkMessage[]> {
  const isAtEdge = token.state === 'active';
  const key = edgeKeys.token(token.hash);
  await table.transact([
    {
      update: { key: keyOf(token), set: { expiry, restricted: true } },
      when: all(isAsRead(token), equal('expiry', token.expiry)),
    },
    ...(isAtEdge ? [desire(key, valueIn(slug, { ...token, expiry }), { kind: 'token' }, now)] : []),
    ...others,
  ]);
  return isAtEdge ? [edgeWork(key).message] : [];
}
