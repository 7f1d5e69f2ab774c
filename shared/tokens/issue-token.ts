/** Issues a token. Its secret is returned once and never stored. */

import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import {
  type ForgeAccountId,
  newId,
  organizationPrincipal,
  ownTeamPrincipal,
  type Principal,
  type TokenId,
  teamPrincipal,
  type UserId,
  userPrincipal,
} from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { makeToken, type TokenKind, tokenHash } from '../domain/token.ts';
import { ensureKey } from '../publish/open-at-edge.ts';
import type { Clock } from '../runtime/clock.ts';
import { inTurn } from '../store/creation-turn.ts';
import { loadFacts } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { ownTeamIsThere, ownTeamsOf } from '../store/own-team-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { addToken, isLive, type Token, type TokenMaker, tokensOfOrganization } from '../store/token-store.ts';
import { accountIn, findUser, makeUser, userIsThere } from '../store/user-store.ts';
import type { WorkQueue } from '../store/work.ts';

export interface IssueTokenDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Whom the token speaks for; logins and slugs are resolved now, the token itself holds ids. */
export type TokenHolder =
  | { readonly kind: 'member'; readonly login: string }
  /** `slug` may also be the team's id, as lists of teams have it: several teams may have one slug. */
  | { readonly kind: 'team'; readonly slug: string }
  | { readonly kind: 'organization' };

export interface NewToken {
  readonly description: string;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  readonly madeBy?: TokenMaker;
  /** An operation for the transaction that stores the token. */
  readonly record?: (token: Pick<Token, 'id' | 'kind' | 'principal' | 'expiry'>) => Operation;
}

export interface IssuedToken {
  readonly id: TokenId;
  /** Shown only now. */
  readonly token: string;
  readonly principal: Principal;
  /** ISO 8601; undefined for never. */
  readonly expiresAt: string | undefined;
}

/** Tokens that owners made and that have not ended; people's own are not counted. */
export const tokensMax = 1000;

/**
 * @throws CallerError when there is no such member or team, when the expiry has passed, or when the organization has too many tokens
 */
export async function issueToken(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  holder: TokenHolder,
  { description, expiresAt, madeBy, record }: NewToken,
): Promise<IssuedToken> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new CallerError('invalid', 'the expiry has already passed');
  }
  await ensureKey(dependencies, organization);
  const synchronizations = await synchronizationsOf(table, organization.id);
  const id = newId<TokenId>(randomBytes);
  const expiry = expiresAt === undefined ? 0 : Math.floor(expiresAt / 1000);
  const create = async (turn: readonly Operation[]) => {
    await checkNumber(table, organization, now);
    const { kind, principal, operations } = await find(dependencies, organization, synchronizations, holder);
    const secret = makeToken(kind, randomBytes);
    const token = {
      id,
      organization: organization.id,
      principal,
      kind,
      hash: tokenHash(secret),
      description,
      createdAt: now,
      expiry,
      ...(madeBy === undefined ? {} : { madeBy }),
    };
    const recorded = record === undefined ? [] : [record(token)];
    return {
      secret,
      principal,
      messages: await addToken(table, token, [...operations, ...recorded, ...turn]),
    };
  };
  const made = await unlessChanged('this user was changed at the same time; try again', () =>
    inTurn(table, [keys.creationsIn(organization.id, 'tokens')], create),
  );
  await workQueue.send(made.messages);
  return {
    id,
    token: made.secret,
    principal: made.principal,
    expiresAt: expiry === 0 ? undefined : new Date(expiry * 1000).toISOString(),
  };
}

/** @throws CallerError when the organization has too many tokens */
export async function checkNumber(table: Table, { id }: Organization, now: number): Promise<void> {
  const tokens = await tokensOfOrganization(table, id);
  const live = tokens.filter((token) => token.personal === undefined && isLive(token, now));
  if (live.length >= tokensMax) {
    throw new CallerError('conflict', `an organization has at most ${tokensMax} tokens; revoke one first`);
  }
}

interface Found {
  readonly kind: TokenKind;
  readonly principal: Principal;
  readonly operations: readonly Operation[];
}

async function find(
  { table, clock, randomBytes }: IssueTokenDependencies,
  organization: Organization,
  synchronizations: readonly Synchronization[],
  holder: TokenHolder,
): Promise<Found> {
  if (holder.kind === 'organization') {
    return { kind: 'organization', principal: organizationPrincipal(organization.id), operations: [] };
  }
  if (holder.kind === 'team') {
    const teams: Pick<Found, 'principal' | 'operations'>[] = [];
    for (const synchronization of synchronizations) {
      for (const team of await loadFacts(table, synchronization.id, 'team')) {
        const principal = teamPrincipal(synchronization.id, team.team);
        if (team.slug === holder.slug || principal === holder.slug) {
          teams.push({ principal, operations: [] });
        }
      }
    }
    for (const { id, slug } of await ownTeamsOf(table, organization.id)) {
      if (slug === holder.slug || ownTeamPrincipal(id) === holder.slug) {
        const operations = [ownTeamIsThere(organization.id, id)];
        teams.push({ principal: ownTeamPrincipal(id), operations });
      }
    }
    return { kind: 'team', ...only(teams, `team ${holder.slug}`, organization) };
  }
  const accounts = new Map<string, { synchronization: Synchronization; account: ForgeAccountId }>();
  for (const synchronization of synchronizations) {
    for (const kind of ['member', 'collaborator'] as const) {
      for (const row of await loadFacts(table, synchronization.id, kind)) {
        if (row.login.toLowerCase() === holder.login.toLowerCase()) {
          accounts.set(`${synchronization.baseUrl} ${row.account}`, {
            synchronization,
            account: row.account,
          });
        }
      }
    }
  }
  const { synchronization, account } = only([...accounts.values()], `member ${holder.login}`, organization);
  const key = accountIn(synchronization, account);
  const known = await findUser(table, key);
  const user = known ?? newId<UserId>(randomBytes);
  return {
    // An owner issues it for this organization only, so it gives none of the person's rights in others.
    kind: 'member',
    principal: userPrincipal(user),
    operations: known === undefined ? makeUser(user, key, holder.login, clock.now()) : [userIsThere(user)],
  };
}

function only<Thing>(list: readonly Thing[], what: string, organization: Organization): Thing {
  const [first, second] = list;
  if (first === undefined) {
    throw new CallerError('not-found', `the organization ${organization.slug} has no ${what}`);
  }
  if (second !== undefined) {
    throw new CallerError('invalid', `the organization ${organization.slug} has more than one ${what}`);
  }
  return first;
}
