/** The commands about tokens and keys, as requests to the API. */
import { z } from 'zod';
import { type ApiCommand, command, inOrganization } from './api-command.ts';

const Made = z.object({
  id: z.string(),
  secret: z.string(),
  /** Missing for a person and a key that may not read people. */
  principal: z.string().optional(),
  expiresAt: z.string().optional(),
  url: z.string(),
});

/** By the name of the command. */
export const apiTokenCommands: Readonly<Record<string, ApiCommand>> = {
  'issue-token': command(
    z.object({
      organization: z.string(),
      for: z.looseObject({}),
      description: z.string().optional(),
      /** Null: never. */
      expiresAt: z.string().nullable().optional(),
    }),
    async (api, { organization, ...body }) => {
      const made = Made.parse(
        await inOrganization(api, organization, { method: 'POST', path: '/tokens', body }),
      );
      const { id, secret, principal, expiresAt, url } = made;
      return { id, token: secret, principal, expiresAt, user: 'token', url };
    },
  ),
  'create-api-key': command(
    z.object({
      organization: z.string(),
      scopes: z.array(z.string()),
      description: z.string(),
      expiresAt: z.string().nullable().optional(),
    }),
    (api, { organization, ...body }) =>
      inOrganization(api, organization, { method: 'POST', path: '/api-keys', body }),
  ),
  'list-api-keys': command(z.object({ organization: z.string() }), (api, { organization }) =>
    inOrganization(api, organization, { path: '/api-keys' }),
  ),
  'revoke-api-key': command(
    z.object({ organization: z.string(), id: z.string() }),
    async (api, { organization, id }) => {
      const path = `/api-keys/${encodeURIComponent(id)}`;
      await inOrganization(api, organization, { method: 'DELETE', path });
      return { id, state: 'revoked' };
    },
  ),
  'revoke-token': command(
    z.object({ organization: z.string(), id: z.string() }),
    async (api, { organization, id }) => {
      const path = `/tokens/${encodeURIComponent(id)}`;
      await inOrganization(api, organization, { method: 'DELETE', path });
      return { id, state: 'revoked' };
    },
  ),
};
