import type { ApiScope, Scope } from './scopes.ts';
import type {
  AccessToken,
  Account,
  ApiToken,
  BitbucketState,
  Project,
  Repository,
  Workspace,
} from './state.ts';

export interface TokenDeps {
  readonly state: BitbucketState;
  /** Milliseconds. */
  now(): number;
  random(bytes: number): Uint8Array;
}

/** https://support.atlassian.com/bitbucket-cloud/docs/create-an-api-token/: at most a year. */
const mostDays = 365;
const dayMs = 24 * 60 * 60 * 1000;

const secret = ({ random }: TokenDeps, prefix: string): string =>
  `${prefix}${Buffer.from(random(120)).toString('base64url')}`;

export function createApiToken(
  deps: TokenDeps,
  account: Account,
  wanted: {
    readonly name: string;
    readonly scopes: readonly ApiScope[];
    readonly expiresAt?: string | undefined;
  },
): ApiToken {
  const { state, now } = deps;
  const last = new Date(now() + mostDays * dayMs).toISOString();
  const token: ApiToken = {
    ...{ id: state.nextId++, account: account.uuid, name: wanted.name, value: secret(deps, 'ATATT3x') },
    ...{ scopes: wanted.scopes, expiresAt: wanted.expiresAt ?? last, revoked: false },
  };
  state.apiTokens.set(token.id, token);
  return token;
}

/** Which scopes access tokens may have: https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/ */
const allowed: Readonly<Record<AccessToken['kind'], readonly Scope[]>> = {
  repository: ['repository', 'repository:write', 'repository:admin', 'webhook'],
  project: ['project', 'repository', 'repository:write', 'repository:admin', 'webhook'],
  workspace: [
    ...(['account', 'project', 'project:admin', 'repository', 'repository:write'] as const),
    ...(['repository:admin', 'webhook'] as const),
  ],
};

/** The scopes that a token of this kind cannot have. */
export const unavailableScopes = (kind: AccessToken['kind'], scopes: readonly Scope[]): readonly Scope[] =>
  scopes.filter((scope) => !allowed[kind].includes(scope));

export function createAccessToken(
  deps: TokenDeps,
  kind: AccessToken['kind'],
  holder: Repository | Project | Workspace,
  wanted: {
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly expiresAt?: string | undefined;
  },
): AccessToken {
  const { state } = deps;
  const token: AccessToken = {
    ...{ id: state.nextId++, kind, holder: holder.uuid, name: wanted.name, value: secret(deps, 'ATCTT3x') },
    ...{ scopes: wanted.scopes, revoked: false },
    ...(wanted.expiresAt !== undefined && { expiresAt: wanted.expiresAt }),
  };
  state.accessTokens.set(token.id, token);
  return token;
}
