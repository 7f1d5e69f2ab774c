/** The addresses on the console's host that a forge is told for one integration. */
import type { ForgeHost } from '../domain/synchronization.ts';

/**
 * Names an integration in addresses, as one segment of a path: the forge and its host, `gitea~git.example.com:3000`. A path of the host's
 * address follows, joined with `~`, since forges may lie below one.
 */
export function integrationKeyOf({ forge, baseUrl }: ForgeHost): string {
  const { host, pathname } = new URL(baseUrl);
  return [forge, host, ...pathname.split('/')].filter((part) => part !== '').join('~');
}

export interface IntegrationAddresses {
  /** Takes the forge's deliveries. */
  readonly webhook: string;
  /** Where people come back after they signed in, … */
  readonly callback: string;
  /** … after they gave access to an organization, … */
  readonly installed: string;
  /** … and after they registered the integration itself. */
  readonly registered: string;
}

/** @param consoleUrl the public address of the console, without a slash at its end */
export function integrationAddresses(consoleUrl: string, host: ForgeHost): IntegrationAddresses {
  const key = integrationKeyOf(host);
  return {
    webhook: `${consoleUrl}/webhooks/${host.forge}`,
    callback: `${consoleUrl}/sign-in/callback/${key}`,
    installed: `${consoleUrl}/sign-in/installed/${key}`,
    registered: `${consoleUrl}/sign-in/registered/${key}`,
  };
}
