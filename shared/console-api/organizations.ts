/** What the API says of organizations and their keys. */
import { z } from 'zod';
import { apiKeyScopes } from '../domain/api-key.ts';
import { Line, Role, Time } from './common.ts';
import { AccessToken, ContentsToken, connectionNotes, IntegrationKey } from './forges.ts';
import { DelegatedRight } from './people.ts';

export const Organization = z
  .object({
    slug: z.string(),
    name: z.string(),
    role: Role.meta({ description: 'What you are there.' }),
    accessStoppedAt: Time.optional().meta({ description: 'Since when every token of it is refused.' }),
  })
  .meta({ id: 'Organization' });

export const OwnOrganization = Organization.extend({
  url: z
    .string()
    .meta({ description: 'Of the repository, for Composer.', example: 'https://repo.example.com/acme' }),
  rights: z
    .array(
      z.object({
        right: DelegatedRight,
        teams: z.array(z.string()).meta({ description: 'Ids of the teams that the right comes from.' }),
      }),
    )
    .meta({
      description:
        'What else you may do, without the role for it, by rights that owners left to teams of yours. Owners may do everything, so it is empty for them.',
    }),
}).meta({ id: 'OwnOrganization' });

const FirstRepositories = z
  .union([z.enum(['all', 'later']), z.array(Line(300)).max(1000)])
  .default('later')
  .meta({
    description:
      'Which of the repositories that are there become packages: all, those that are named, or none for now.',
  });

/** A forge organization that whoever asks owns: the code host is asked, and nothing here is believed. */
export const ForgeChoice = z
  .strictObject({
    integration: IntegrationKey,
    organization: z
      .string()
      .regex(/^[A-Za-z0-9{}_-]{1,100}$/, 'is no id')
      .meta({ description: "The code host's own id, as GET /me/forge-organizations has it." }),
    accessToken: AccessToken.optional(),
    contentsToken: ContentsToken.optional(),
    repositories: FirstRepositories,
  })
  .meta({ id: 'ForgeChoice' });

const Vendor = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:[_.-][a-z0-9]+)*$/, 'is no vendor name');

export const OwnedVendors = z
  .array(Vendor)
  .max(1000)
  .meta({ description: 'Packages of these vendors may appear without a decision of an owner.' });

export const NewOrganization = z
  .strictObject({
    slug: z.string().min(1).max(40).meta({
      description: 'Part of every address of its packages. Never changes, and is never used again.',
      example: 'acme',
    }),
    name: Line(200).optional().meta({ description: 'For people; by default the name on the code host.' }),
    ownedVendors: OwnedVendors.default([]),
    from: ForgeChoice.optional().meta({ description: 'Left out: an empty organization, which you own.' }),
  })
  .meta({ id: 'NewOrganization' });

/** What gave this installation access, for whoever runs it. */
const InstallationChoice = z
  .strictObject({
    installation: z
      .string()
      .regex(/^[A-Za-z0-9{}_-]{1,100}$/, 'is no id')
      .meta({ description: "The code host's own id, as GET /installation/status has it." }),
    forge: Line(50).optional().meta({ description: 'Needed only if several code hosts are configured.' }),
    baseUrl: Line(500)
      .optional()
      .meta({ description: 'Address of the code host. Needed only if several are configured.' }),
    repositories: FirstRepositories,
  })
  .meta({ id: 'InstallationChoice' });

export const NewOrganizationForOwners = NewOrganization.extend({
  from: z.union([ForgeChoice, InstallationChoice]).optional(),
}).meta({ id: 'NewOrganizationForOwners' });

export const CreatedOrganization = z
  .object({
    slug: z.string(),
    synchronization: z.string().optional().meta({ description: 'Its id; missing where there is none.' }),
    ...connectionNotes,
  })
  .meta({ id: 'CreatedOrganization' });

export const OrganizationDeletion = z
  .strictObject({
    confirm: Line(40)
      .optional()
      .meta({ description: 'The slug; without it the answer says what would be deleted.' }),
    why: Line(500).meta({ description: 'For the history.' }),
  })
  .meta({ id: 'OrganizationDeletion' });

export const DeletedOrganization = z
  .object({
    done: z.boolean(),
    slug: z.string(),
    synchronizations: z.array(z.string()),
    packages: z.int(),
    versions: z.int(),
    tokens: z.int(),
  })
  .meta({ id: 'DeletedOrganization' });

const Scope = z.enum(apiKeyScopes).meta({
  description:
    '`read`: everything but people, what they did, and secrets; `members`: people, teams and the history, too.',
});

export const ApiKey = z
  .object({
    id: z.string(),
    description: z.string(),
    scopes: z.array(Scope),
    madeBy: z.string(),
    createdAt: Time,
    expiresAt: Time.optional().meta({ description: 'Missing: never.' }),
    lastUsedAt: Time.optional().meta({ description: 'To about ten minutes.' }),
  })
  .meta({ id: 'ApiKey', description: "A machine's key for this API." });

export const NewApiKey = z
  .strictObject({
    description: Line(100),
    scopes: z.array(Scope).min(1).max(apiKeyScopes.length),
    expiresAt: Time.nullable().optional().meta({ description: 'null: never. In 90 days if left out.' }),
  })
  .meta({ id: 'NewApiKey' });

export const CreatedApiKey = ApiKey.extend({
  secret: z.string().meta({ description: 'Shown this once.' }),
}).meta({ id: 'CreatedApiKey' });
