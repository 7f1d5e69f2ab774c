/** What the API says of the state of an organization, and of the whole installation. */
import { z } from 'zod';
import { Time } from './common.ts';
import { HistoryEntry } from './history.ts';
import { HeldRemovals, ScopeState } from './runs.ts';
import { OlderVersions } from './synchronizations.ts';
import { HooksState } from './webhooks.ts';

const StoredArchives = z.object({
  stored: z.int(),
  wanted: z.int(),
  unavailable: z.int().meta({
    description: 'The code host did not give them, or they are too large; tried again each day.',
  }),
  packagesLeft: z.int().meta({ description: 'Packages whose archives were not counted yet.' }),
});

const SynchronizationState = z
  .object({
    id: z.string(),
    forge: z.string(),
    isUnknownForge: z.boolean().meta({ description: 'This release cannot read that code host.' }),
    login: z.string(),
    installation: z.string().optional().meta({ description: 'Of the App, where it is read with one.' }),
    credentialState: z.string(),
    credentialStateSince: Time.optional(),
    rightsAsOf: Time.optional().meta({
      description: 'When the list that was read longest ago was read; missing while one never was.',
    }),
    rightsSuspendedSince: Time.optional(),
    caution: z.object({ heldShare: z.number(), heldAbove: z.number(), suspendAfterDays: z.number() }),
    scopes: z.record(z.string(), ScopeState).meta({ description: 'By the name of the list.' }),
    parts: z.record(z.string(), ScopeState).meta({ description: 'Those that are pending or failed.' }),
    hooks: HooksState.optional().meta({ description: 'Where webhooks are installed for it.' }),
    older: OlderVersions.optional(),
    archives: StoredArchives.optional().meta({
      description:
        'Of stable versions, which are stored before anybody asks for them; missing where an owner switched that off.',
    }),
    heldRemovals: z.array(HeldRemovals.omit({ differences: true })),
    scanFailures: z.array(
      z.object({ repository: z.string(), at: Time, code: z.string(), message: z.string() }),
    ),
  })
  .meta({ id: 'SynchronizationState' });

const WaitingPackage = z.object({
  name: z.string(),
  repository: z.string(),
  directory: z.string(),
  reason: z.string(),
  holder: z.string().optional().meta({ description: 'The repository that has the name.' }),
  why: z.string().optional().meta({ description: 'Why it has it.' }),
});

const PackageState = z.object({
  number: z.number(),
  name: z.string(),
  state: z.string(),
  versions: z.number(),
  repository: z.string(),
  archived: z.boolean(),
  outsideCode: z
    .object({ published: z.number(), forbidden: z.number(), hosts: z.array(z.string()) })
    .optional(),
});

const TokenState = z.object({
  id: z.string(),
  kind: z.string(),
  principal: z.string(),
  holder: z.string().optional().meta({ description: 'Login, team or slug, for display.' }),
  description: z.string().optional(),
  state: z.string(),
  created: Time.optional(),
  expires: Time.optional(),
});

const DeletionState = z.object({
  kind: z.string(),
  name: z.string(),
  since: Time,
  keptUntil: Time.optional(),
  step: z.string(),
  objects: z.number(),
  records: z.number(),
});

const RefusedCommit = z.object({
  commit: z.string(),
  by: z.string(),
  why: z.string(),
  at: Time,
  isRemoved: z.boolean().meta({ description: 'Its archives are removed.' }),
});

export const OrganizationStatus = z
  .object({
    slug: z.string(),
    name: z.string(),
    url: z.string().meta({ description: 'What Composer is given.' }),
    rewriting: z.object({ left: z.number(), of: z.number() }).optional().meta({
      description:
        "While packages and root files are written again because the registry's address or, with an upgrade, their layout changed: how many still have another.",
    }),
    ownedVendors: z.array(z.string()),
    accessStoppedSince: Time.optional(),
    publishing: z.object({ source: z.boolean(), outsideCode: z.boolean() }),
    counts: z.object({
      members: z.number(),
      teams: z.number(),
      repositories: z.number(),
      packages: z.record(z.string(), z.number()).meta({ description: 'By state.' }),
      versions: z.number(),
    }),
    pending: z
      .record(z.string(), z.number())
      .meta({ description: 'Work that is not done yet, by kind, and `total`.' }),
    synchronizations: z.array(SynchronizationState),
    waiting: z.array(WaitingPackage).meta({ description: 'Package names that need a decision.' }),
    proposedVendors: z.array(z.string()),
    packages: z.array(PackageState),
    repositoriesWithoutPackage: z.array(z.string()),
    leftOut: z
      .array(z.object({ repository: z.string(), ref: z.string(), reason: z.string() }))
      .meta({ description: 'Branches and tags that give no version, at most 1,000.' }),
    moreLeftOut: z.array(z.object({ repository: z.string(), count: z.number(), shown: z.number() })),
    notices: z.array(z.object({ repository: z.string(), version: z.string(), notice: z.string() })),
    tokens: z.array(TokenState),
    deletions: z.array(DeletionState),
    refusedCommits: z.array(RefusedCommit),
    auditLog: z.array(HistoryEntry.omit({ id: true })).meta({ description: 'The latest 20.' }),
  })
  .meta({ id: 'OrganizationStatus' });
export type OrganizationStatus = z.infer<typeof OrganizationStatus>;

export const FormerOrganization = z
  .object({ slug: z.string(), detail: z.string().meta({ description: 'How far its data is removed.' }) })
  .meta({ id: 'FormerOrganization' });

export const InstallationStatus = z
  .object({
    organizations: z.array(z.object({ slug: z.string(), name: z.string() })),
    unclaimedInstallations: z
      .array(
        z.object({
          installation: z.string(),
          forge: z.string(),
          baseUrl: z.string().optional(),
          login: z.string(),
          status: z.string(),
        }),
      )
      .meta({ description: 'Installations of the App that no organization is connected to.' }),
  })
  .meta({ id: 'InstallationStatus' });
