/** Signing in, and what else a person proves at a code host. */
import { z } from 'zod';
import { Id, Time } from './common.ts';
import { HostName, IntegrationKey } from './forges.ts';

export const SignInHosts = z
  .object({
    isSetUp: z.boolean().meta({ description: 'There is an administrator. Before that nobody can sign in.' }),
    items: z.array(
      z.object({
        key: IntegrationKey,
        forge: z.string().meta({ description: 'The kind of code host.' }),
        baseUrl: z.string(),
        name: HostName,
        start: z.string().meta({
          description:
            'Where a page of the console host sends a form to sign in, with the fields `purpose`, which is `sign-in`, and `return`, a path of the host.',
        }),
      }),
    ),
  })
  .meta({ id: 'SignInHosts' });

const beginning = {
  integration: IntegrationKey,
  returnTo: z.string().max(400).meta({
    description:
      'The page that the code host’s answer ends at, exactly: `/`, `/sign-in`, `/tokens`, `/connect`, `/connect/{integration}` or `/connected/{organization}`, or a page of the console. Its query then has the `outcome`: `done`; `taken`, when another user has the account (GET /me/merge); `refused` or `failed` with a `reason`.',
    example: '/tokens',
  }),
};

export const BegunSignIn = z
  .object({
    authorizeUrl: z.string().meta({ description: 'The page of the code host that the browser has to open.' }),
  })
  .meta({
    id: 'BegunSignIn',
    description: 'The browser that asked goes there within 10 minutes; its cookies bind the answer to it.',
  });

export const NewSignIn = z.strictObject(beginning).meta({ id: 'NewSignIn' });

export const NewLink = z
  .strictObject({
    ...beginning,
    forOrganizations: z.boolean().optional().meta({
      description:
        'Whether the organizations of the account are to be listed next: what you grant is then kept for 15 minutes. Default false.',
    }),
  })
  .meta({ id: 'NewLink' });

export const ProvenMerge = z
  .object({
    user: z.string().meta({ description: 'Who becomes you.' }),
    login: z.string(),
    name: z.string().optional(),
    until: Time.meta({ description: 'When one of the two proofs is 15 minutes old.' }),
  })
  .meta({ id: 'ProvenMerge', description: 'Another user whose account you have just signed in with.' });

export const MergeOfUsers = z
  .strictObject({ user: Id.meta({ description: '`user` as GET /me/merge has shown it.' }) })
  .meta({ id: 'MergeOfUsers' });
