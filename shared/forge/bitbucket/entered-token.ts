/** Checks tokens that an administrator enters, and grants. Bitbucket's answers name the scopes of their credential. */
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import type { CheckedToken } from '../connecting.ts';
import type { IssuedCredential } from '../credential.ts';
import { createApiFetch } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { authorizationOf, type BitbucketCredential, contentsAuthorizationOf } from './credential.ts';
import { noAnswer, refusalOf } from './http.ts';
import { addressOf, type Route } from './requests.ts';
import { ownMembershipSchema, repositoryCountSchema } from './schema.ts';
import type { BitbucketIntegration } from './settings.ts';

/** Of which none implies another. https://support.atlassian.com/bitbucket-cloud/docs/api-token-permissions/ */
const needed = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'];

/** What does not work without further scopes. */
type Optional = readonly (readonly [scopes: readonly string[], without: string])[];
const withoutHooks = 'no webhooks are installed, so changes are found by the schedule';
const withoutProjects = 'permissions on projects are not read by themselves';
const optional: Optional = [
  [['read:webhook:bitbucket', 'write:webhook:bitbucket', 'delete:webhook:bitbucket'], withoutHooks],
  [['admin:project:bitbucket', 'read:permission:bitbucket'], withoutProjects],
];
/** Of a consumer. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#scopes */
const optionalOfGrant: Optional = [
  [['webhook'], withoutHooks],
  [['project:admin'], withoutProjects],
];
/** Each of which reads repositories. */
const repositoryScopes = ['repository', 'repository:write', 'project'];

const readsRepositories = (scopes: Scopes): boolean =>
  scopes === undefined || repositoryScopes.some((scope) => scopes.has(scope));

/** Scopes that change something are not needed, but for those above. */
const changes = /^(write|delete|admin):/;
const changesOfGrant = /:(write|delete|admin)$/;

type Scopes = ReadonlySet<string> | undefined;

function limitsOf(scopes: Scopes, wanted: Optional): readonly string[] {
  if (scopes === undefined) {
    return ['Bitbucket does not say what the credential may do: what it lacks shows when it is used.'];
  }
  return wanted
    .map(([needs, without]) => [needs.filter((scope) => !scopes.has(scope)), without] as const)
    .filter(([absent]) => absent.length > 0)
    .map(([absent, without]) => `Without ${namesOf(absent)} ${without}.`);
}

const unneededOf = (scopes: Scopes, wanted: Optional, isChange: RegExp): readonly string[] =>
  [...(scopes ?? [])].filter(
    (scope) => isChange.test(scope) && !wanted.some(([used]) => used.includes(scope)),
  );

type Checked = CheckedToken<BitbucketCredential>;

/** As `Connecting.checkToken`: an API token, entered as `e-mail address:token`. */
export async function checkToken(
  integration: BitbucketIntegration,
  entered: string,
  workspace: ForgeOrganizationId,
  services: ForgeServices,
): Promise<Checked> {
  const [, email = '', token = ''] = /^([^:\s]+@[^:\s]+):(\S+)$/.exec(entered.trim()) ?? [];
  const held: BitbucketCredential = { kind: 'api-token', email, token };
  const credentialOf = (secret: BitbucketCredential) => ({
    ...{ secret: new Secret(secret), validUntil: undefined, renews: false },
  });
  const refused = (...missing: readonly string[]): Checked => ({
    ...{ credential: credentialOf(held), missing, scopes: [], limits: [], unneeded: [] },
  });
  if (token === '') {
    return refused(
      'Enter the e-mail address of the account, a colon and its API token. An access token of a workspace, project or repository may not ask for permissions: it reads contents beside another.',
    );
  }
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  const { isAccepted, scopes, body } = await ask(integration, services, route, authorizationOf(held));
  if (!isAccepted) {
    return refused('Bitbucket does not accept the token with this e-mail address.');
  }
  const lacking = scopes === undefined ? [] : needed.filter((scope) => !scopes.has(scope));
  const { permission, user } = ownMembershipSchema.safeParse(body).data ?? {};
  const isOwner = permission === 'owner';
  const missing = [
    ...lacking.map((scope) => `The token needs the scope \`${scope}\`.`),
    ...(lacking.length > 0 || isOwner ? [] : ['The account of the token has to administer the workspace.']),
  ];
  const others = unneededOf(scopes, optional, changes);
  const unneeded =
    others.length === 0 ? [] : [`The token has scopes that are not needed: \`${others.join('`, `')}\`.`];
  const credential = credentialOf({ ...held, account: user?.uuid });
  return { credential, missing, limits: limitsOf(scopes, optional), unneeded, scopes: [...(scopes ?? [])] };
}

