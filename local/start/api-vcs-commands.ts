/** The commands about repositories at a URL, as requests to the API. */
import { z } from 'zod';
import { AdminError } from './admin-error.ts';
import type { ApiClient } from './api-client.ts';
import { type ApiCommand, command, inOrganization, listed } from './api-command.ts';

const Organization = z.object({ slug: z.string() });
/** By its id, its URL, or its name with or without what stands before the last slash. */
const OneRepository = Organization.extend({ repository: z.string() });
const Settings = {
  credential: z.looseObject({ kind: z.string() }).optional(),
  /** Teams by their ids, slugs or names. */
  readers: z.object({ everyone: z.boolean(), teams: z.array(z.string()) }).optional(),
  layout: z.looseObject({}).optional(),
  allowsPrivate: z.boolean().optional(),
  allowsHttp: z.boolean().optional(),
};

const path = '/vcs-repositories';

/** By the name of the command. */
export const apiVcsCommands: Readonly<Record<string, ApiCommand>> = {
  'list-vcs-repositories': command(Organization, async (api, { slug }) => ({ items: await all(api, slug) })),
  'read-vcs-repository': command(OneRepository, async (api, { slug, repository }) =>
    inOrganization(api, slug, { path: await pathTo(api, slug, repository) }),
  ),
  'add-vcs-repository': command(
    Organization.extend({ url: z.string(), kind: z.string().optional(), ...Settings }),
    async (api, { slug, readers, ...body }) =>
      inOrganization(api, slug, {
        ...{ method: 'POST', path },
        body: { ...body, readers: await readersOf(api, slug, readers ?? { everyone: false, teams: [] }) },
      }),
  ),
  'change-vcs-repository': command(
    OneRepository.extend({ ...Settings, acceptHostKey: z.string().optional() }),
    async (api, { slug, repository, readers, ...body }) =>
      inOrganization(api, slug, {
        ...{ method: 'PATCH', path: await pathTo(api, slug, repository) },
        body: { ...body, ...(readers && { readers: await readersOf(api, slug, readers) }) },
      }),
  ),
  'remove-vcs-repository': command(OneRepository, async (api, { slug, repository }) =>
    inOrganization(api, slug, { method: 'DELETE', path: await pathTo(api, slug, repository) }),
  ),
  'scan-vcs-repository': command(OneRepository, async (api, { slug, repository }) => {
    const { id } = await repositoryCalled(api, slug, repository);
    return inOrganization(api, slug, {
      method: 'POST',
      path: `/repositories/${encodeURIComponent(id)}/scan`,
    });
  }),
  'renew-vcs-hook': command(
    OneRepository.extend({ why: z.string().optional() }),
    async (api, { slug, repository, why }) =>
      inOrganization(api, slug, {
        ...{ method: 'POST', path: `${await pathTo(api, slug, repository)}/hook` },
        body: { why },
      }),
  ),
};

const Known = z.looseObject({ id: z.string(), name: z.string(), url: z.string() });

async function all(api: ApiClient, slug: string): Promise<readonly z.infer<typeof Known>[]> {
  // Says whether it is the organization that is not there.
  await inOrganization(api, slug, { path: `${path}?limit=1` });
  return z.array(Known).parse(await listed(api, `/organizations/${slug}${path}?limit=100`));
}

async function repositoryCalled(api: ApiClient, slug: string, called: string) {
  const known = await all(api, slug);
  const exact = known.filter(({ id, name, url }) => [id, name, url].includes(called));
  const found = exact.length > 0 ? exact : known.filter(({ name }) => name.split('/').at(-1) === called);
  const [one, another] = found;
  if (one === undefined) {
    const has = known.map(({ name }) => name).join(', ') || 'none';
    throw new AdminError(`${slug} has no repository ${called} at a URL; it has ${has}`, 'not-found');
  }
  if (another !== undefined) {
    const ids = found.map(({ id, name }) => `${id} (${name})`).join(', ');
    throw new AdminError(`several repositories are called ${called}; choose one: ${ids}`, 'invalid');
  }
  return one;
}

async function pathTo(api: ApiClient, slug: string, called: string): Promise<string> {
  const { id } = await repositoryCalled(api, slug, called);
  return `${path}/${encodeURIComponent(id)}`;
}

const Teams = z.array(z.object({ id: z.string(), name: z.string(), slug: z.string().optional() }));

async function readersOf(
  api: ApiClient,
  slug: string,
  { everyone, teams }: { readonly everyone: boolean; readonly teams: readonly string[] },
) {
  const known =
    teams.length === 0 ? [] : Teams.parse(await listed(api, `/organizations/${slug}/teams?limit=100`));
  const idOf = (called: string): string => {
    const found = known.filter((team) => [team.id, team.slug, team.name].includes(called));
    const [one, another] = found;
    if (one === undefined || another !== undefined) {
      throw new AdminError(
        one === undefined
          ? `${slug} has no team ${called}`
          : `several teams are called ${called}; choose one: ${found.map(({ id }) => id).join(', ')}`,
        one === undefined ? 'not-found' : 'invalid',
      );
    }
    return one.id;
  };
  return { everyone, teams: teams.map(idOf) };
}
