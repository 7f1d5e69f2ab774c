/** GitLab's traits: how it is read, as data. */
import type { ForgeTraits } from '../../domain/forge-traits.ts';
import { levelName, ownerLevel } from './levels.ts';

/**
 * Members and teams come from the same lists, and so do repositories and the rights of teams: with two scopes instead of four each list is
 * read once.
 */
export const gitLabTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member', 'team', 'team-member'] },
    { name: 'repositories', kinds: ['repository', 'collaborator', 'team-repository'], after: ['members'] },
  ],
  lagMs: 120_000,
  /** Failed deliveries are not repeated: gitlab-org/gitlab#355721. */
  deliveriesKeptMs: 0,
  /** https://docs.gitlab.com/user/custom_roles/abilities/ (`read_code`) */
  hasViewers: true,
  unlimited: levelName(ownerLevel),
  budgets: ['rights', 'archives', 'contents', 'spare'],
} as const satisfies ForgeTraits;
