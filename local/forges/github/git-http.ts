import type { RequestListener } from 'node:http';
import { basicPassword, createGitHttp, type GitAnswer } from '../git/http.ts';
import { effectivePermission, findRepository, fullName } from './api/rights.ts';
import type { GitRight } from './api/tokens.ts';
import type { Pushes } from './git-push.ts';
import { type GitHubState, nodeId, type Repository, type User, userOfPersonalToken } from './state.ts';

export interface GitHubGitDeps {
  readonly state: GitHubState;
  readonly pushes: Pushes;
  /** What the installation token in an `Authorization` header may do. */
  readonly authorizeGit: (authorization: string | undefined, repositoryId: number) => GitRight;
  readonly log?: (line: string) => void;
}

/** Who sends a request, and what he may do. */
interface Access {
  readonly right: GitRight;
  readonly sender: User;
}

/** An id that no repository has. */
const noRepository = -1;

/** Git over smart HTTP with GitHub's credentials and refusals, as https://github.com serves it: `/<owner>/<name>.git/…`. */
export function createGitHubGit(deps: GitHubGitDeps): RequestListener {
  const { state, log } = deps;

  const accessTo = (repository: Repository | undefined, authorization: string | undefined): Access => {
    const user = userOfPersonalToken(state, basicPassword(authorization));
    if (user === undefined) {
      return {
        right: deps.authorizeGit(authorization, repository?.id ?? noRepository),
        sender: appBot(state),
      };
    }
    if (repository === undefined) return { right: 'none', sender: user };
    const permission = effectivePermission(state, repository, user.id);
    if (permission === undefined)
      return { right: repository.visibility === 'public' ? 'read' : 'none', sender: user };
    return { right: permission === 'pull' || permission === 'triage' ? 'read' : 'write', sender: user };
  };

  return createGitHttp({
    realm: 'GitHub',
    ...(log !== undefined && { log }),
    answer({ path, authorization, writes }): GitAnswer | undefined {
      if (path.split('/').length !== 2) return undefined;
      const found = findRepository(state, path);
      const repository = found?.repository;
      const { right, sender } = accessTo(repository, authorization);
      const refusal = refusalOf({ repository, right, writes, anonymous: authorization === undefined });
      if (repository === undefined || refusal !== undefined) {
        const { status, message } = refusal ?? { status: 404, message: 'Repository not found.' };
        return {
          kind: 'refused',
          status,
          message: message.replace('{who}', sender.login).replace('{where}', `${path}.git`),
        };
      }
      if (found?.former) return { kind: 'moved', path: fullName(state, repository) };
      return {
        kind: 'served',
        gitDirectory: repository.gitDirectory,
        receive: (write) => deps.pushes.receive(repository, sender, write),
      };
    },
  });
}

/** GitHub's refusals: what may not be seen does not exist. */
function refusalOf(question: {
  repository: Repository | undefined;
  right: GitRight;
  writes: boolean;
  anonymous: boolean;
}): { status: number; message: string } | undefined {
  const { repository, right, writes, anonymous } = question;
  if (right === 'bad-credential') {
    return {
      status: 401,
      message: 'Invalid username or token. Password authentication is not supported for Git operations.',
    };
  }
  if (anonymous && (writes || right === 'none')) return { status: 401, message: 'No anonymous access.' };
  if (repository === undefined || right === 'none') return { status: 404, message: 'Repository not found.' };
  if (repository.disabled) {
    return { status: 403, message: 'Access to this repository has been disabled by GitHub staff.' };
  }
  if (!writes) return undefined;
  if (right === 'read') return { status: 403, message: 'Permission to {where} denied to {who}.' };
  if (repository.archived)
    return { status: 403, message: 'This repository was archived so it is read-only.' };
  return repository.locked ? { status: 403, message: 'This repository is locked.' } : undefined;
}

/** The account that GitHub shows as the author of what an app's tokens do. */
export function appBot({ app }: GitHubState): User {
  return { id: app.id, nodeId: nodeId('BOT', app.id), login: `${app.slug}[bot]`, type: 'Bot' };
}
