/** Tokens and the principals that they speak for. The secret itself is never stored. */
import { z } from 'zod';
import { edgeKeys, tokenValue } from '../domain/edge-keys.ts';
import { asId, asPrincipal, type OrganizationId, type Principal, type TokenId } from '../domain/ids.ts';
import { type TokenKind, tokenHash } from '../domain/token.ts';
import { absent, type Condition, equal, present } from './condition.ts';
import { desire } from './edge-store.ts';
import { keys, ranges } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage } from './work.ts';
import { edgeWork, principalWork } from './work-items.ts';

/**
 * `waiting`: stored here, and published to the edge once its principal's root file exists. `expired`: removed from the edge some
 * time after its expiry, which is enforced without that.
 */
export type TokenState = 'waiting' | 'active' | 'revoked' | 'expired';

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
}

const TokenItem = z.object({
  id: z.string().transform((text) => asId<TokenId>(text)),
  organization: z.string().transform((text) => asId<OrganizationId>(text)),
  principal: z.string().transform((text) => asPrincipal(text)),
  /** `user`: made by an owner before members' tokens had their own kind; treated like `member`. */
  kind: z.enum(['user', 'member', 'team', 'organization']),
  hash: z.string(),
  description: z.string(),
  state: z.enum(['waiting', 'active', 'revoked', 'expired']),
  createdAt: z.number(),
  expiry: z.number(),
  restricted: z.boolean().default(false),
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
 * Revokes the token: it leaves the edge at once, without waiting for anything; its principal's objects follow if it was the last
 * one.
 *
 * @returns the messages to send; none when it was already revoked, or removed with its organization
 */
export async function revokeToken(table: Table, token: Token, now: number): Promise<readonly WorkMessage[]> {
  if (token.state === 'revoked') {
    return [];
  }
  try {
    return await endToken(table, token, { state: 'revoked', revokedAt: now }, now, present);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      // The caller's list is older than the removal: an update would create half a token.
      return [];
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
  return endToken(table, token, { state: 'expired' }, now, equal('state', token.state));
}

async function endToken(
  table: Table,
  token: Token,
  set: Item,
  now: number,
  when: Condition,
): Promise<readonly WorkMessage[]> {
  const key = edgeKeys.token(token.hash);
  const principal = principalWork(token.organization, token.principal);
  const update = { key: keys.principalToken(token.organization, token.principal, token.id), set };
  await table.transact([
    { update, when },
    desire(key, undefined, { kind: 'token' }, now),
    requestWork(principal, now),
  ]);
  return [edgeWork(key).message, principal.message];
}

/** The token with this secret, if we issued it. Hashes are compared by look-up, so timing reveals nothing. */
export async function findToken(table: Table, secret: string): Promise<Token | undefined> {
  const pointer = TokenPointer.safeParse(await table.get(keys.token(tokenHash(secret))));
  return pointer.success ? findTokenById(table, pointer.data) : undefined;
}

const TokenPointer = TokenItem.pick({ id: true, organization: true, principal: true });

async function findTokenById(
  table: Table,
  pointer: z.infer<typeof TokenPointer>,
): Promise<Token | undefined> {
  const item = await table.get(keys.principalToken(pointer.organization, pointer.principal, pointer.id));
  return item === undefined ? undefined : parseToken(item);
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
