import type { GitHubState, Installation, Repository } from '../state.ts';
import { looksLikeJwt, refuseAppJwt } from './app-jwt.ts';
import type { Refusal } from './http.ts';
import { repositoriesOf } from './rights.ts';
import { createUserTokens, type UserTokens } from './user-tokens.ts';
import { type Credential, covers, type InstallationToken, type Level, viewerOf } from './viewer.ts';

const LIFETIME_MS = 60 * 60 * 1000;
/** Expired tokens are kept for a while, since a stepped clock may be set back to when they were valid. */
const KEPT_MS = 7 * 24 * LIFETIME_MS;
const MAX_REPOSITORIES = 500;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Body of a request for a token, parsed. */
export interface TokenRequest {
  readonly repositoryIds?: readonly number[];
  readonly repositories?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  /** The long form, `ghs_<app id>_<JWT>`, since 2026-04-27; otherwise `ghs_` and 36 characters. */
  readonly stateless: boolean;
}

/** What a credential may do with one repository over git. */
export type GitRight = 'write' | 'read' | 'none' | 'bad-credential';

export interface TokenStore {
  /** Issues a token, or returns why not (404, 403 suspended, 422). */
  issue(state: GitHubState, installationId: number, request: TokenRequest): InstallationToken | Refusal;
  /** Parses an `Authorization` header of the API: `bearer`/`token` with a JWT or a token, `basic` with client id and secret, or none. */
  authenticate(state: GitHubState, authorization: string | undefined): Credential | Refusal;
  /** Parses an `Authorization` header of git over HTTPS (Basic, the token as password) for one repository. */
  authorizeGit(state: GitHubState, authorization: string | undefined, repositoryId: number): GitRight;
  /** Ends a token now. */
  revoke(token: string): void;
  /** Tokens of people. */
  readonly users: UserTokens;
}

/** Repositories that belong to the installation now. */
export function installationRepositories(state: GitHubState, installation: Installation): Repository[] {
  return repositoriesOf(state, installation.organizationId).filter(
    ({ id }) => installation.repositorySelection === 'all' || installation.repositoryIds.has(id),
  );
}

/**
 * Stores the installation tokens of the simulated GitHub. A token ends an hour after it was issued, with its installation, and while that
 * is suspended (https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app).
 *
 * @param deps.now milliseconds
 * @param deps.random returns so many random bytes
 */
