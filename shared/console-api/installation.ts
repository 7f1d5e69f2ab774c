/** Settings of the whole installation. */
import { z } from 'zod';
import { Id } from './common.ts';
import { Account } from './me.ts';

const settings = {
  signIn: z.enum(['members', 'allow-list', 'anyone']).meta({
    description:
      'Who may sign in: `members`: who belongs to an organization here, by a code host or by hand, and accounts of the list; `allow-list`: accounts of the list alone; or `anyone`.',
  }),
  allowList: z.array(Account).max(1000),
  administrators: z.array(Id).min(1).max(100).meta({ description: 'Ids of users.' }),
  organizationMakers: z
    .enum(['anyone', 'administrators'])
    .meta({ description: 'Who may make organizations, of those who may sign in.' }),
  organizationsPerPerson: z.int().min(0).max(1000).meta({
    description: 'How many one person may make, deleted ones included. Administrators may make any number.',
  }),
};

export const InstallationSettings = z
  .object({
    ...settings,
    administrators: z.array(z.string()),
    people: z
      .array(z.object({ id: z.string(), login: z.string(), name: z.string().optional() }))
      .meta({ description: 'Who the administrators are.' }),
  })
  .meta({ id: 'InstallationSettings' });

export const InstallationSettingsChange = z
  .strictObject(settings)
  .partial()
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'has to change something')
  .meta({ id: 'InstallationSettingsChange', description: 'What is left out stays as it is.' });
