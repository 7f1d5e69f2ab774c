/** A person's identity and organizations, according to GitHub. */
import { z } from 'zod';
import { asId, type InstallationId } from '../../domain/ids.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import type { OwnedOrganization, PersonIdentity } from '../sign-in.ts';
import { installationRequests } from './client.ts';
import { clientOf } from './oauth-client.ts';
import { getAsPerson, listAsPerson, type Person, refusalOf, sendTo } from './person-requests.ts';
import { accountId, forgeNumber, membershipSchema, organizationId } from './schema.ts';

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
const personSchema = z.object({
  id: accountId,
  login: z.string().min(1),
  // Only for show: nobody is kept out because of them.
  name: z.string().nullish().catch(undefined),
  avatar_url: z
    .url({ protocol: /^https?$/ })
    .nullish()
    .catch(undefined),
});

/** https://docs.github.com/en/rest/apps/installations#list-app-installations-accessible-to-the-user-access-token */
const installationsSchema = z.object({
  total_count: z.int().nonnegative(),
  installations: z.array(
    z.object({
      id: forgeNumber.transform((id) => asId<InstallationId>(id)),
      target_type: z.string(),
      suspended_at: z.string().nullish(),
      // An enterprise has a slug instead of a login.
      account: z.object({ id: organizationId, login: z.string().min(1).optional() }).nullable(),
    }),
  ),
});

/** https://docs.github.com/en/rest/orgs/members#list-organization-memberships-for-the-authenticated-user */
const membershipsSchema = z.array(
  z.object({
    state: z.string(),
    role: z.string(),
    organization: z.object({ id: organizationId, login: z.string().min(1) }),
  }),
);

/** An installation of our App on an organization that the person may see. */
interface Installed {
  readonly id: InstallationId;
  readonly account: { readonly id: OwnedOrganization['id']; readonly login: string };
}

/** Concurrent requests to different installations. */
const askedAtOnce = 5;

/** As `SignIn.identity`. */
export async function readIdentity(person: Person): Promise<PersonIdentity> {
  const { id, login, name, avatar_url: avatarUrl } = await getAsPerson(person, '/user', personSchema);
  return { account: id, login, ...(name && { name }), ...(avatarUrl && { avatarUrl }) };
}

/**
 * As `SignIn.ownedOrganizations`. If the App is installed, its installation is asked for the person's role. Other organizations come from
 * the person's list of memberships; whether that includes organizations without the App is not documented. Both lists leave out
 * organizations that require SAML while the person has no session there.
 */
export async function readOwnedOrganizations(person: Person): Promise<readonly OwnedOrganization[]> {
  const [identity, installed, memberships] = await Promise.all([
    readIdentity(person),
    readInstalled(person),
    readMemberships(person),
  ]);
  const roles = new Map(memberships.map(({ organization, role }) => [organization.id, role]));
  const asked = installed.filter(({ account }) => (roles.get(account.id) ?? 'admin') === 'admin');
  const ready = await ownedOf(person, identity, asked);
  const known = new Set(installed.map(({ account }) => account.id));
  const others = memberships.filter(
    ({ role, organization }) => role === 'admin' && !known.has(organization.id),
  );
  const { login } = identity;
  return [
    ...ready,
    ...others.map(({ organization: { id, login } }) => ({
      ...{ id, login, name: login },
      kind: 'organization' as const,
      connection: undefined,
    })),
    {
      id: asId(identity.account),
      login,
      name: identity.name ?? login,
      kind: 'personal',
      connection: undefined,
    },
  ];
}

/** The organization of the matching installation, if the person sees the installation and owns the organization. */
export async function findOwned(
  person: Person,
  isWanted: (installed: Installed) => boolean,
): Promise<OwnedOrganization | undefined> {
  const installed = (await readInstalled(person)).filter(isWanted);
  const [owned] = installed.length === 0 ? [] : await ownedOf(person, await readIdentity(person), installed);
  return owned;
}

/**
 * The installations of our App on organizations that the person may see, without suspended ones, which read nothing.
 *
 * @throws ForgeError `incomplete` if GitHub lists fewer than it counts
 */
async function readInstalled(person: Person): Promise<readonly Installed[]> {
  let total = 0;
  const all = await listAsPerson(person, '/user/installations', installationsSchema, (page) => {
    total = page.total_count;
    return page.installations;
  });
  if (all.length < total) {
    throw new ForgeError('incomplete', `GitHub counts ${total} installations and lists ${all.length}`);
  }
  return all.flatMap(({ id, account, target_type: type, suspended_at: suspendedAt }) => {
    const login = account?.login;
    return type === 'Organization' && !suspendedAt && account && login !== undefined
      ? [{ id, account: { id: account.id, login } }]
      : [];
  });
}

/** The person's active memberships; none if GitHub does not show them to our App. */
async function readMemberships(person: Person): Promise<z.infer<typeof membershipsSchema>> {
  const path = '/user/memberships/orgs?state=active';
  const all = await listAsPerson(person, path, membershipsSchema, (page) => page).catch((error: unknown) =>
    isOneOf(error, ['insufficient-scope', 'sso-required']) ? [] : Promise.reject(error),
  );
  return all.filter(({ state }) => state === 'active');
}

async function ownedOf(
  person: Person,
  identity: PersonIdentity,
  installed: readonly Installed[],
): Promise<readonly OwnedOrganization[]> {
  const owned: OwnedOrganization[] = [];
  for (let start = 0; start < installed.length; start += askedAtOnce) {
    const some = installed.slice(start, start + askedAtOnce);
    const answers = await Promise.all(some.map((one) => isOwner(person, identity, one)));
    for (const [place, { id: installation, account }] of some.entries()) {
      if (answers[place] === true) {
        const connection = { kind: 'app-installation', installation } as const;
        owned.push({ ...account, name: account.login, kind: 'organization', connection });
      }
    }
  }
  return owned;
}

/**
 * Whether the person is an active owner according to the installation. Logins are reused, so the ids in the answer must match. If the
 * installation lacks the permission the answer is no; an outage is an error.
 *
 * https://docs.github.com/en/rest/orgs/members#get-organization-membership-for-a-user
 */
async function isOwner(
  { integration, services }: Person,
  { account, login }: PersonIdentity,
  { id, account: organization }: Installed,
): Promise<boolean> {
  const requests = installationRequests(integration, id, services);
  const route = 'GET /orgs/{org}/memberships/{username}';
  try {
    const membership = await requests.get(
      route,
      { org: organization.login, username: login },
      membershipSchema,
    );
    return (
      membership.state === 'active' &&
      membership.role === 'admin' &&
      membership.user.id === account &&
      membership.organization.id === organization.id
    );
  } catch (error) {
    if (isOneOf(error, ['not-found', 'credential-rejected', 'insufficient-scope', 'sso-required'])) {
      return false;
    }
    throw error;
  }
}

const isOneOf = (error: unknown, codes: readonly ForgeErrorCode[]): boolean =>
  error instanceof ForgeError && codes.includes(error.code);

/** As `SignIn.revoke`. https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token */
export async function revoke({ integration, grant, services }: Person): Promise<void> {
  const { id, secret } = clientOf(integration);
  const what = 'the revocation of the grant';
  const response = await sendTo(
    integration,
    services,
    what,
    `/applications/${encodeURIComponent(id)}/token`,
    {
      method: 'DELETE',
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ access_token: grant.accessToken }),
    },
  );
  // 404 and 422: the token has already ended.
  if (![204, 404, 422].includes(response.status)) {
    throw refusalOf(response, what, services);
  }
}
