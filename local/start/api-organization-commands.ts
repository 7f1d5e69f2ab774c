/** The commands about a whole organization, as requests to the API. */
import { z } from 'zod';
import { type ApiCommand, command, inOrganization, Named, pathOf } from './api-command.ts';
import { confirmable } from './api-deletion-commands.ts';

const Names = z.union([z.literal('all'), z.array(z.string())]);
const Chosen = z.object({ repositories: z.array(z.string()) });

/** By the name of the command. */
export const apiOrganizationCommands: Readonly<Record<string, ApiCommand>> = {
  'connect-organization': command(
    z.object({
      slug: z.string(),
      name: z.string().optional(),
      /** Which integration, if there are several. */
      forge: z.string().optional(),
      baseUrl: z.string().optional(),
      installation: z.coerce.string(),
      repositories: Names,
      ownedVendors: z.array(z.string()),
    }),
    (api, { slug, name, ownedVendors, ...from }) => {
      const body = { slug, name, ownedVendors, from };
      return api.request({ method: 'POST', path: '/installation/organizations', body });
    },
  ),
  'choose-packages': command(
    z.object({ slug: z.string(), repositories: Names, forks: z.boolean().default(false) }),
    async (api, { slug, ...body }) => {
      const answer = await inOrganization(api, slug, { method: 'POST', path: '/packages', body });
      return { chosen: Chosen.parse(answer).repositories };
    },
  ),
  'delete-synchronization': command(
    Named.extend(confirmable),
    async (api, { slug, synchronization, by, ...body }) => {
      const path = await pathOf(api, { slug, synchronization });
      return api.request({ method: 'DELETE', path, by, body: { packages: 'delete', ...body } });
    },
  ),
  'delete-organization': command(z.object(confirmable), (api, { slug, by, ...body }) =>
    inOrganization(api, slug, { method: 'DELETE', path: '', by, body }),
  ),
};
