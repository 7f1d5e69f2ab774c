/** Tokens and the principals that they speak for. The secret itself is never stored. */
import { z } from 'zod';
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
import { absent, all, missingOrLess, present } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import { organizationsNaming } from './member-store.ts';
import {
  findPersonalToken,
  isLivePersonal,
  type PersonalEntry,
  type PersonalToken,
} from './personal-token-store.ts';
import { findSharedToken, type SharedEntry } from './shared-token-store.ts';
import { listSynchronizations } from './synchronization-store.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';
import { requestWork, type WorkMessage } from './work.ts';
import { principalWork } from './work-items.ts';

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
  /** This is the organization's entry of a token that reads several, whose hash stands with the token itself. */
  readonly shared?: { readonly slug: string } | undefined;
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
  shared: z.object({ slug: z.string() }).optional(),
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

/** What the token is, if it is a person's own. */
export const personalEntry = ({ id, organization, personal }: Token): PersonalEntry | undefined =>
  personal && { id, organization, ...personal };

/** What the token is, if it reads several organizations. */
export const sharedEntry = ({ id, organization, principal, shared }: Token): SharedEntry | undefined =>
  shared && { id, organization, principal, slug: shared.slug };

/** Where the token is stored. */
export const keyOf = ({ organization, principal, id }: Pick<Token, 'organization' | 'principal' | 'id'>) =>
  keys.principalToken(organization, principal, id);

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

/** The token with this secret, if we issued it. Hashes are compared by look-up, so timing reveals nothing. */
export async function findToken(table: Table, secret: string): Promise<Token | undefined> {
  const pointer = TokenPointer.safeParse(await table.get(keys.token(tokenHash(secret))));
  return pointer.success ? findTokenById(table, pointer.data) : undefined;
}

/**
 * The token with this secret in each organization that it reads: one, or all entries of a person's own or of a shared one.
 *
 * @param now milliseconds since the epoch
 */
export async function findTokens(table: Table, secret: string, now: number): Promise<readonly Token[]> {
  const item = await table.get(keys.token(tokenHash(secret)));
  const shared = SharedPointer.safeParse(item);
  if (shared.success) {
    return sharedEntriesOf(table, shared.data.id);
  }
  const pointer = PersonalPointer.safeParse(item);
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

const SharedPointer = TokenItem.pick({ id: true }).extend({ shared: z.literal(true) });

/** The organizations' entries of a token that reads several, ended ones too. Two reads. */
export async function sharedEntriesOf(table: Table, id: TokenId): Promise<readonly Token[]> {
  const token = await findSharedToken(table, id);
  if (token === undefined) {
    return [];
  }
  const { organizations, principal } = token;
  const items = await table.getMany(organizations.map((one) => keys.principalToken(one, principal, id)));
  return items.flatMap((item) => (item === undefined ? [] : [parseToken(item)]));
}

/** The organizations' entries of a person's own token. Three reads, while organizations are few. */
export async function entriesOf(table: Table, { user, id }: PersonalToken): Promise<readonly Token[]> {
  // An organization without a synchronization knows the person by what it says itself.
  const [listed, naming] = await Promise.all([listSynchronizations(table), organizationsNaming(table, user)]);
  const organizations = [...new Set([...listed.map(({ organization }) => organization), ...naming])];
  const items = await table.getMany(
    organizations.map((organization) => keys.principalToken(organization, userPrincipal(user), id)),
  );
  return items.flatMap((item) => (item === undefined ? [] : [parseToken(item)]));
}

const TokenPointer = TokenItem.pick({ id: true, organization: true, principal: true });

export async function findTokenById(
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
