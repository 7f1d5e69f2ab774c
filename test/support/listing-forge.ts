/** A forge that lists who may read which repository, as Bitbucket does; without teams and roles, and with its own lag. */
import type { ForgeTraits } from '../../shared/domain/forge-traits.ts';
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../shared/domain/ids.ts';
import { gitHub } from '../../shared/forge/github/module.ts';
import type { ForgeModule } from '../../shared/forge/module.ts';
import { modules } from '../../shared/forge/modules.ts';

export const listingTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member'] },
    { name: 'repositories', kinds: ['repository'] },
    {
      ...{ name: 'permissions', kinds: ['collaborator'] },
      ...{ after: ['members', 'repositories'], everyMs: 3600_000 },
    },
  ],
  lagMs: 600_000,
  deliveriesKeptMs: 0,
  budgets: ['rights'],
} as const satisfies ForgeTraits;

/** Properties of a synchronization with this forge. */
export const listingLink = {
  forge: 'listing',
  baseUrl: 'https://listing.example',
  forgeOrganization: asId<ForgeOrganizationId>(900),
  connection: { kind: 'access-token', id: asId<ConnectionId>('c1') },
} as const;

/** Registers it with the forges of this process. */
export function addListingForge(): void {
  (modules as ForgeModule[]).push({ ...gitHub, id: listingLink.forge, traits: listingTraits } as ForgeModule);
}
