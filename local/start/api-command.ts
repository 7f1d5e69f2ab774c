/** What the commands have in common that the API carries out. */
import { z } from 'zod';
import { AdminError } from './admin-error.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';

export type ApiCommand = (api: ApiClient, input: unknown) => Promise<unknown>;

/** A command whose input is checked here: wrong input is a mistake of ours. */
export const command =
  <Schema extends z.ZodType>(
    schema: Schema,
    run: (api: ApiClient, input: z.output<Schema>) => Promise<unknown>,
  ): ApiCommand =>
  (api, input) =>
    run(api, schema.parse(input));

/** Sends a request about the organization. The API says the same of whatever is not found, so whether it is the organization is asked. */
export async function inOrganization(api: ApiClient, slug: string, request: ApiRequest): Promise<unknown> {
  const organization = `/organizations/${encodeURIComponent(slug)}`;
  try {
    return await api.request({ ...request, path: `${organization}${request.path}` });
  } catch (error) {
    const isAbsent = error instanceof AdminError && error.code === 'not-found';
    throw isAbsent ? ((await absenceOf(api, slug)) ?? error) : error;
  }
}

const Deleted = z.object({ items: z.array(z.object({ detail: z.string() })) });

/** Why there is no such organization: it never was, or it was deleted. Undefined if there is one. */
async function absenceOf(api: ApiClient, slug: string): Promise<AdminError | undefined> {
  try {
    await api.request({ path: `/organizations/${encodeURIComponent(slug)}` });
    return undefined;
  } catch {
    const path = `/installation/deleted-organizations?slug=${encodeURIComponent(slug)}`;
    const [deleted] = Deleted.parse(await api.request({ path })).items;
    return new AdminError(deleted?.detail ?? `unknown organization ${slug}; status lists them`, 'not-found');
  }
}

export const Named = z.object({ slug: z.string(), synchronization: z.string().optional() });
export type Named = z.infer<typeof Named>;

const Synchronizations = z.object({ items: z.array(z.object({ id: z.string(), login: z.string() })) });

/** The path of the synchronization that a command names; an organization nearly always has only one. */
export async function pathOf(api: ApiClient, { slug, synchronization }: Named): Promise<string> {
  const { items: all } = Synchronizations.parse(
    await inOrganization(api, slug, { path: '/synchronizations' }),
  );
  const [first, second] = all.filter(({ id }) => synchronization === undefined || id === synchronization);
  const has = all.map(({ id, login }) => `${id} (${login})`).join(', ');
  if (first === undefined) {
    throw new AdminError(
      synchronization === undefined
        ? `${slug} is not synchronized with a forge`
        : `${slug} has no synchronization ${synchronization}; it has ${has}`,
      'not-found',
    );
  }
  if (second !== undefined) {
    throw new AdminError(`${slug} has several synchronizations; choose one: ${has}`, 'invalid');
  }
  return `/organizations/${slug}/synchronizations/${first.id}`;
}

const Page = z.object({ items: z.array(z.unknown()), next: z.string().optional() });

/** All entries of a list, whose path has a query; with a limit that many at least, if there are as many. */
export async function listed(
  api: ApiClient,
  path: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<unknown[]> {
  const entries: unknown[] = [];
  let next: string | undefined;
  do {
    const page = Page.parse(
      await api.request({ path: next === undefined ? path : `${path}&cursor=${encodeURIComponent(next)}` }),
    );
    entries.push(...page.items);
    next = page.next;
  } while (next !== undefined && entries.length < limit);
  return entries.slice(0, limit);
}
