/** A forge as it is asked for one person, with the grant that the person gave at sign-in. */
import type { ForgeOrganizationId } from '../domain/ids.ts';
import type { ForgeServices, Integration } from './integration.ts';
import type { OwnedOrganization, PersonGrant, SignIn } from './sign-in.ts';

/** Methods throw as those of `SignIn`. */
export interface PersonForge {
  ownedOrganizations(grant: PersonGrant): Promise<readonly OwnedOrganization[]>;
  owns(grant: PersonGrant, organization: ForgeOrganizationId): Promise<boolean>;
  /** Where a person gives us access to an organization; undefined if the forge has no such page. Sends no request. */
  installUrl(state: string, organization?: ForgeOrganizationId): string | undefined;
  /** Ends the grant at the forge, if the forge has a way to. One that has ended already is no error. */
  revoke(grant: PersonGrant): Promise<void>;
}

/** @returns undefined where people cannot sign in with the integration */
export function personForgeOf(
  signIn: SignIn | undefined,
  integration: Integration,
  services: ForgeServices,
): PersonForge | undefined {
  if (signIn?.isOffered(integration) !== true) {
    return undefined;
  }
  return {
    ownedOrganizations: (grant) => signIn.ownedOrganizations(integration, grant, services),
    owns: (grant, organization) => signIn.owns(integration, grant, organization, services),
    installUrl: (state, organization) => signIn.installUrl?.(integration, { state, organization }),
    revoke: async (grant) => signIn.revoke?.(integration, grant, services),
  };
}
