import type { RequestListener } from 'node:http';
import { createGitHttp, type GitAnswer, type GitHttpForge } from '../git/http.ts';
import { authenticateGit, type Credential, permissionOf } from './api/credentials.ts';
import type { Limits } from './api/limits.ts';
import { findRepository, findWorkspace } from './find.ts';
import type { Pushes } from './git-push.ts';
import { includes, type RightsContext } from './rights.ts';

export interface BitbucketGitDeps extends RightsContext {
  readonly pushes: Pushes;
  readonly limits: Limits;
  readonly log?: (line: string) => void;
}

const refused = (status: number, message: string): GitAnswer => ({ kind: 'refused', status, message });
const asksForCredential = refused(401, 'You may not have access to this repository or it no longer exists.');
const invisible = refused(
  404,
  'You may not have access to this repository or it no longer exists in this workspace.',
);

/**
 * Git over HTTPS: `/{workspace}/{repository}.git/…`. Without a credential Bitbucket asks for one first. Old addresses lead nowhere: no redirect
 * after a rename is documented.
 */
export function createBitbucketGit(deps: BitbucketGitDeps): RequestListener {
  return createGitHttp({
    realm: 'Bitbucket.org HTTP',
    ...(deps.log !== undefined && { log: deps.log }),
    answer: (request) => decide(deps, request),
  });
}

/** Whether a token that has scopes may use git. */
function hasScope({ kind, scopes }: Credential, writes: boolean): boolean {
  if (kind === 'api_token') return scopes.has(`${writes ? 'write' : 'read'}:repository:bitbucket`);
  return scopes.has(writes ? 'repository:write' : 'repository');
}

function decide(
  deps: BitbucketGitDeps,
  { path, authorization, writes }: Parameters<GitHttpForge['answer']>[0],
): GitAnswer {
  const { state, now } = deps;
  const credential = authorization === undefined ? undefined : authenticateGit(state, authorization, now());
  if (authorization !== undefined && credential === undefined) return asksForCredential;
  if (deps.limits.charge(credential, 'git', state.variant).isRefused) {
    return refused(429, 'Rate limit for this resource has been exceeded');
  }
  const [slug = '', name = ''] = path.split('/').map(decodeURIComponent);
  const workspace = findWorkspace(state, slug);
  const repository = workspace && findRepository(state, workspace, name);
  const permission = repository && permissionOf(state, credential, repository);
  if (credential === undefined && (writes || permission === undefined)) return asksForCredential;
  if (repository === undefined || permission === undefined) return invisible;
  if (credential !== undefined && !hasScope(credential, writes)) {
    return refused(403, 'Your credentials lack one or more required privilege scopes.');
  }
  if (writes && !includes(permission, 'write')) {
    return refused(403, 'You do not have write access to this repository.');
  }
  return {
    kind: 'served',
    gitDirectory: repository.gitDirectory,
    receive: (write) => deps.pushes.receive(repository, credential?.account, write),
  };
}
