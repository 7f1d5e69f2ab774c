/** Addresses on the console's host that belong to one integration. */
import type { ForgeHost } from '../domain/synchronization.ts';

/**
 * The integration's name in addresses, one path segment: the forge and its host, such as `gitea~git.example.com:3000`. For a forge below a
 * relative URL root the segments of that path follow, joined with `~`.
 */
export function integrationKeyOf({ forge, baseUrl }: ForgeHost): string {
  const { host, pathname } = new URL(baseUrl);
  return [forge, host, ...pathname.split('/')].filter((part) => part !== '').join('~');
}

/** The forge of an integration, by its name in addresses. */
export const forgeOfKey = (key: string): string => key.split('~', 1)[0] ?? '';

export interface IntegrationAddresses {
  /** Receives the forge's deliveries. */
  readonly webhook: string;
  /** Redirect address after sign-in. */
  readonly callback: string;
  /** Redirect address after access to an organization was granted. */
  readonly installed: string;
  /** Redirect address after the integration was registered. */
  readonly registered: string;
}

/** @param consoleUrl the console's public address, without a trailing slash */
export function integrationAddresses(consoleUrl: string, host: ForgeHost): IntegrationAddresses {
  const key = integrationKeyOf(host);
  return {
    webhook: `${consoleUrl}/webhooks/${host.forge}`,
    callback: `${consoleUrl}/sign-in/callback/${key}`,
    installed: `${consoleUrl}/sign-in/installed/${key}`,
    registered: `${consoleUrl}/sign-in/registered/${key}`,
  };
}
