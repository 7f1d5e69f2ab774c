/** What owners of an organization set. */
import { z } from 'zod';
import { Line } from './common.ts';
import { OwnedVendors } from './organizations.ts';

const days = z.int().min(1).max(3650);
const pattern = Line(200).meta({ description: 'A name; `*` stands for any text.', example: 'dependabot/*' });

const settings = {
  name: Line(200).meta({ description: 'The name that people see.' }),
  ownedVendors: OwnedVendors,
  newMembers: z.enum(['active', 'waiting']).meta({
    description:
      '`waiting`: people who appear on the code host from then on read nothing until an owner activates them. Whoever is there already does not wait, nor do owners.',
  }),
  newRepositories: z
    .enum(['automatic', 'by-hand'])
    .meta({ description: 'Whether repositories that appear later become packages by themselves.' }),
  branchesLeftOut: z.array(pattern).max(100).meta({
    description:
      "Branches that become no versions, but never the default branch. Counts from a repository's next scan on.",
  }),
  publishesSource: z.boolean().meta({ description: 'Metadata names where the source is.' }),
  publishesOutsideCode: z
    .boolean()
    .meta({ description: 'Versions may name archives of their own, which this registry does not keep.' }),
  usualTokenDays: days.meta({ description: 'Of tokens that are made without an expiry.' }),
};

export const OrganizationSettings = z
  .object({
    ...settings,
    longestTokenDays: days.optional().meta({
      description: 'No new token may live longer; missing: any may. For older ones see `shortenTokens`.',
    }),
  })
  .meta({ id: 'OrganizationSettings' });

export const ChangedSettings = OrganizationSettings.extend({
  scans: z.int().meta({ description: 'Requested, of repositories whose names waited for an owned vendor.' }),
}).meta({ id: 'ChangedSettings' });

export const OrganizationSettingsChange = z
  .strictObject({
    ...settings,
    longestTokenDays: days.nullable().meta({ description: 'null: no limit.' }),
  })
  .partial()
  .meta({ id: 'OrganizationSettingsChange', description: 'What is left out stays as it is.' });
