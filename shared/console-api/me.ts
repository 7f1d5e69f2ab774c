/** What the API says of whoever is signed in. */
import { z } from 'zod';
import { Role, Time } from './common.ts';
import { HostName } from './forges.ts';

export const Account = z
  .strictObject({
    forge: z.string().min(1).max(40).meta({ description: 'The kind of code host.' }),
    baseUrl: z.string().min(1).max(300).meta({ description: 'Its address, without a slash at its end.' }),
    account: z
      .string()
      .regex(/^[A-Za-z0-9{}_-]{1,100}$/, 'is no id')
      .meta({ description: "The code host's own id, which never changes." }),
  })
  .meta({ id: 'Account', description: 'An account on a code host, linked to a user.' });

const LinkedAccount = Account.extend({
  login: z.string().optional().meta({ description: 'As the code host last said; for people.' }),
  name: HostName.meta({ description: 'Of the code host, for people.' }),
  lastSignInAt: Time.optional(),
}).meta({ id: 'LinkedAccount' });

export const Me = z
  .object({
    id: z.string(),
    login: z.string().meta({ description: 'Of the account that you signed in with last.' }),
    name: z.string().optional(),
    avatarUrl: z.string().optional(),
    accounts: z.array(LinkedAccount),
    organizations: z.array(z.object({ slug: z.string(), name: z.string(), role: Role })),
    isAdministrator: z.boolean().meta({ description: 'Of the installation.' }),
    authenticatedAt: Time.meta({ description: 'When you last proved at a code host who you are.' }),
    freshForSeconds: z.int().min(0).meta({
      description: 'For so long from now on dangerous operations do not ask you to prove it again.',
    }),
  })
  .meta({ id: 'Me', description: 'Whoever is signed in.' });

export const Session = z
  .object({
    id: z.string(),
    isCurrent: z.boolean().meta({ description: 'It is the one that asks.' }),
    startedAt: Time,
    lastUsedAt: Time,
    endsAt: Time.meta({ description: 'If it is not used again.' }),
    address: z.string().meta({ description: 'Where it was used last.' }),
    userAgent: z.string(),
    program: z.string().meta({
      description: 'The browser and the system, as the user agent says, for people.',
      example: 'Firefox on Linux',
    }),
  })
  .meta({ id: 'Session', description: 'A sign-in in one browser.' });
