/** Code hosts, and the organizations that a person owns there. */
import { z } from 'zod';
import { Line, Time } from './common.ts';

/** Names an integration in addresses. */
export const IntegrationKey = z
  .string()
  .regex(/^[\w.:~-]{1,300}$/, 'is no key of an integration')
  .meta({ description: 'The code host and its address.', example: 'gitea~git.example.com' });

export const HostName = z.string().meta({
  description:
    'For people: what the code host is called, with its host name where there may be several of its kind.',
});

const publicIntegration = {
  key: IntegrationKey,
  forge: z.string().meta({ description: 'The kind of code host.' }),
  baseUrl: z.string(),
  name: HostName,
  isSignInOffered: z.boolean().meta({ description: 'People can sign in with their accounts there.' }),
  installUrl: z.string().optional().meta({
    description: 'Where an owner gives access to an organization, if the code host has such a page.',
  }),
  connectsWith: z.array(z.enum(['app', 'grant', 'token', 'contents-token'])).meta({
    description:
      'What its organizations are read with: an App that an owner installs, what an owner grants at /sign-in, or an access token that an owner enters. `contents-token`: another one may read the contents of repositories beside any of these.',
  }),
  tokenForm: z.string().optional().meta({
    description: 'What an owner enters as an access token, if that is more than the token.',
  }),
};

export const Integration = z
  .object(publicIntegration)
  .meta({ id: 'Integration', description: 'A code host that this installation knows.' });

export const InstallationIntegrations = z
  .object({
    items: z.array(Integration),
    problems: z.array(
      z.object({
        entry: z.int().optional().meta({ description: 'Its place in the list, from 1.' }),
        forge: z.string().optional(),
        baseUrl: z.string().optional(),
        problem: z.string(),
      }),
    ),
  })
  .meta({
    id: 'InstallationIntegrations',
    description: "Code hosts, and what is wrong with the operator's secret. Nothing of it is secret.",
  });

export const ForgeOrganization = z
  .object({
    id: z.string().meta({ description: "The code host's own id." }),
    login: z.string(),
    name: z.string(),
    kind: z.enum(['organization', 'personal']),
    state: z
      .enum(['ready', 'connected', 'needs-access', 'personal-account'])
      .meta({ description: '`ready`: it can be connected now.' }),
    note: z.string().optional().meta({ description: 'Why it cannot be connected, and what to do.' }),
    installUrl: z.string().optional().meta({ description: 'Where to give access to it.' }),
    organization: z
      .string()
      .optional()
      .meta({ description: 'The slug that it is connected to, if you belong there.' }),
  })
  .meta({ id: 'ForgeOrganization', description: 'An organization that you own on a code host.' });

export const AccessToken = z
  .string()
  .max(16_000)
  .regex(/^[\x21-\x7e]+$/, 'is no access token')
  .meta({
    description:
      'An access token of the code host to read the organization with, which is stored encrypted and never shown. Without it what you granted is used, or the App. 422 says what it lacks.',
  });

/** What is to be known of a connection that works. */
export const connectionNotes = {
  scopes: z.array(z.string()).meta({
    description:
      'The scopes of an entered token, or of what an owner granted, as the code host names them; none where it does not, or of an App.',
  }),
  limits: z.array(z.string()).meta({
    description: 'What the connection cannot do, a sentence each; with none it can do everything.',
  }),
  unneeded: z.array(z.string()).meta({
    description: 'What its access token may do that is not needed here, a sentence each.',
  }),
};
export const ConnectionNotes = z.object(connectionNotes);

/** A second token, which reads contents alone. */
export const ContentsToken = AccessToken.meta({
  description:
    'For a code host whose tokens differ in what they may do: another access token, which reads the contents of repositories. Stored and checked as `accessToken`; where it reads nothing, or is rejected, contents are read with the other one.',
});

export const NewConnection = z
  .strictObject({ accessToken: AccessToken.optional(), contentsToken: ContentsToken.optional() })
  .meta({ id: 'NewConnection' });

const connection = {
  kind: z.enum(['app-installation', 'oauth-grant', 'access-token']),
  installation: z.string().optional().meta({ description: "The App installation's id." }),
  state: z.string().meta({ description: '`working`, or what the code host said.' }),
  stateSince: Time.optional(),
  scope: z.string().optional().meta({ description: 'The list whose read showed that state.' }),
  checkedAt: Time.optional().meta({ description: 'When it last read something whole.' }),
  expiresAt: Time.optional().meta({
    description:
      'When it ends unless an owner replaces it; missing where it does not end, or is renewed by itself.',
  }),
  contents: z
    .object({ state: z.enum(['working', 'credential-rejected']), stateSince: Time.optional() })
    .optional()
    .meta({ description: 'Of the token that contents are read with, if that is another one.' }),
  advice: z.string().optional().meta({
    description: 'What an owner has to do, from a week before it ends, or where it does not work.',
  }),
};

export const Connection = z
  .object({
    ...connection,
    ...connectionNotes,
    forge: z.string(),
    baseUrl: z.string(),
    usedBy: z.object({ synchronization: z.string(), login: z.string() }),
  })
  .meta({
    id: 'Connection',
    description: 'What a synchronization reads its code host with. Never the secret.',
  });

export const NewRegistration = z
  .strictObject({
    forge: z.string().min(1).max(40),
    baseUrl: z.url().max(300).meta({ description: 'Of the code host.' }),
    registryName: Line(100).meta({ description: 'People see it when they sign in.' }),
    organization: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'is no login')
      .optional()
      .meta({ description: 'The organization that is to own it; your own account without it.' }),
    isPublic: z.boolean().optional().meta({
      description: 'Whether it can be installed on other accounts than the one that owns it; default false.',
    }),
  })
  .meta({ id: 'NewRegistration' });

export const RegistrationForm = z
  .object({
    action: z.string().meta({ description: 'Where to POST the fields, from your browser.' }),
    fields: z.record(z.string(), z.string()),
  })
  .meta({ id: 'RegistrationForm' });

export const NewIntegration = z
  .strictObject({
    forge: z.string().min(1).max(40),
    baseUrl: z
      .url()
      .max(300)
      .meta({ description: 'Of the code host, with its relative root if it has one.' }),
    apiUrl: z
      .url()
      .max(300)
      .optional()
      .meta({ description: 'Of its API, for a code host whose API is at an address of its own.' }),
    clientId: Line(300).min(1),
    clientSecret: z
      .string()
      .max(1000)
      .regex(/^[\x21-\x7e]+$/, 'is no secret of a client')
      .meta({ description: 'Stored in the secret of the integrations, and never shown.' }),
  })
  .meta({ id: 'NewIntegration' });

const opaque = z.string().regex(/^[\w-]{1,200}$/, 'is not what the code host sent');

export const RegistrationAnswer = z
  .strictObject({ code: opaque, state: opaque })
  .meta({ id: 'RegistrationAnswer' });
