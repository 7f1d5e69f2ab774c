import type { WorldAccessLevel } from '../world/gitlab-group.ts';

/** GitLab's numbers of roles. https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const levelNumbers = {
  minimal_access: 5,
  guest: 10,
  planner: 15,
  reporter: 20,
  security_manager: 25,
  developer: 30,
  maintainer: 40,
  owner: 50,
} as const satisfies Record<WorldAccessLevel, number>;

export const { minimal_access: MINIMAL, guest: GUEST, reporter: REPORTER } = levelNumbers;
export const { maintainer: MAINTAINER, owner: OWNER } = levelNumbers;

/** The name of a role in webhooks and in the web interface. */
export function levelName(level: number): string {
  const found = Object.entries(levelNumbers).find(([, number]) => number === level)?.[0] ?? 'no access';
  return found
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