/** As `Connecting.checkGrant`: what a grant may do is what the operator has chosen for the OAuth consumer. */
export async function checkGrant(
  integration: BitbucketIntegration,
  credential: IssuedCredential<BitbucketCredential>,
  workspace: ForgeOrganizationId,
  services: ForgeServices,
): Promise<Checked> {
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  const authorization = authorizationOf(credential.secret.reveal());
  const { isAccepted, scopes } = await ask(integration, services, route, authorization);
  if (!isAccepted) {
    const missing = ['Bitbucket does not accept it any more.'];
    return { credential, missing, scopes: [], limits: [], unneeded: [] };
  }
  const others = unneededOf(scopes, optionalOfGrant, changesOfGrant);
  return {
    ...{ credential, scopes: [...(scopes ?? [])] },
    missing: readsRepositories(scopes)
      ? []
      : ['The OAuth consumer of this registry needs the scope `repository`.'],
    limits: limitsOf(scopes, optionalOfGrant),
    unneeded: others.length === 0 ? [] : [`The OAuth consumer does not need ${namesOf(others)}.`],
  };
}

/** As `Connecting.addContentsToken`: an access token of the workspace, a project or a repository. */
export async function addContentsToken(
  integration: BitbucketIntegration,
  { secret, ...issued }: IssuedCredential<BitbucketCredential>,
  contentsToken: string,
  workspace: ForgeOrganizationId,
  services: ForgeServices,
): Promise<Checked> {
  const credential = {
    ...issued,
    secret: new Secret({ ...secret.reveal(), contentsToken }),
    readsContents: true,
  };
  const query = { q: 'is_private=true', pagelen: 10, fields: 'size,values.uuid' };
  const route = { route: '/2.0/repositories/:workspace', path: { workspace }, query };
  const { isAccepted, scopes, body } = await ask(
    integration,
    services,
    route,
    contentsAuthorizationOf({ contentsToken }),
  );
  if (!isAccepted) {
    const missing = ['Bitbucket does not accept the token for contents.'];
    return { credential, missing, scopes: [], limits: [], unneeded: [] };
  }
  const reads = readsRepositories(scopes);
  const found = repositoryCountSchema.safeParse(body).data?.values.length ?? 0;
  const more = [...(scopes ?? [])].filter((scope) => /:(write|admin|delete)$|^webhook$/.test(scope));
  return {
    credential,
    scopes: [...(scopes ?? [])],
    missing: reads ? [] : ['The token for contents needs the scope `repository`.'],
    limits:
      reads && found === 0
        ? ['The token for contents reads no private repository of the workspace, so it is of no use.']
        : [],
    unneeded: more.length === 0 ? [] : [`The token for contents does not need ${namesOf(more)}.`],
  };
}

interface Asked {
  /** Whether Bitbucket knows the credential. */
  readonly isAccepted: boolean;
  /** Undefined where Bitbucket does not name them. */
  readonly scopes: Scopes;
  readonly body: unknown;
}

/** @throws ForgeError where the answer says nothing of the credential */
async function ask(
  { settings }: BitbucketIntegration,
  { fetch: send, clock }: ForgeServices,
  route: Route,
  authorization: string,
): Promise<Asked> {
  const what = `GET ${route.route}`;
  const response = await createApiFetch(send)(addressOf(settings.apiUrl, route), {
    headers: { accept: 'application/json', authorization, 'user-agent': 'repertoire' },
  }).catch((error: unknown) => {
    throw noAnswer(error, what);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) {
    return { isAccepted: false, scopes: undefined, body };
  }
  const named = response.headers.get('x-oauth-scopes');
  // In an outage there can be nothing at all: Bitbucket itself names the scopes even of what it does not find.
  const isAnswer =
    response.status === 200 || response.status === 403 || (response.status === 404 && named !== null);
  if (!isAnswer) {
    throw refusalOf(response.status, Object.fromEntries(response.headers), what, clock.now(), body);
  }
  return { isAccepted: true, scopes: named === null ? undefined : new Set(named.split(/[,\s]+/)), body };
}

const namesOf = (scopes: readonly string[]): string =>
  `the scope${scopes.length === 1 ? '' : 's'} ${scopes.map((scope) => `\`${scope}\``).join(', ')}`;
