import type { Installation, Repository } from '../state.ts';

const LEVELS: readonly string[] = ['read', 'write', 'admin'];

export type Level = 'read' | 'write' | 'admin';
export type Permissions = Readonly<Record<string, Level>>;

/** A token that speaks for one installation. */
export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly permissions: Permissions;
  /** Present if the token was asked for some repositories only. */
  readonly repositoryIds?: ReadonlySet<number>;
}

/** Whom a request speaks for. */
export type Credential =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app' }
  | { readonly kind: 'installation'; readonly installation: Installation; readonly token: InstallationToken };

/** Whether a level suffices for another. */
export function covers(held: string | undefined, needed: Level): boolean {
  return held !== undefined && LEVELS.indexOf(held) >= LEVELS.indexOf(needed);
}

/** What a request may see and do. */
export interface Viewer {
  readonly credential: Credential;
  readonly installation: Installation | undefined;
  /** Whether the app's permission (as both the token and the installation hold it now) reaches the level. */
  may(permission: string, level?: Level): boolean;
  /** Whether the repository is one that the token was made for. */
  inside(repository: Repository): boolean;
  /** Whether the repository exists for this request at all. */
  sees(repository: Repository): boolean;
}

/** Derives what a credential may see; public repositories are for all. */
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
