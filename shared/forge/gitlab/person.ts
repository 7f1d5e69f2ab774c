/** A person's identity and groups, according to GitLab. */
import { z } from 'zod';
import { asId, type ForgeAccountId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { createApiFetch, expectSame, parseAnswer } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { type OwnedOrganization, type PersonGrant, type PersonIdentity, SignInError } from '../sign-in.ts';
import { noAnswer, refusalOf } from './http.ts';
import { ownerLevel } from './levels.ts';
import { membershipsOf } from './memberships.ts';
import { withoutMark } from './pending-deletion.ts';
import { addressOf, nextPage, type Route } from './requests.ts';
import { groupSchema, memberSchema, userSchema } from './schema.ts';
import type { GitLabIntegration } from './settings.ts';

export interface Person {
  readonly integration: GitLabIntegration;
  readonly grant: PersonGrant;
  readonly services: ForgeServices;
}

/** Concurrent requests for one person. */
const askedAtOnce = 5;
const pagesMax = 50;

/** As `SignIn.identity`. */
export async function readIdentity(person: Person): Promise<PersonIdentity> {
  const { id: account, username: login, name, avatar_url: avatarUrl } = await readUser(person);
  return { account, login, ...(name && { name }), ...(avatarUrl && { avatarUrl }) };
}

const readUser = async (person: Person) => (await get(person, { route: '/user' }, userSchema)).data;

/**
 * As `SignIn.ownedOrganizations`: the top-level groups that the person owns. GitLab's list lacks those that the person owns through an invited
 * group only. https://docs.gitlab.com/api/groups/#list-groups
 */
export async function readOwnedOrganizations(person: Person): Promise<readonly OwnedOrganization[]> {
  const { id: account } = await readUser(person);
  const groups = await listOwned(person);
  const owned: OwnedOrganization[] = [];
  for (let start = 0; start < groups.length; start += askedAtOnce) {
    const batch = groups.slice(start, start + askedAtOnce);
    const isOwned = await Promise.all(batch.map(({ id }) => ownsAs(person, id, account)));
    const found = batch.filter((_, place) => isOwned[place]);
    owned.push(
      ...found.map(({ id, full_path: path, name }) => ({
        ...{ id: asId<ForgeOrganizationId>(id), login: withoutMark(path), name: withoutMark(name) },
        kind: 'organization' as const,
        connection: undefined,
      })),
    );
  }
  return owned;
}

/** As `SignIn.owns`. */
export async function owns(person: Person, organization: ForgeOrganizationId): Promise<boolean> {
  const { id: account } = await readUser(person);
  return ownsAs(person, organization, account);
}

/** Whether the account owns the group now, directly or through a group that is invited to it. */
export async function ownsAs(person: Person, id: string, account: ForgeAccountId): Promise<boolean> {
  const route = { route: '/groups/:id/members/all/:user', path: { id, user: account } };
  try {
    const { data: member } = await get(person, route, memberSchema);
    expectSame(member.id, account);
    const [membership] = membershipsOf([member], person.services.clock.now(), false);
    return membership?.level === ownerLevel;
  } catch (error) {
    if (error instanceof ForgeError && (error.code === 'not-found' || error.code === 'insufficient-scope')) {
      return false;
    }
    throw error;
  }
}

async function listOwned(person: Person): Promise<readonly z.infer<typeof groupSchema>[]> {
  const { apiUrl } = person.integration.settings;
  const query = { min_access_level: ownerLevel, top_level_only: true, per_page: 100 };
  const groups: z.infer<typeof groupSchema>[] = [];
  let url: string | undefined;
  for (let page = 1; page <= pagesMax; page += 1) {
    const { data, link } = await get(person, { route: '/groups', query }, z.array(groupSchema), url);
    groups.push(...data.filter(({ parent_id: parent }) => parent === null));
    url = nextPage(link, apiUrl);
    if (url === undefined) {
      return groups;
    }
  }
  throw new ForgeError('incomplete', `GitLab has more than ${pagesMax} pages of groups of one person`);
}

/** A GET as the person. @throws SignInError `grant-ended` */
export async function get<Schema extends z.ZodType>(
  { integration, grant, services }: Person,
  route: Route,
  schema: Schema,
  url = addressOf(integration.settings.apiUrl, route),
): Promise<{ readonly data: z.infer<Schema>; readonly link: string | undefined }> {
  const { clock } = services;
  if (grant.expiresAt !== undefined && grant.expiresAt <= clock.now()) {
    throw new SignInError('grant-ended', "the person's grant has expired");
  }
  const what = `GET ${route.route}`;
  const response = await createApiFetch(services.fetch)(url, {
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${grant.accessToken}`,
      'user-agent': 'repertoire',
    },
  }).catch((error: unknown) => {
    throw noAnswer(error, what);
  });
  if (response.status === 401) {
    throw new SignInError('grant-ended', `GitLab rejects the person's token: ${what}`);
  }
  const headers = Object.fromEntries(response.headers);
  if (response.status !== 200) {
    throw refusalOf(response.status, headers, what, clock.now());
  }
  const body: unknown = await response.json().catch(() => undefined);
  return { data: parseAnswer(schema, body, `GitLab's answer to ${what}`), link: headers.link };
}
