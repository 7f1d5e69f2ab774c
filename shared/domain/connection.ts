/** How a synchronization accesses its forge. The secret part is the credential, which is stored elsewhere. */
import type { ConnectionId, InstallationId } from './ids.ts';

export type Connection =
  /** An App that the forge organization installed; authenticated with the integration's key. */
  | { readonly kind: 'app-installation'; readonly installation: InstallationId }
  /** A grant that an owner gave by OAuth. */
  | { readonly kind: 'oauth-grant'; readonly id: ConnectionId }
  /** An access token that an owner created on the forge. */
  | { readonly kind: 'access-token'; readonly id: ConnectionId };

/** No one connection: each repository at a URL has a credential of its own, or none. */
export interface OfRepositories {
  readonly kind: 'of-repositories';
}

/** The installation of an App, if the connection is one. */
export function installationOf(connection: Connection | OfRepositories): InstallationId | undefined {
  return connection.kind === 'app-installation' ? connection.installation : undefined;
}
