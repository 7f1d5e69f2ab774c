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

/**
 * When a person's own token expires, by what all of the organizations allow that it reads. The person chose none of them: so whoever wants it to
 * live longer than one allows is told which, and can leave it out. One read for each.
 *
 * @param leavingOut how an organization is left out
 * @throws CallerError as `expiryOf`
 */
export async function ownExpiryOf(
  table: Table,
  asked: number | 'never' | undefined,
  organizations: readonly Pick<Organization, 'id' | 'slug'>[],
  leavingOut: string,
  now: number,
): Promise<number | undefined> {
  const settings = await Promise.all(organizations.map(({ id }) => findOrganizationSettings(table, id)));
  const wanted = asked === 'never' ? Number.POSITIVE_INFINITY : (asked ?? now);
  const refusing = organizations.flatMap(({ slug }, place) => {
    const days = settings[place]?.longestTokenDays;
    return days !== undefined && wanted > now + days * dayMs ? [`${slug} (${days} days)`] : [];
  });
  if (refusing.length > 0) {
    throw new CallerError(
      'invalid',
      `the token would live longer than these organizations allow: ${refusing.join(', ')}; let it end earlier, or ${leavingOut}`,
    );
  }
  return expiryOf(asked, strictest(settings), now);
}

/** Of a token that no organization says anything of. */
const usualDays = 90;

/** What all of the organizations allow. One read for each. */
export async function strictestLife(
  table: Table,
  organizations: readonly Pick<Organization, 'id'>[],
): Promise<TokenLife> {
  return strictest(await Promise.all(organizations.map(({ id }) => findOrganizationSettings(table, id))));
}

function strictest(lives: readonly TokenLife[]): TokenLife {
  const longest = Math.min(
    ...lives.map(({ longestTokenDays = Number.POSITIVE_INFINITY }) => longestTokenDays),
  );
  return {
    usualTokenDays: Math.min(usualDays, ...lives.map(({ usualTokenDays }) => usualTokenDays)),
    longestTokenDays: longest === Number.POSITIVE_INFINITY ? undefined : longest,
  };
}
