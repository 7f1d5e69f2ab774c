/** Tokens that read several organizations: who makes or rotates one has to own all of them, so that an owner of each has agreed. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { asId, newId, organizationPrincipal, type TokenId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { makeToken, tokenHash } from '../domain/token.ts';
import { ensureKey } from '../publish/open-at-edge.ts';
import { inTurn } from '../store/creation-turn.ts';
import { keys } from '../store/keys.ts';
import { findOrganizationBySlug, findOrganizations } from '../store/organization-store.ts';
import { addSharedToken, findSharedToken, replaceSharedSecret } from '../store/shared-token-store.ts';
import type { Table } from '../store/table.ts';
import { isLive, sharedEntriesOf, type Token, type TokenMaker } from '../store/token-store.ts';
import { checkNumber, type IssuedToken, type IssueTokenDependencies } from '../tokens/issue-token.ts';
import { expiryOf, strictestLife } from '../tokens/token-expiry.ts';
import { organizationsOf } from './membership.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

/** So many organizations one token reads: each has its entries in one transaction, and its slug in the edge's value. */
export const sharedMax = 15;

interface NewSharedToken {
  readonly description: string;
  /** Milliseconds since the epoch, `never`, or undefined for the usual. */
  readonly expiresAt: number | 'never' | undefined;
  readonly madeBy: TokenMaker | undefined;
}

/**
 * Makes a token that reads every package of several organizations, of each as long as its maker owns it.
 *
 * @param slugs of the further organizations
 * @throws CallerError when the maker does not own all of them, or one of them allows no such expiry or has too many tokens
 */
export async function makeSharedToken(
  dependencies: IssueTokenDependencies,
  home: Organization,
  slugs: readonly string[],
  { description, expiresAt, madeBy }: NewSharedToken,
  accountable: Accountable,
): Promise<IssuedToken> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const further = slugs.filter((slug) => slug !== home.slug);
  const organizations = [home, ...(await ownedBy(table, [...new Set(further)], accountable, now))];
  const until = expiryOf(expiresAt, await strictestLife(table, organizations), now);
  for (const organization of organizations) {
    await ensureKey(dependencies, organization);
  }
  const secret = makeToken('organization', randomBytes);
  const token = {
    id: newId<TokenId>(randomBytes),
    principal: organizationPrincipal(home.id),
    hash: tokenHash(secret),
    description,
    createdAt: now,
    expiry: until === undefined ? 0 : Math.floor(until / 1000),
    ...(madeBy === undefined ? {} : { madeBy }),
  };
  const { id, principal, expiry } = token;
  const places = organizations.map((one) => ({ organization: one.id, slug: one.slug }));
  const after = { kind: 'organization', principal, description, expiry, isShared: true };
  const acts = organizations.map((one) =>
    ownerAct(dependencies, one.id, accountable, 'create-token', id, { after }),
  );
  const turns = organizations.map((one) => keys.creationsIn(one.id, 'tokens'));
  const messages = await inTurn(table, turns, async (turn) => {
    for (const organization of organizations) {
      await checkNumber(table, organization, now);
    }
    return addSharedToken(table, token, places, [...acts, ...turn]);
  });
  await workQueue.send(messages);
  const isNever = expiry === 0;
  return {
    id,
    token: secret,
    principal,
    expiresAt: isNever ? undefined : new Date(expiry * 1000).toISOString(),
  };
}

/**
 * Gives a token that reads several organizations another secret, which reads all that it read. The old one stops at once.
 *
 * @throws CallerError when the caller does not own every organization that it reads, or it changed at the same time
 */
export async function rotateSharedToken(
  dependencies: IssueTokenDependencies,
  { id, description, ...token }: Token,
  { expiresAt, madeBy }: Omit<NewSharedToken, 'description'>,
  accountable: Accountable,
): Promise<{ readonly token: Token; readonly secret: string }> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const shared = await findSharedToken(table, id);
  const entries = (await sharedEntriesOf(table, id)).filter((entry) => isLive(entry, now));
  if (shared === undefined || entries.length === 0) {
    throw new CallerError('conflict', 'the token has ended; make another');
  }
  const organizations = await findOrganizations(
    table,
    entries.map(({ organization }) => organization),
  );
  const slugs = organizations.map(({ slug }) => slug);
  await ownedBy(
    table,
    slugs,
    accountable,
    now,
    'only who owns every organization that it reads can rotate it',
  );
  const until = expiryOf(expiresAt, await strictestLife(table, organizations), now);
  const secret = makeToken('organization', randomBytes);
  const next = { hash: tokenHash(secret), expiry: until === undefined ? 0 : Math.floor(until / 1000) };
  const acts = organizations.map((one) =>
    ownerAct(dependencies, one.id, accountable, 'rotate-token', id, {
      before: { expiry: shared.expiry, madeBy: token.madeBy && { ...token.madeBy } },
      after: { expiry: next.expiry, madeBy: madeBy && { ...madeBy } },
    }),
  );
  const set = madeBy === undefined ? {} : { madeBy };
  const messages = await unlessChanged('the token changed at the same time; try again', () =>
    replaceSharedSecret(table, shared, entries, next, set, now, acts),
  );
  await workQueue.send(messages);
  return {
    token: { ...token, id, description, expiry: next.expiry, madeBy: madeBy ?? token.madeBy },
    secret,
  };
}

/**
 * The organizations of these slugs, if the caller owns all of them. Those that there are not are answered like those of others.
 *
 * @throws CallerError
 */
async function ownedBy(
  table: Table,
  slugs: readonly string[],
  { actor }: Accountable,
  now: number,
  refusal = 'you have to own every organization that the token reads',
): Promise<readonly Organization[]> {
  if (slugs.length > sharedMax) {
    throw new CallerError('invalid', `a token reads ${sharedMax} organizations at most`);
  }
  const found =
    actor?.kind === 'user'
      ? (await organizationsOf(table, asId<UserId>(actor.id), now))
          .filter(({ role }) => role === 'owner')
          .map(({ organization }) => organization)
      : actor?.kind === 'operator'
        ? await Promise.all(slugs.map((slug) => findOrganizationBySlug(table, slug)))
        : [];
  return slugs.map((slug) => {
    const organization = found.find((one) => one?.slug === slug);
    if (organization === undefined) {
      throw new CallerError('forbidden', refusal);
    }
    return organization;
  });
}
