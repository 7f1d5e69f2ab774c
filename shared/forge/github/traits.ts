/** GitHub's traits: how it is read, as data. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';

export const gitHubTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member'] },
    {
      name: 'teams',
      kinds: ['team', 'team-member', 'team-repository'],
      after: ['members', 'repositories'],
    },
    // The plan may have none, or the app may lack the permission.
    {
      name: 'roles',
      kinds: ['role-member', 'role-team'],
      after: ['members', 'teams'],
      mayBeMissing: true,
    },
    { name: 'repositories', kinds: ['repository', 'collaborator'] },
  ],
  lagMs: 120_000,
  /**
   * Deliveries can be requested again for three days:
   * https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
   */
  deliveriesKeptMs: 3 * 24 * 3600_000,
  budgets: ['rights', 'archives', 'contents', 'spare'],
} as const satisfies ForgeTraits;
