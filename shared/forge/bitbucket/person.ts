/** A person's identity and workspaces, according to Bitbucket. */
import { z } from 'zod';
import type { ForgeOrganizationId, ForgeRepositoryId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { createApiFetch, parseAnswer } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { type OwnedOrganization, type PersonGrant, type PersonIdentity, SignInError } from '../sign-in.ts';
import { noAnswer, refusalOf } from './http.ts';
import { addressOf, checkedNext, type Route } from './requests.ts';
import {
  accountSchema,
  loginOf,
  ownMembershipSchema,
  repositoryId,
  workspaceAccessSchema,
} from './schema.ts';
import type { BitbucketIntegration } from './settings.ts';

export interface Person {
  readonly integration: BitbucketIntegration;
  readonly grant: PersonGrant;
  readonly services: ForgeServices;
}

const pagesMax = 50;

/** As `SignIn.identity`. */
export async function readIdentity(person: Person): Promise<PersonIdentity> {
  const account = await ask(person, { route: '/2.0/user' }, accountSchema);
  const name = account.display_name;
  return { account: account.uuid, login: loginOf(account), ...(name !== undefined && { name }) };
}

const pageSchema = z.object({ values: z.array(workspaceAccessSchema), next: z.string().optional() });

/** As `SignIn.ownedOrganizations`: the workspaces that the person administers. */
export async function readOwnedOrganizations(person: Person): Promise<readonly OwnedOrganization[]> {
  const { apiUrl } = person.integration.settings;
  const route = { route: '/2.0/user/workspaces', query: { administrator: true, pagelen: 100 } };
  const owned: OwnedOrganization[] = [];
  let url: string | undefined;
  for (let page = 1; page <= pagesMax; page += 1) {
    const { values, next } = await ask(person, route, pageSchema, url);
    for (const { administrator, workspace } of values) {
      if (administrator) {
        const { uuid: id, slug: login, name = login } = workspace;
        owned.push({ id, login, name, kind: 'organization', connection: undefined });
      }
    }
    if (next === undefined) {
      return owned;
    }
    url = checkedNext(next, apiUrl);
  }
  throw new ForgeError('incomplete', `Bitbucket has more than ${pagesMax} pages of workspaces of one person`);
}

/** As `SignIn.owns`. */
export async function owns(person: Person, workspace: ForgeOrganizationId): Promise<boolean> {
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  try {
    return (await ask(person, route, ownMembershipSchema)).permission === 'owner';
  } catch (error) {
    if (error instanceof ForgeError && (error.code === 'not-found' || error.code === 'insufficient-scope')) {
      return false;
    }
    throw error;
  }
}

const ownRowSchema = z.object({ permission: z.string(), repository: z.object({ uuid: repositoryId }) });
const ownRowsSchema = z.object({ values: z.array(ownRowSchema), next: z.string().optional() });
/** Somebody waits, in a function of half a minute. */
const ownPagesMax = 5;

/** As `SignIn.readable`. https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-3022 */
export async function readOwnPermissions(
  person: Person,
  workspace: ForgeOrganizationId,
): Promise<readonly ForgeRepositoryId[] | undefined> {
  const route = {
    route: '/2.0/user/workspaces/:workspace/permissions/repositories',
    path: { workspace },
    query: { pagelen: 100, fields: 'next,values.permission,values.repository.uuid' },
  };
  const found: ForgeRepositoryId[] = [];
  let url: string | undefined;
  for (let page = 1; page <= ownPagesMax; page += 1) {
    const answer = await ask(person, route, ownRowsSchema, url).catch(undefinedIfHidden);
    if (answer === undefined) {
      return undefined;
    }
    const { values, next } = answer;
    found.push(...values.map(({ repository }) => repository.uuid));
    if (next === undefined) {
      return found;
    }
    url = checkedNext(next, person.integration.settings.apiUrl);
  }
  return undefined;
}

function undefinedIfHidden(error: unknown): undefined {
  if (!(error instanceof ForgeError && ['not-found', 'insufficient-scope'].includes(error.code))) {
    throw error;
  }
}

/** A GET as the person. @throws SignInError `grant-ended` */
async function ask<Schema extends z.ZodType>(
  { integration, grant, services }: Person,
  route: Route,
  schema: Schema,
  url = addressOf(integration.settings.apiUrl, route),
): Promise<z.infer<Schema>> {
  const { clock } = services;
  if (grant.expiresAt !== undefined && grant.expiresAt <= clock.now()) {
    throw new SignInError('grant-ended', "the person's grant has expired");
  }
  const what = `GET ${route.route}`;
  const authorization = `Bearer ${grant.accessToken}`;
  const response = await createApiFetch(services.fetch)(url, {
    headers: { accept: 'application/json', authorization, 'user-agent': 'repertoire' },
  }).catch((error: unknown) => {
    throw noAnswer(error, what);
  });
  if (response.status === 401) {
    throw new SignInError('grant-ended', `Bitbucket rejects the person's token: ${what}`);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status !== 200) {
    throw refusalOf(response.status, Object.fromEntries(response.headers), what, clock.now(), body);
  }
  return parseAnswer(schema, body, `Bitbucket's answer to ${what}`);
}
