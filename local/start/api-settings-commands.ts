/** The commands that set something of an organization, as requests to the API. */
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { type ApiCommand, command, inOrganization } from './api-command.ts';

const Settings = z.object({ publishesSource: z.boolean(), publishesOutsideCode: z.boolean() });

/** A command sets what it is told, whatever was set before. */
const change = (api: ApiClient, slug: string, body: object): Promise<unknown> =>
  inOrganization(api, slug, { method: 'PATCH', path: '/settings', ifMatch: '*', body });

/** By the name of the command. */
export const apiSettingsCommands: Readonly<Record<string, ApiCommand>> = {
  'set-owned-vendors': command(
    z.object({ slug: z.string(), vendors: z.array(z.string()) }),
    async (api, { slug, vendors }) => {
      const answer = await change(api, slug, { ownedVendors: vendors });
      return { scans: z.object({ scans: z.number() }).parse(answer).scans };
    },
  ),
  'set-publishing': command(
    z.object({ slug: z.string(), source: z.boolean().optional(), outsideCode: z.boolean().optional() }),
    async (api, { slug, source, outsideCode }) => {
      const isRead = source === undefined && outsideCode === undefined;
      const answer = isRead
        ? await inOrganization(api, slug, { path: '/settings' })
        : await change(api, slug, { publishesSource: source, publishesOutsideCode: outsideCode });
      const { publishesSource, publishesOutsideCode } = Settings.parse(answer);
      return { source: publishesSource, outsideCode: publishesOutsideCode };
    },
  ),
};
