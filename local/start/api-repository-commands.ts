/** The commands about repositories and the names of packages, as requests to the API. */
import { z } from 'zod';
import { AdminError } from './admin-error.ts';
import type { ApiClient } from './api-client.ts';
import { type ApiCommand, command, inOrganization, listed, Named, pathOf } from './api-command.ts';
import { packagePath } from './api-deletion-commands.ts';

const Repositories = z.array(z.object({ id: z.string(), name: z.string() }));
const LeftOutPage = z.object({ repository: z.string(), scannedAt: z.string(), count: z.number() });

/** By the name of the command. */
export const apiRepositoryCommands: Readonly<Record<string, ApiCommand>> = {
  'give-package-name': command(
    z.object({
      slug: z.string(),
      package: z.string(),
      to: z.string(),
      samePackage: z.boolean(),
      by: z.string(),
      why: z.string(),
    }),
    (api, { slug, package: name, to, samePackage, by, why }) => {
      const path = `${packagePath(name.toLowerCase())}/holder`;
      return inOrganization(api, slug, {
        method: 'PUT',
        path,
        by,
        body: { repository: to, samePackage, why },
      });
    },
  ),
  'package-folders': command(
    Named.extend({ repository: z.string(), patterns: z.array(z.string()).optional(), set: z.boolean() }),
    async (api, input) => {
      const { patterns, set } = input;
      const path = `${await pathOfRepository(api, input, input.repository)}/folders`;
      if (set) {
        await api.request({ method: 'PUT', path, body: { patterns: patterns ?? [] } });
        return api.request({ path });
      }
      const query =
        patterns === undefined ? '' : `?${new URLSearchParams({ patterns: patterns.join('\n') })}`;
      return api.request({ path: `${path}${query}` });
    },
  ),
  'list-left-out': command(Named.extend({ repository: z.string() }), async (api, input) => {
    const path = `${await pathOfRepository(api, input, input.repository)}/left-out?limit=100`;
    const { repository, scannedAt, count } = LeftOutPage.parse(await api.request({ path }));
    return { repository, scanned: scannedAt, count, leftOut: await listed(api, path) };
  }),
};

/** The path of the repository of a synchronization that is named with or without its owner, or by its id on the code host. */
async function pathOfRepository(api: ApiClient, named: Named, name: string): Promise<string> {
  const synchronization = (await pathOf(api, named)).split('/').at(-1) ?? '';
  const path = `/organizations/${named.slug}/repositories`;
  const query = new URLSearchParams({ synchronization, name, limit: '100' });
  const similar = Repositories.parse(await listed(api, `${path}?${query}`));
  const found = similar.find((one) => one.name === name || one.name.split('/').at(-1) === name);
  if (found !== undefined) {
    return `${path}/${encodeURIComponent(found.id)}`;
  }
  const byId = `${path}/${encodeURIComponent(`${synchronization}~${name}`)}`;
  try {
    await api.request({ path: byId });
    return byId;
  } catch (error) {
    if (error instanceof AdminError && error.code !== undefined) {
      throw new AdminError(`unknown repository ${name}; status lists them`, 'not-found');
    }
    throw error;
  }
}
