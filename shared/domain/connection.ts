/** What one synchronization reads its forge with. The secret part is the credential, which is kept elsewhere. */
import type { ConnectionId, InstallationId } from './ids.ts';

export type Connection =
  /** An App that the forge organization installed; it speaks with the key of the integration. */
  | { readonly kind: 'app-installation'; readonly installation: InstallationId }
  /** What an owner granted by OAuth. */
  | { readonly kind: 'oauth-grant'; readonly id: ConnectionId }
  /** A token that an owner made on the forge. */
  | { readonly kind: 'access-token'; readonly id: ConnectionId };

/** The installation of an App, where the connection is one. */
export function installationOf(connection: Connection): InstallationId | undefined {
  return connection.kind === 'app-installation' ? connection.installation : undefined;
}
