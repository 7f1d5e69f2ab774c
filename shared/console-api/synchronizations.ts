/** The links between an organization and organizations on code hosts. */
import { z } from 'zod';
import { Line, Time } from './common.ts';

const caution = {
  heldShare: z.number().min(0).max(0.5).meta({
    description: 'Removals of more than this share of a list wait for an owner, …',
  }),
  heldAbove: z.int().min(0).max(1000).meta({ description: '… if they are more than this number.' }),
  suspendAfterDays: z
    .int()
    .min(1)
    .max(90)
    .meta({ description: 'After so many days without a whole read people and teams read nothing.' }),
};

export const Caution = z.object(caution).meta({ id: 'Caution' });
export const CautionChange = z
  .strictObject(caution)
  .partial()
  .meta({ id: 'CautionChange', description: 'What is left out stays as it is.' });

/** Of a code host that gives only so many files an hour. */
export const OlderVersions = z
  .object({
    unread: z.int().meta({ description: 'How many versions are to be read yet.' }),
    until: Time.meta({ description: 'When that is likely over.' }),
  })
  .meta({
    description: 'What follows the newest versions, where the code host gives only so many files an hour.',
  });

export const Synchronization = z
  .object({
    id: z.string(),
    forge: z.string(),
    baseUrl: z.string(),
    login: z.string().meta({ description: 'Of the organization on the code host, when it was connected.' }),
    isPrimary: z.boolean().meta({ description: 'Its owners are the owners here.' }),
    createdAt: Time,
    state: z
      .enum(['importing', 'working', 'credential-problem', 'suspended'])
      .meta({ description: '`suspended`: people and teams read nothing until it was read whole again.' }),
    importProgress: z
      .object({
        repositories: z.int().optional().meta({
          description: 'How many the first read found; missing until their list was read to its end.',
        }),
        scanned: z.int().meta({ description: 'How many of them were scanned.' }),
        older: OlderVersions.optional(),
      })
      .optional()
      .meta({ description: 'While it is read and scanned for the first time.' }),
    credentialState: z.string(),
    rightsAsOf: Time.optional().meta({
      description: 'Rights are as they were there then; missing: never read whole.',
    }),
    rightsSuspendedAt: Time.optional(),
    repositories: z.enum(['all', 'some']).meta({ description: 'Which of the first ones became packages.' }),
    caution: Caution,
    storesArchives: z.boolean().meta({
      description: 'Whether archives of stable versions are stored before anybody asks for them.',
    }),
    viewersInstall: z.boolean().optional().meta({
      description:
        'Whether people who may view code there, but not download it, install packages; missing where the code host has no such roles.',
    }),
  })
  .meta({ id: 'Synchronization' });

export const SynchronizationEnd = z
  .strictObject({
    packages: z.enum(['keep', 'delete']),
    members: z.enum(['keep', 'remove']).default('remove').meta({
      description:
        'After the last synchronization: whether members stay, by hand. They read nothing by a right on the code host any more.',
    }),
    confirm: Line(100)
      .optional()
      .meta({ description: 'The login; without it the answer says what would be done.' }),
    why: Line(500),
  })
  .meta({ id: 'SynchronizationEnd' });

export const EndedSynchronization = z
  .object({
    done: z.boolean(),
    login: z.string(),
    packages: z.array(z.string()).meta({ description: 'That are deleted with it.' }),
    teamTokens: z.int().meta({ description: 'Tokens of its teams, which end.' }),
    owners: z.array(z.string()).meta({ description: 'Who owns the organization by hand afterwards.' }),
    endingOwners: z.array(z.string()).meta({
      description:
        'Who owns the organization until then, and not afterwards. Only the operator may end the primary of several.',
    }),
    members: z.int().meta({ description: 'How many stay members by hand.' }),
  })
  .meta({ id: 'EndedSynchronization' });
