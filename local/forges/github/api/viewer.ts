import type { Installation, Repository, User } from '../state.ts';

const LEVELS: readonly string[] = ['read', 'write', 'admin'];

export type Level = 'read' | 'write' | 'admin';
export type Permissions = Readonly<Record<string, Level>>;

/** A token of one installation. */
export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly permissions: Permissions;
  /** Present if the token was limited to some repositories. */
  readonly repositoryIds?: ReadonlySet<number>;
}

/** Whom a request authenticates as. */
export type Credential =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app' }
  /** Client id and secret. */
  | { readonly kind: 'client' }
  /** A person's token. */
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'installation'; readonly installation: Installation; readonly token: InstallationToken };

/** Whether a permission's level includes another. */
export function covers(held: string | undefined, needed: Level): boolean {
  return held !== undefined && LEVELS.indexOf(held) >= LEVELS.indexOf(needed);
}

/** What a request may see and do. */
export interface Viewer {
  readonly credential: Credential;
  readonly installation: Installation | undefined;
  /** Whether both the token and the installation have the app's permission at this level now. */
  may(permission: string, level?: Level): boolean;
  /** Whether the token covers the repository. */
  inside(repository: Repository): boolean;
  /** Whether the request may see that the repository exists. */
  sees(repository: Repository): boolean;
}

/** Derives what a credential may see; public repositories are visible to all. */
export function viewerOf(credential: Credential): Viewer {
  if (credential.kind !== 'installation') {
    return {
      credential,
      installation: undefined,
      may: () => false,
      inside: () => false,
      sees: (repository) => repository.visibility === 'public',
    };
  }
  const { installation, token } = credential;
  const inside = (repository: Repository) =>
    repository.organizationId === installation.organizationId &&
    (installation.repositorySelection === 'all' || installation.repositoryIds.has(repository.id)) &&
    (token.repositoryIds === undefined || token.repositoryIds.has(repository.id));
  return {
    credential,
    installation,
    may: (permission, level = 'read') =>
      permission === 'metadata'
        ? level === 'read'
        : covers(token.permissions[permission], level) && covers(installation.permissions[permission], level),
    inside,
    sees: (repository) => repository.visibility === 'public' || inside(repository),
  };
}
