/** Tokens that owners make for members, teams and the organization: each leaves an entry in the audit log. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { TokenId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { makeToken, tokenHash } from '../domain/token.ts';
import { findOrganizationSettings } from '../store/organization-settings.ts';
import type { Operation } from '../store/table.ts';
import { findTokenIn, isLive, type Token, type TokenMaker } from '../store/token-store.ts';
import { replaceSecret, revokeToken } from '../store/token-transitions.ts';
import {
  type IssuedToken,
  type IssueTokenDependencies,
  issueToken,
  type TokenHolder,
} from '../tokens/issue-token.ts';
import { expiryOf } from '../tokens/token-expiry.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { makeSharedToken, rotateSharedToken } from './shared-tokens.ts';

/** When a token is to expire: milliseconds since the epoch, `never`, or undefined for the organization's default. */
type AskedExpiry = number | 'never' | undefined;

/**
 * @param holder for a token of the organization with the slugs of further organizations that it is to read
 * @throws CallerError when there is no such member or team, or the organization does not allow the expiry
 */
export async function makeTokenFor(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  holder: TokenHolder & { readonly organizations?: readonly string[] | undefined },
  { description, expiresAt }: { readonly description: string; readonly expiresAt: AskedExpiry },
  accountable: Accountable,
): Promise<IssuedToken> {
  const { table, clock } = dependencies;
  const madeBy = makerOf(accountable);
  if (holder.organizations !== undefined && holder.organizations.length > 0) {
    const asked = { description, expiresAt, madeBy };
    return makeSharedToken(dependencies, organization, holder.organizations, asked, accountable);
  }
  const life = await findOrganizationSettings(table, organization.id);
  return issueToken(dependencies, organization, holder, {
    description,
    expiresAt: expiryOf(expiresAt, life, clock.now()),
    ...(madeBy === undefined ? {} : { madeBy }),
    record: ({ id, kind, principal, expiry }) =>
      ownerAct(dependencies, organization.id, accountable, 'create-token', id, {
        after: { kind, principal, description, expiry },
      }),
  });
}

/** Of a token that a key makes, the person who made the key: neither outlives that person's ownership. */
function makerOf({ actor, keyMaker }: Accountable): TokenMaker | undefined {
  if (keyMaker !== undefined) {
    return { kind: 'user', ...keyMaker };
  }
  switch (actor?.kind) {
    case 'user':
    case 'key':
    case 'operator':
      return { kind: actor.kind, id: actor.id, name: actor.name };
    default:
      return undefined;
  }
}

/** @throws CallerError when the organization has no such token */
export async function tokenIn(
  { table }: Pick<IssueTokenDependencies, 'table'>,
  organization: Organization,
  id: TokenId,
): Promise<Token> {
  const token = await findTokenIn(table, organization.id, id);
  if (token === undefined) {
    throw new CallerError('not-found', `the organization ${organization.slug} has no token ${id}`);
  }
  return token;
}

/**
 * Gives a token another secret, which is shown this once. The old one stops at once. Whoever rotates a token of the organization has its
 * secret, and so becomes its maker.
 *
 * @throws CallerError when there is no such token, or it has ended
 */
export async function rotateToken(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  id: TokenId,
  expiresAt: AskedExpiry,
  accountable: Accountable,
): Promise<{ readonly token: Token; readonly secret: string }> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const token = await tokenIn(dependencies, organization, id);
  if (!isLive(token, now)) {
    throw new CallerError('conflict', 'the token has ended; make another');
  }
  if (token.personal !== undefined) {
    throw new CallerError('forbidden', 'only the person whose token it is can rotate it');
  }
  if (token.shared !== undefined) {
    const asked = { expiresAt, madeBy: makerOf(accountable) };
    return rotateSharedToken(dependencies, token, asked, accountable);
  }
  const until = expiryOf(expiresAt, await findOrganizationSettings(table, organization.id), now);
  const secret = makeToken(token.kind === 'user' ? 'member' : token.kind, randomBytes);
  const maker = token.kind === 'organization' ? makerOf(accountable) : undefined;
  const next = {
    hash: tokenHash(secret),
    expiry: until === undefined ? 0 : Math.floor(until / 1000),
    ...(maker === undefined ? {} : { madeBy: maker }),
  };
  const act = ownerAct(dependencies, organization.id, accountable, 'rotate-token', id, {
    before: { expiry: token.expiry, ...(maker && { madeBy: token.madeBy && { ...token.madeBy } }) },
    after: { expiry: next.expiry, ...(maker && { madeBy: { ...maker } }) },
  });
  const messages = await unlessChanged('the token changed at the same time; try again', () =>
    replaceSecret(table, token, organization.slug, next, now, [act]),
  );
  await workQueue.send(messages);
  return { token: { ...token, ...next }, secret };
}

/** The entry of the history about a token that is revoked. */
export const revocation = (
  dependencies: Pick<IssueTokenDependencies, 'clock' | 'randomBytes'>,
  organization: Organization['id'],
  { id, kind, principal, description, expiry, state }: Token,
  accountable: Accountable,
): Operation =>
  ownerAct(dependencies, organization, accountable, 'revoke-token', id, {
    before: { kind, principal, description, expiry, state },
  });

/**
 * Refuses a token from now on; doing it twice is doing it once.
 *
 * @throws CallerError when there is no such token
 */
export async function revokeTokenOf(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  id: TokenId,
  accountable: Accountable,
): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const token = await tokenIn(dependencies, organization, id);
  const act = revocation(dependencies, organization.id, token, accountable);
  await workQueue.send(await revokeToken(table, token, clock.now(), [act]));
}
