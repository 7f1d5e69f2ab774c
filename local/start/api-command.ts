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
