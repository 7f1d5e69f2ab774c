/**
 * Brings tokens that were made before the longest life was set within it: they end so long from now. Those that read other organizations too
 * are taken out of this one, because their end is not its owners' to set. The limit alone concerns new tokens only, so that no build breaks by
 * a setting; owners are shown which tokens it is about, and confirm.
 */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { findOrganizationSettings } from '../store/organization-settings.ts';
import { ConflictError, type Operation } from '../store/table.ts';
import { isLive, type Token, tokensOfOrganization } from '../store/token-store.ts';
import { revokeToken, shortenToken } from '../store/token-transitions.ts';
import type { WorkMessage } from '../store/work.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { ownerAct } from './owner-act.ts';

/** Tokens that live longer than the organization allows now. */
export interface ShortenedTokens {
  readonly done: boolean;
  readonly longestTokenDays: number;
  /** When they end, or would; milliseconds since the epoch. */
  readonly endsAt: number;
  /** As they were before. */
  readonly tokens: readonly Token[];
  /** How many of them are people's own or shared: these are taken out of this organization at once, and live on elsewhere. */
  readonly takenOut: number;
  /** How many there was no time for: the same request goes on with them. */
  readonly left: number;
}

const dayMs = 24 * 3600_000;
/** Whether it may read other organizations, as people's own and shared ones do. */
const readsOthers = ({ personal, shared }: Token): boolean => personal !== undefined || shared !== undefined;

/** No change begins after it; milliseconds. */
const callMs = 15_000;

/** @throws CallerError when the organization sets no longest life, or the confirmation is something else than its slug */
export async function shortenTokens(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  confirmation: Confirmation,
): Promise<ShortenedTokens> {
  const { table, clock } = dependencies;
  const by = confirmed(confirmation, organization.slug);
  const now = clock.now();
  const { longestTokenDays } = await findOrganizationSettings(table, organization.id);
  if (longestTokenDays === undefined) {
    throw new CallerError('conflict', 'the settings say nothing of how long tokens live at most');
  }
  const expiry = Math.floor((now + longestTokenDays * dayMs) / 1000);
  const tokens = (await tokensOfOrganization(table, organization.id)).filter(
    (token) => isLive(token, now) && (token.expiry === 0 || token.expiry > expiry),
  );
  const takenOut = tokens.filter(readsOthers).length;
  const shortened = { longestTokenDays, endsAt: expiry * 1000, tokens, takenOut };
  if (by === undefined) {
    return { ...shortened, done: false, left: 0 };
  }
  const act = ownerAct(dependencies, organization.id, by, 'shorten-tokens', organization.slug, {
    after: { longestTokenDays, expiry, tokens: tokens.length },
  });
  await table.transact([act]);
  let count = 0;
  for (const token of tokens) {
    if (clock.now() >= now + callMs) {
      break;
    }
    const entry = ownerAct(dependencies, organization.id, by, 'shorten-token', token.id, {
      before: { expiry: token.expiry },
      after: readsOthers(token) ? { state: 'revoked' } : { expiry },
    });
    await shorten(dependencies, organization, token, expiry, entry);
    count++;
  }
  return { ...shortened, done: true, left: tokens.length - count };
}

/** Of a token that ended or changed at this very moment nothing is changed: it is looked at again with the next request. */
async function shorten(
  { table, workQueue, clock }: IssueTokenDependencies,
  { slug }: Organization,
  token: Token,
  expiry: number,
  act: Operation,
): Promise<void> {
  const now = clock.now();
  let messages: readonly WorkMessage[];
  try {
    messages = readsOthers(token)
      ? await revokeToken(table, token, now, [act])
      : await shortenToken(table, token, slug, expiry, now, [act]);
  } catch (error) {
    if (error instanceof ConflictError || error instanceof CallerError) {
      return;
    }
    throw error;
  }
  await workQueue.send(messages);
}
