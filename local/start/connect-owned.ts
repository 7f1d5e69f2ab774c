/** Connects organizations of simulated code hosts as their owner does: with what the person grants there. */
import { z } from 'zod';
import type { ForgeHost } from '../../shared/domain/synchronization.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { type Browser, createBrowser, type Page } from '../browser/browser.ts';
import type { WorldConnection } from '../forges/world/story.ts';
import type { AdminClient } from './admin-client.ts';
import { type FoundManifest, vendorsOf } from './manifests.ts';
import type { Progress } from './progress.ts';

/** Whom the code host signs in. */
export interface CodeHostAccount {
  readonly host: ForgeHost;
  readonly login: string;
}

/** A group or workspace, as its owner sees it. */
export interface Connectable {
  readonly host: ForgeHost;
  /** The code host's id. */
  readonly id: string;
  /** Its name in addresses there. */
  readonly path: string;
  readonly name: string;
  /** The login of its first owner who can sign in. */
  readonly owner: string | undefined;
  manifests(): Promise<readonly FoundManifest[]>;
  /** Makes an access token of it that ends on a day, where the code host has such tokens. */
  createToken?(expires: string): Promise<string>;
  readonly connection?: WorldConnection;
}

const Status = z.object({ organizations: z.array(z.object({ slug: z.string() })) });
const Synchronizations = z.object({
  synchronizations: z.array(z.object({ forge: z.string(), login: z.string() })),
});

/** The paths of what is connected of a code host, with the organization's slug. */
export async function connectedOf(
  admin: AdminClient,
  { forge: wanted }: ForgeHost,
): Promise<ReadonlyMap<string, string>> {
  const { organizations } = Status.parse(await admin.invoke('describe-organization', {}));
  const found = await Promise.all(
    organizations.map(async ({ slug }) => {
      const status = Synchronizations.parse(await admin.invoke('describe-organization', { slug }));
      return status.synchronizations
        .filter(({ forge }) => forge === wanted)
        .map(({ login }) => [login, slug] as const);
    }),
  );
  return new Map(found.flat());
}

interface Connecting {
  readonly admin: AdminClient;
  readonly consoleBaseUrl: string;
  /** Who signs in, and connects what he owns. */
  readonly person: CodeHostAccount;
  readonly progress: Progress;
}

/** Connects what the person owns and is not connected yet. */
export async function connectOwned(
  organizations: readonly Connectable[],
  { admin, consoleBaseUrl, person, progress }: Connecting,
): Promise<void> {
  for (const organization of organizations) {
    const { path, owner, host } = organization;
    if ((await connectedOf(admin, host)).has(path)) {
      progress.step(`${path}: connected in an earlier run`);
    } else if (organization.connection?.unconnected) {
      progress.step(`${path}: left for you to connect`);
    } else if (owner !== person.login) {
      progress.step(`${path}: not connected: ${person.login}, who signs in, does not own it`);
    } else {
      await connectOne(organization, consoleBaseUrl, person);
      progress.step(`${path}: connected by ${owner}`);
    }
  }
}

async function connectOne(
  { connection = {}, createToken, ...one }: Connectable,
  consoleBaseUrl: string,
  person: CodeHostAccount,
): Promise<void> {
  const { host, path } = one;
  const browser = createBrowser();
  const page = await browser.visit(`${consoleBaseUrl}/sign-in?return=/`);
  await pressFor(browser, page, person.host, 'sign-in', person.login);
  if (person.host.forge !== host.forge) {
    const signedIn = await browser.visit(`${consoleBaseUrl}/sign-in?return=/`);
    await pressFor(browser, signedIn, host, 'link', person.login);
  }
  const key = integrationKeyOf(host);
  const choice = await browser.visit(`${consoleBaseUrl}/connect/${encodeURIComponent(key)}`);
  const owned = await pressFor(browser, choice, host, 'choose-organization', person.login);
  const { tokenDays } = connection;
  const token = tokenDays === undefined ? undefined : await createToken?.(dayAfter(tokenDays));
  const { repositories = 'all', organization } = connection;
  if (organization !== undefined) {
    await addTo(organization, { ...one, key, repositories, token }, browser, consoleBaseUrl);
    return;
  }
  const connected = await browser.press(owned, ['organization', one.id], {
    ...{
      slug: path.toLowerCase(),
      name: one.name,
      vendors: vendorsOf(await one.manifests()).join(' '),
      repositories,
    },
    ...(token !== undefined && { token }),
  });
  if (!connected.address.startsWith(`${consoleBaseUrl}/connected/`)) {
    throw new Error(`${path} could not be connected: ${connected.status} at ${connected.address}`);
  }
}

const dayAfter = (days: number): string =>
  new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10);

interface Added extends Pick<Connectable, 'id' | 'path'> {
  /** Of the integration. */
  readonly key: string;
  readonly repositories: 'all' | 'later';
  readonly token: string | undefined;
}

/** Adds it to an organization that is there, by the API, with the person's session. */
async function addTo(
  slug: string,
  { id, path, key, repositories, token }: Added,
  browser: Browser,
  consoleBaseUrl: string,
): Promise<void> {
  const address = `${consoleBaseUrl}/api/v1/organizations/${slug}/synchronizations`;
  const answer = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: browser.cookies(address),
      origin: consoleBaseUrl,
      'x-repertoire-request': '1',
    },
    body: JSON.stringify({
      ...{ integration: key, organization: id, repositories },
      ...(token !== undefined && { accessToken: token }),
    }),
  });
  const text = await answer.text();
  if (answer.status !== 201) {
    throw new Error(`${path} could not be added to ${slug}: ${answer.status} ${text}`);
  }
}

/** Presses the button of a code host, and chooses the person there. */
async function pressFor(
  browser: Browser,
  page: Page,
  host: ForgeHost,
  purpose: string,
  login: string,
): Promise<Page> {
  const start = `/sign-in/start/${integrationKeyOf(host)}`;
  const forms = page.forms.filter(({ action }) => decodeURIComponent(new URL(action).pathname) === start);
  const people = await browser.press({ ...page, forms }, ['purpose', purpose]);
  const back = await browser.press(people, ['login', login]);
  if (back.status !== 200) {
    throw new Error(`${purpose} of ${login} at ${host.baseUrl} ended with status ${back.status}`);
  }
  return back;
}
