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
