/** Bitbucket's traits: how it is read, as data. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';

const hourMs = 3600_000;

/**
 * Who may read which repository is one long list of the whole workspace. It is read as often as takes less than half of an hour's requests,
 * with all others: every ten minutes if it has up to 6,600 rows, and 50,000 rows every 75.
 */
export const bitbucketTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member'] },
    { name: 'teams', kinds: ['team', 'team-member'], mayBeMissing: true, isShownOnly: true },
    { name: 'repositories', kinds: ['repository'] },
    {
      ...{ name: 'permissions', kinds: ['collaborator'], after: ['members', 'repositories'] },
      ...{ everyMs: 300_000, requestsPerHour: 400 },
      // Where each repository's own list is read, which are right each by itself.
      readingMs: 24 * hourMs,
    },
  ],
  lagMs: 120_000,
  // The second and third try come at once.
  deliveriesKeptMs: 60_000,
  // For 45 minutes on 2025-02-11 it did not find what existed.
  notFoundMs: hourMs,
  // Nine tenths of its raw files: those of older versions leave the rest to what is new.
  manifestsPerHour: 4_500,
  budgets: ['rights', 'archives', 'contents', 'spare'],
} as const satisfies ForgeTraits;
