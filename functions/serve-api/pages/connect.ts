/** How a person connects an organization without JavaScript: choosing the code host, the organization, and watching the first import. */
import { enteredLine } from '../../../shared/console-api/common.ts';
import { AccessToken } from '../../../shared/console-api/forges.ts';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { callerErrorOf } from '../../../shared/domain/conflict-error.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { choosePackagesAs } from '../../../shared/organizations/choose-packages.ts';
import { connectionsOf } from '../../../shared/organizations/connections.ts';
import { createOrganization } from '../../../shared/organizations/create-organization.ts';
import { forgeOrganizationsOf, type PublicIntegration } from '../../../shared/organizations/granted-forge.ts';
import { placesOf } from '../../../shared/organizations/membership.ts';
import type { HttpAnswer } from '../../../shared/runtime/http-message.ts';
import { pageAnswer, redirectAnswer } from '../../../shared/runtime/page.ts';
import { ProblemError } from '../../../shared/runtime/problem-details.ts';
import { formTokenFor } from '../../../shared/sessions/form-token.ts';
import { notFoundPage } from '../../../shared/sign-in/pages.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { type Account, readUser } from '../../../shared/store/user-store.ts';
import { type ConnectForm, connectPage, grantPage, hostsPage, type Suggested } from './connect-pages.ts';
import { connectedPage } from './connected-page.ts';
import { accountableFor, hostOf, hostsOf, type PageContext, refusalOfForm } from './context.ts';
import { firstImportOf } from './first-import.ts';
import { replaceByForm } from './replace-connection.ts';

const unknownHost = notFoundPage('This registry does not know that code host.');

/** The organizations on a code host. Without its name: on the only one, or the code hosts to choose from. */
export async function showConnect(context: PageContext): Promise<HttpAnswer> {
  if (context.key !== '') {
    const host = await hostOf(context);
    return host === undefined ? pageAnswer(unknownHost) : showHost(context, host);
  }
  const hosts = await hostsOf(context);
  const [only, ...others] = hosts;
  return only !== undefined && others.length === 0 ? showHost(context, only) : pageAnswer(hostsPage(hosts));
}

const isOfHost =
  ({ forge, baseUrl }: PublicIntegration) =>
  (account: Account): boolean =>
    account.forge === forge && account.baseUrl === baseUrl;

async function showHost(
  context: PageContext,
  host: PublicIntegration,
  suggested?: Suggested,
): Promise<HttpAnswer> {
  const { dependencies, current } = context;
  const formToken = await formTokenFor(dependencies, current.session);
  try {
    const organizations = await forgeOrganizationsOf(dependencies, current.user, host.key);
    return pageAnswer(connectPage({ host, organizations, formToken, suggested }));
  } catch (error) {
    if (isGrantMissing(error)) {
      const person = await readUser(dependencies.table, current.user);
      const isLinked = person?.accounts.some(isOfHost(host)) === true;
      return pageAnswer(grantPage(host, formToken, isLinked));
    }
    throw error;
  }
}

const isGrantMissing = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.code === 'reauthentication-required';

/** Connects what the form says; shows it again with what is wrong. A form that is sent twice leads to what the first one made. */
export async function connect(context: PageContext): Promise<HttpAnswer> {
  const { dependencies, current, form } = context;
  const refusal = await refusalOfForm(context);
  const host = await hostOf(context);
  if (refusal !== undefined || host === undefined) {
    return pageAnswer(refusal ?? unknownHost);
  }
  const sent = sentForm(form);
  try {
    const tokens = {
      accessToken: sentToken(form, 'token'),
      contentsToken: sentToken(form, 'contents-token'),
    };
    if (form.has('replace')) {
      const { forge, baseUrl } = host;
      const { organization } = sent;
      return redirectAnswer(await replaceByForm(context, { host: { forge, baseUrl }, organization, tokens }));
    }
    const { slug } = await createOrganization(
      { ...dependencies, workQueue: bestEffortQueue(dependencies) },
      current.user,
      {
        slug: sent.slug,
        name: sent.name === '' ? undefined : sent.name,
        ownedVendors: sent.vendors.split(/[\s,]+/).filter((vendor) => vendor !== ''),
        from: {
          integration: host.key,
          organization: sent.organization,
          repositories: sent.repositories,
          ...tokens,
        },
      },
      await accountableFor(context),
    );
    return redirectAnswer(`/connected/${slug}`);
  } catch (error) {
    if (isGrantMissing(error)) {
      return (await ownedBySender(context, sent.slug)) === undefined
        ? showHost(context, host)
        : redirectAnswer(`/connected/${sent.slug}`);
    }
    const problem = callerErrorOf(error);
    if (problem === undefined) {
      throw error;
    }
    return showHost(context, host, { ...sent, problem: problem.message });
  }
}

/** Longest texts that the fields take, as the API does. */
const lengths = { slug: 40, name: 200, vendors: 2000, organization: 100 } as const;

function sentForm(form: URLSearchParams): ConnectForm {
  const field = (name: keyof typeof lengths): string => enteredLine(form.get(name), lengths[name]);
  return {
    organization: field('organization'),
    slug: field('slug'),
    name: field('name'),
    vendors: field('vendors').toLowerCase(),
    repositories: form.get('repositories') === 'later' ? 'later' : 'all',
  };
}

/** @throws CallerError when it cannot be one: nothing of it is shown again */
function sentToken(form: URLSearchParams, field: string): string | undefined {
  const text = (form.get(field) ?? '').trim();
  const token = AccessToken.safeParse(text);
  if (text !== '' && !token.success) {
    throw new CallerError('invalid', 'This is no access token.');
  }
  return token.data;
}

/** The organization with the slug, if whoever asks owns it. */
async function ownedBySender(
  { dependencies: { table, clock }, current }: PageContext,
  slug: string,
): Promise<Organization | undefined> {
  const { memberships } = await placesOf(table, current.user, clock.now());
  return memberships.find(({ organization, role }) => role === 'owner' && organization.slug === slug)
    ?.organization;
}

/** How far the first import of an organization is. */
export async function showConnected(context: PageContext): Promise<HttpAnswer> {
  const { dependencies, current, key } = context;
  const { table, clock, registryBaseUrl } = dependencies;
  const organization = await ownedBySender(context, key);
  if (organization === undefined) {
    return pageAnswer(notFoundPage());
  }
  const [progress, connections, formToken] = await Promise.all([
    firstImportOf(table, organization, clock.now()),
    connectionsOf(table, organization, clock.now()),
    formTokenFor(dependencies, current.session),
  ]);
  return pageAnswer(connectedPage({ organization, progress, connections, registryBaseUrl, formToken }));
}

/** Makes packages of repositories that nobody had chosen. */
export async function chooseRepositories(context: PageContext): Promise<HttpAnswer> {
  const { dependencies, key, form } = context;
  const refusal = await refusalOfForm(context, { isDangerous: false });
  if (refusal !== undefined) {
    return pageAnswer(refusal);
  }
  const organization = await ownedBySender(context, key);
  if (organization === undefined) {
    return pageAnswer(notFoundPage());
  }
  const repositories = form.get('choice') === 'all' ? 'all' : form.getAll('repository');
  if (repositories.length > 0) {
    const working = { ...dependencies, workQueue: bestEffortQueue(dependencies) };
    const choice = { repositories, forks: false } as const;
    await choosePackagesAs(working, organization, choice, await accountableFor(context));
  }
  return redirectAnswer(`/connected/${organization.slug}`);
}
