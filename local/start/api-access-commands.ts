/** Who may install what and why, as requests to the API. */
import { z } from 'zod';
import { AdminError } from './admin-error.ts';
import type { ApiClient } from './api-client.ts';
import { type ApiCommand, command, inOrganization, listed } from './api-command.ts';
import { packagePath } from './api-deletion-commands.ts';

const Asked = z.object({
  slug: z.string(),
  package: z.string().optional(),
  /** A login, or a person's id. */
  member: z.string().optional(),
  token: z.string().optional(),
});
const People = z.array(z.object({ id: z.string(), login: z.string() }));

/** By the name of the command. */
export const apiAccessCommands: Readonly<Record<string, ApiCommand>> = {
  'explain-access': command(Asked, async (api, { slug, package: name, member, token }) => {
    const base = `/organizations/${encodeURIComponent(slug)}`;
    if (token !== undefined) {
      return { token, packages: await all(api, slug, `/tokens/${encodeURIComponent(token)}/access`) };
    }
    if (member === undefined) {
      const path = `${packagePath(name?.toLowerCase() ?? '')}/access`;
      const first = z
        .object({ teams: z.unknown(), isPublic: z.unknown() })
        .parse(await inOrganization(api, slug, { path: `${path}?limit=1` }));
      return { package: name, ...first, people: await listed(api, `${base}${path}?limit=100`) };
    }
    const person = await personCalled(api, slug, member);
    if (name === undefined) {
      return { person, packages: await all(api, slug, `/people/${encodeURIComponent(person)}/access`) };
    }
    const query = new URLSearchParams({ person, package: name.toLowerCase() });
    return { person, ...z.looseObject({}).parse(await api.request({ path: `${base}/access?${query}` })) };
  }),
};

/** Every page of a list below the organization. */
async function all(api: ApiClient, slug: string, path: string): Promise<readonly unknown[]> {
  await inOrganization(api, slug, { path: `${path}?limit=1` });
  return listed(api, `/organizations/${encodeURIComponent(slug)}${path}?limit=100`);
}

/** The id of the person with the login, who may have it on several code hosts. */
async function personCalled(api: ApiClient, slug: string, member: string): Promise<string> {
  await inOrganization(api, slug, { path: '' });
  const people = People.parse(
    await listed(api, `/organizations/${encodeURIComponent(slug)}/people?limit=100`),
  );
  const ids = new Set(
    people.flatMap(({ id, login }) =>
      id === member || login.toLowerCase() === member.toLowerCase() ? [id] : [],
    ),
  );
  const [id, second] = ids;
  if (id === undefined) {
    throw new AdminError(`${slug} has no person ${member}`, 'not-found');
  }
  if (second !== undefined) {
    throw new AdminError(
      `several people of ${slug} are called ${member}; name one by its id: ${[...ids].join(', ')}`,
      'invalid',
    );
  }
  return id;
}
