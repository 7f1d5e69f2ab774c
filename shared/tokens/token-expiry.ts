/** When a new token expires, by what its maker says and what the organization's owners set. */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { findOrganizationSettings, type OrganizationSettings } from '../store/organization-settings.ts';
import type { Table } from '../store/table.ts';

const dayMs = 24 * 3600_000;

export type TokenLife = Pick<OrganizationSettings, 'usualTokenDays' | 'longestTokenDays'>;

/**
 * @param asked milliseconds since the epoch; `never`, or undefined for the organization's default
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined for never
 * @throws CallerError when it has passed, or is later than the organization allows
 */
export function expiryOf(
  asked: number | 'never' | undefined,
  { usualTokenDays, longestTokenDays }: TokenLife,
  now: number,
): number | undefined {
  const latest = longestTokenDays === undefined ? Number.POSITIVE_INFINITY : now + longestTokenDays * dayMs;
  const usual = Math.min(now + usualTokenDays * dayMs, latest);
  const expiresAt = asked === undefined ? usual : asked === 'never' ? Number.POSITIVE_INFINITY : asked;
  if (expiresAt <= now) {
    throw new CallerError('invalid', 'the expiry has already passed');
  }
  if (expiresAt > latest) {
    throw new CallerError('invalid', `a token of this organization lives ${longestTokenDays} days at most`);
  }
  return expiresAt === Number.POSITIVE_INFINITY ? undefined : expiresAt;
}

/** Of a token that no organization says anything of. */
const usualDays = 90;

/** What all of the organizations allow. One read for each. */
export async function strictestLife(
  table: Table,
  organizations: readonly Pick<Organization, 'id'>[],
): Promise<TokenLife> {
  const lives = await Promise.all(organizations.map(({ id }) => findOrganizationSettings(table, id)));
  const longest = Math.min(
    ...lives.map(({ longestTokenDays = Number.POSITIVE_INFINITY }) => longestTokenDays),
  );
  return {
    usualTokenDays: Math.min(usualDays, ...lives.map(({ usualTokenDays }) => usualTokenDays)),
    longestTokenDays: longest === Number.POSITIVE_INFINITY ? undefined : longest,
  };
}
