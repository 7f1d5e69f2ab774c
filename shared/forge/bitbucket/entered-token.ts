/** Checks an API token that an administrator enters, as `e-mail address:token`. */
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import type { CheckedToken } from '../connecting.ts';
import { createApiFetch } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import { authorizationOf, type BitbucketCredential } from './credential.ts';
import { noAnswer, refusalOf } from './http.ts';
import { addressOf } from './requests.ts';
import { ownMembershipSchema } from './schema.ts';
import type { BitbucketIntegration } from './settings.ts';

/** Of which none implies another. https://support.atlassian.com/bitbucket-cloud/docs/api-token-permissions/ */
const needed = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'];
/** Without these, what is given on projects is believed to be in the list of permissions. */
const forProjects = ['admin:project:bitbucket', 'read:permission:bitbucket'];
/** Scopes that change something; of these the ones that are used: for permissions on projects, and for hooks. */
const changes = /^(write|delete|admin):/;
const used = ['admin:project:bitbucket', 'write:webhook:bitbucket', 'delete:webhook:bitbucket'];

type Checked = CheckedToken<BitbucketCredential>;

/** As `Connecting.checkToken`. Every answer of Bitbucket names the scopes of the token. */
export async function checkToken(
  integration: BitbucketIntegration,
  entered: string,
  workspace: ForgeOrganizationId,
  services: ForgeServices,
): Promise<Checked> {
  const [, email = '', token = ''] = /^([^:\s]+@[^:\s]+):(\S+)$/.exec(entered.trim()) ?? [];
  const secret = new Secret<BitbucketCredential>({ kind: 'api-token', email, token });
  const credential = { secret, validUntil: undefined };
  const refused = (...missing: readonly string[]): Checked => ({
    ...{ credential, missing, limits: [], unneeded: [] },
  });
  if (token === '') {
    return refused('Enter the e-mail address of the account, a colon and its API token.');
  }
  const route = { route: '/2.0/user/workspaces/:workspace/permission', path: { workspace } };
  const what = `GET ${route.route}`;
  const headers = { accept: 'application/json', authorization: authorizationOf(secret.reveal()) };
  const response = await createApiFetch(services.fetch)(addressOf(integration.settings.apiUrl, route), {
    headers: { ...headers, 'user-agent': 'repertoire' },
  }).catch((error: unknown) => {
    throw noAnswer(error, what);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) {
    return refused('Bitbucket does not accept the token with this e-mail address.');
  }
  if (response.status !== 200 && response.status !== 403 && response.status !== 404) {
    throw refusalOf(response.status, Object.fromEntries(response.headers), what, services.clock.now(), body);
  }
  const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(/[,\s]+/);
  const lacking = needed.filter((scope) => !scopes.includes(scope));
  const isOwner = ownMembershipSchema.safeParse(body).data?.permission === 'owner';
  const missing = [
    ...lacking.map((scope) => `The token needs the scope \`${scope}\`.`),
    ...(lacking.length > 0 || isOwner ? [] : ['The account of the token has to administer the workspace.']),
  ];
  const limits = forProjects.some((scope) => !scopes.includes(scope))
    ? [`Without the scopes ${forProjects.join(' and ')} permissions on projects are not read by themselves.`]
    : [];
  const others = scopes.filter((scope) => changes.test(scope) && !used.includes(scope));
  const unneeded =
    others.length === 0 ? [] : [`The token has scopes that are not needed: \`${others.join('`, `')}\`.`];
  return { credential, missing, limits, unneeded };
}