export function createTokenStore(deps: { now(): number; random(bytes: number): Uint8Array }): TokenStore {
  const tokens = new Map<string, InstallationToken>();
  const users = createUserTokens(deps);

  const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');

  function classic(): string {
    return `ghs_${Array.from(deps.random(36), (byte) => ALPHABET[byte % ALPHABET.length]).join('')}`;
  }

  function stateless(appId: number, installationId: number, expiresAt: number): string {
    const header = base64url('{"typ":"JWT","alg":"RS256"}');
    const claims = {
      iss: 'github',
      sub: installationId,
      exp: Math.floor(expiresAt / 1000),
      jti: base64url(deps.random(24)),
    };
    return `ghs_${appId}_${header}.${base64url(JSON.stringify(claims))}.${base64url(deps.random(256))}`;
  }

  function chosenRepositories(state: GitHubState, installation: Installation, request: TokenRequest) {
    if (request.repositoryIds === undefined && request.repositories === undefined) return undefined;
    const available = installationRepositories(state, installation);
    const wanted = [
      ...(request.repositoryIds ?? []).map((id) => available.find((repository) => repository.id === id)),
      ...(request.repositories ?? []).map((name) =>
        available.find((repository) => repository.name.toLowerCase() === name.toLowerCase()),
      ),
    ];
    return wanted.length > MAX_REPOSITORIES || wanted.includes(undefined)
      ? 'unknown'
      : new Set(wanted.flatMap((repository) => (repository === undefined ? [] : [repository.id])));
  }

  function issue(
    state: GitHubState,
    installationId: number,
    request: TokenRequest,
  ): InstallationToken | Refusal {
    const installation = state.installations.get(installationId);
    if (installation === undefined) return { status: 404, message: 'Not Found' };
    if (installation.suspendedAt !== undefined) {
      return { status: 403, message: 'This installation has been suspended' };
    }
    const granted: Record<string, Level> = { ...installation.permissions, metadata: 'read' };
    const permissions: Record<string, Level> =
      request.permissions === undefined ? granted : { metadata: 'read' };
    for (const [name, level] of Object.entries(request.permissions ?? {})) {
      if (level !== 'read' && level !== 'write' && level !== 'admin') {
        return { status: 422, message: 'Invalid request.' };
      }
      if (granted[name] === undefined) {
        return { status: 422, message: 'The permissions requested are not granted to this installation.' };
      }
      if (!covers(granted[name], level)) {
        return {
          status: 422,
          message: 'The level of access for permissions requested are not granted to this installation.',
        };
      }
      permissions[name] = level;
    }
    const repositoryIds = chosenRepositories(state, installation, request);
    if (repositoryIds === 'unknown') {
      return {
        status: 422,
        message:
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
      };
    }
    const expiresAt = Math.floor(deps.now() / 1000) * 1000 + LIFETIME_MS;
    const made: InstallationToken = {
      token: request.stateless ? stateless(state.app.id, installationId, expiresAt) : classic(),
      installationId,
      expiresAt,
      permissions,
      ...(repositoryIds === undefined ? {} : { repositoryIds }),
    };
    for (const [token, { expiresAt: end }] of tokens) {
      if (end + KEPT_MS <= deps.now()) tokens.delete(token);
    }
    tokens.set(made.token, made);
    return made;
  }

  function authenticateToken(state: GitHubState, token: string): Credential | Refusal {
    const known = tokens.get(token);
    const installation = known && state.installations.get(known.installationId);
    if (known === undefined || installation === undefined || known.expiresAt <= deps.now()) {
      return { status: 401, message: 'Bad credentials' };
    }
    if (installation.suspendedAt !== undefined) {
      return { status: 403, message: 'This installation has been suspended' };
    }
    return { kind: 'installation', installation, token: known };
  }

  function authenticateUser(state: GitHubState, token: string): Credential | Refusal {
    const user = state.users.get(users.userOf(token) ?? 0);
    if (user === undefined) return { status: 401, message: 'Bad credentials' };
    if (user.suspended) return { status: 403, message: 'Sorry. Your account was suspended.' };
    return { kind: 'user', user };
  }

  function authenticate(state: GitHubState, authorization: string | undefined): Credential | Refusal {
    if (authorization === undefined) return { kind: 'anonymous' };
    const [, scheme = '', credential = ''] = /^(\S+)\s+(\S+)$/.exec(authorization) ?? [];
    const { clientId, clientSecret } = state.app;
    const client = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    if (/^basic$/i.test(scheme) && credential === client) return { kind: 'client' };
    if (!/^(bearer|token)$/i.test(scheme)) return { status: 401, message: 'Bad credentials' };
    if (credential.startsWith('ghu_')) return authenticateUser(state, credential);
    if (!looksLikeJwt(credential)) return authenticateToken(state, credential);
    return refuseAppJwt(credential, state.app, deps.now()) ?? { kind: 'app' };
  }

  function authorizeGit(
    state: GitHubState,
    authorization: string | undefined,
    repositoryId: number,
  ): GitRight {
    const repository = state.repositories.get(repositoryId);
    const open = repository?.visibility === 'public' ? 'read' : 'none';
    if (authorization === undefined) return open;
    const basic = /^basic\s+(\S+)$/i.exec(authorization)?.[1];
    const password = Buffer.from(basic ?? '', 'base64')
      .toString('utf8')
      .split(':')
      .slice(1)
      .join(':');
    const credential = authenticateToken(state, password);
    if (!('kind' in credential) || credential.kind !== 'installation') return 'bad-credential';
    const viewer = viewerOf(credential);
    if (repository === undefined || !viewer.inside(repository)) return open;
    if (viewer.may('contents', 'write')) return 'write';
    return viewer.may('contents') ? 'read' : open;
  }

  return { issue, authenticate, authorizeGit, revoke: (token) => void tokens.delete(token), users };
}
