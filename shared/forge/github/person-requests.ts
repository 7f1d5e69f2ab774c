/** REST requests with a person's token, which shows what both the App and the person may see. */
import type { z } from 'zod';
import { ForgeError } from '../errors.ts';
import { createApiFetch } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { type PersonGrant, SignInError } from '../sign-in.ts';
import { type Failure, failureOf, forgeErrorOf } from './http.ts';
import type { GitHubIntegration } from './oauth-client.ts';

/** A person's grant, with what requests need. */
export interface Person {
  readonly integration: GitHubIntegration;
  readonly grant: PersonGrant;
  readonly services: ForgeServices;
}

const itemsPerPage = 100;
/** A bound against endless pagination; nobody belongs to 2,000 organizations. */
const pagesMax = 20;

/**
 * GET with the person's token. Each person has a separate rate limit, and few requests are sent for one, so no shared budget is kept.
 *
 * @throws SignInError `grant-ended`
 * @throws ForgeError as `forgeErrorOf`; `incomplete` if the answer does not match the schema
 */
export async function getAsPerson<Schema extends z.ZodType>(
  person: Person,
  path: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return (await get(person, path, schema)).data;
}

/** All pages of a list. @param itemsOf the items of a page */
export async function listAsPerson<Schema extends z.ZodType, Item>(
  person: Person,
  path: string,
  schema: Schema,
  itemsOf: (page: z.infer<Schema>) => readonly Item[],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let page = 1; page <= pagesMax; page += 1) {
    const query = `${path.includes('?') ? '&' : '?'}per_page=${itemsPerPage}&page=${page}`;
    const { data, headers } = await get(person, `${path}${query}`, schema);
    items.push(...itemsOf(data));
    if (!/\brel="next"/.test(headers.link ?? '')) {
      return items;
    }
  }
  throw new ForgeError('incomplete', `GitHub has more than ${pagesMax} pages of ${path}`);
}

async function get<Schema extends z.ZodType>(
  person: Person,
  path: string,
  schema: Schema,
): Promise<{ readonly data: z.infer<Schema>; readonly headers: Failure['headers'] }> {
  const { integration, grant, services } = person;
  if (grant.expiresAt !== undefined && grant.expiresAt <= services.clock.now()) {
    throw new SignInError('grant-ended', "the person's grant has expired");
  }
  const what = `GET ${path}`;
  const response = await sendTo(integration, services, what, path, {
    headers: { authorization: `Bearer ${grant.accessToken}` },
  });
  if (response.status === 401) {
    throw new SignInError('grant-ended', `GitHub rejects the person's token: ${what}`);
  }
  if (response.status !== 200) {
    throw refusalOf(response, what, services);
  }
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    const places = parsed.error.issues.slice(0, 3).map(({ path: place }) => place.join('.') || '(the whole)');
    throw new ForgeError(
      'incomplete',
      `GitHub's answer to ${what} lacks what it must have: ${places.join(', ')}`,
    );
  }
  return { data: parsed.data, headers: Object.fromEntries(response.headers) };
}

/**
 * Sends one request to the API.
 *
 * @throws ForgeError `unavailable` if there is no answer
 */
export async function sendTo(
  { settings }: { readonly settings: { readonly apiUrl: string } },
  { fetch, clock }: ForgeServices,
  what: string,
  path: string,
  { headers, ...init }: RequestInit & { readonly headers?: Record<string, string> },
): Promise<Response> {
  try {
    return await createApiFetch(fetch)(`${settings.apiUrl}${path}`, {
      ...init,
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'repertoire',
        'x-github-api-version': '2022-11-28',
        ...headers,
      },
    });
  } catch (error) {
    throw forgeErrorOf(
      failureOf(error, () => 'the connection failed'),
      what,
      clock.now(),
    );
  }
}

/** The error of an unexpected status. GitHub's message is left out: it may repeat what was sent. */
export function refusalOf(response: Response, what: string, { clock }: ForgeServices): ForgeError {
  const headers = Object.fromEntries(response.headers);
  const failure = { status: response.status, headers, message: '', timedOut: false, tokenRequest: false };
  return forgeErrorOf(failure, what, clock.now());
}
