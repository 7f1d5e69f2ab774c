import type { RequestListener } from 'node:http';
import { createGitHttp, type GitAnswer, type GitHttpForge } from '../git/http.ts';
import { createWindows } from '../limits/windows.ts';
import { authenticateGit, type Credential } from './api/credentials.ts';
import type { Pushes } from './git-push.ts';
import { levelNumbers } from './levels.ts';
import { findProject, fullPath } from './paths.ts';
import { canSignIn, projectAccess, type RightsContext } from './rights.ts';
import { differences } from './variants.ts';

export interface GitLabGitDeps extends RightsContext {
  readonly pushes: Pushes;
  /** `/gitlab`, or empty. */
  readonly root: string;
  readonly log?: (line: string) => void;
}

const refused = (status: number, message: string): GitAnswer => ({ kind: 'refused', status, message });
const invisible = refused(
  404,
  "The project you were looking for could not be found or you don't have permission to view it.",
);
const badCredential = refused(
  401,
  "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password.",
);

/** "300 failed authentications per minute", then 403 for 15 minutes: https://docs.gitlab.com/user/gitlab_com/#git-and-container-registry-failed-authentication-ban */
const mostFailures = 300;
const minute = 60 * 1000;

/** Bans everybody, since all requests come from one address. @param now milliseconds */
function createBan({ state, now }: RightsContext) {
  const windows = createWindows(now, minute);
  let until = 0;
  return {
    isOn: (): boolean => now() < until,
    /** Counts every 401, also one for a request without a credential. */
    note(): void {
      if (!differences.hasLimits(state.variant)) return;
      if (windows.charge('git', mostFailures, 1).used >= mostFailures) until = now() + 15 * minute;
    },
  };
}

/**
 * Git over smart HTTP: `/<full path>.git/…`, with a token as the password. What may not be seen does not exist, and without a credential GitLab
 * asks for one first. https://docs.gitlab.com/topics/git/clone/
 */
export function createGitLabGit(deps: GitLabGitDeps): RequestListener {
  const ban = createBan(deps);
  return createGitHttp({
    realm: 'GitLab',
    ...(deps.log !== undefined && { log: deps.log }),
    answer(request): GitAnswer {
      if (ban.isOn()) return refused(403, 'Forbidden');
      const answer = decide(deps, request);
      if (answer === badCredential) ban.note();
      return answer;
    },
  });
}

function decide(
  deps: GitLabGitDeps,
  { path, authorization, writes }: Parameters<GitHttpForge['answer']>[0],
): GitAnswer {
  const { state, now } = deps;
  const found = findProject(state, path);
  const credential = authorization === undefined ? undefined : authenticateGit(state, authorization, now());
  if (credential instanceof Error || (credential && !canSignIn(credential.user))) return badCredential;
  const access = found && projectAccess(deps, found.project, credential?.user);
  if (credential === undefined && (writes || !access?.downloadsCode)) return badCredential;
  if (found === undefined || !access?.sees || !hasGitScope(credential, writes)) return invisible;
  if (!access.downloadsCode) return refused(403, 'You are not allowed to download code from this project.');
  const { project } = found;
  if (found.former) {
    return { kind: 'moved', path: `${deps.root.slice(1)}/${fullPath(state, project)}`.replace(/^\//, '') };
  }
  if (writes && (access.level < levelNumbers.developer || project.archived)) {
    return refused(403, 'You are not allowed to push code to this project.');
  }
  return {
    kind: 'served',
    gitDirectory: project.gitDirectory,
    receive: (write) => deps.pushes.receive(project, credential?.user, write),
  };
}

/** `read_api` does not open git. https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes */
function hasGitScope(credential: Credential | undefined, writes: boolean): boolean {
  if (credential === undefined) return !writes;
  const scopes = writes
    ? (['api', 'write_repository'] as const)
    : (['api', 'read_repository', 'write_repository'] as const);
  return scopes.some((scope) => credential.scopes.has(scope));
}
