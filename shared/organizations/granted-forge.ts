/** What a code host says that a person owns, asked with the grant that the person gave at sign-in. */
import { CallerError } from '../domain/caller-error.ts';
import type { Connection } from '../domain/connection.ts';
import { asId, type ForgeOrganizationId, type InstallationId, type UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration, type Integrations } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import type { PersonForge } from '../forge/person-forge.ts';
import { type OwnedOrganization, SignInError } from '../forge/sign-in.ts';
import type { Cipher } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { refuse } from '../runtime/problem-details.ts';
import { listInstallations } from '../store/installation-store.ts';
import { findPersonGrant, type KeptGrant } from '../store/person-grant-store.ts';
import { findClaims } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { chooseIntegration } from './choose-integration.ts';
import { forgeFailure } from './forge-failure.ts';
import { organizationsOf } from './membership.ts';

/** The forges that people sign in with. */
export interface PersonForges {
  integrations(): Promise<Integrations>;
  personForge(integration: Integration): PersonForge | undefined;
}

export interface GrantedForgeDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly forges: PersonForges;
  /** Without a slash at its end. */
  readonly consoleBaseUrl: string;
}

/** A code host that a person may ask now. */
interface GrantedForge {
  readonly integration: Integration;
  readonly host: ForgeHost;
  readonly forge: PersonForge;
  readonly kept: KeptGrant;
}

/**
 * @param key of the integration
 * @throws CallerError `invalid` when people cannot sign in with it
 * @throws ProblemError `reauthentication-required` when there is no grant, or none any more
 */
async function grantedForge(
  dependencies: GrantedForgeDependencies,
  user: UserId,
  key: string,
): Promise<GrantedForge> {
  const { forges } = dependencies;
  const integration = findIntegration(await forges.integrations(), key);
  const forge = integration && forges.personForge(integration);
  if (integration === undefined || forge === undefined) {
    throw new CallerError(
      'invalid',
      `people cannot sign in with ${key}; GET /api/v1/integrations lists others`,
    );
  }
  const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
  const kept = await findPersonGrant(dependencies, user, host);
  return { integration, host, forge, kept: kept ?? signInAgain(dependencies, host) };
}

/** @throws ProblemError always; it names the address where the person renews the grant */
function signInAgain({ consoleBaseUrl }: GrantedForgeDependencies, host: ForgeHost): never {
  refuse(
    'reauthentication-required',
    `Choose an organization of ${host.baseUrl} at ${consoleBaseUrl}/sign-in: what you grant there is kept for 15 minutes only.`,
  );
}

async function ownedThere(
  dependencies: GrantedForgeDependencies,
  { forge, kept, host }: GrantedForge,
): Promise<readonly OwnedOrganization[]> {
  try {
    return await forge.ownedOrganizations(kept.grant);
  } catch (error) {
    if (error instanceof SignInError && error.code === 'grant-ended') {
      signInAgain(dependencies, host);
    }
    throw error instanceof ForgeError ? forgeFailure('your organizations', error) : error;
  }
}

/** An organization of a person, and what stands in the way of connecting it. */
export interface OfferedOrganization extends Pick<OwnedOrganization, 'id' | 'login' | 'name' | 'kind'> {
  readonly state: 'ready' | 'connected' | 'needs-access' | 'personal-account';
  readonly note?: string | undefined;
  readonly installUrl?: string | undefined;
  /** The slug of the organization that it is connected to, if the person belongs there. */
  readonly organization?: string | undefined;
}

const notes = {
  ready: undefined,
  connected: 'It is connected to an organization already.',
  'needs-access': 'Give this registry access to it first.',
  'personal-account':
    'This is your personal account and not an organization. Only organizations can be connected: make one on the code host, or connect one that you own.',
} as const satisfies Record<OfferedOrganization['state'], string | undefined>;

/**
 * The organizations that the person owns, by the code host's own word, for choosing one.
 *
 * @param key of the integration
 * @throws as `grantedForge`, and CallerError when the code host does not answer
 */
export async function forgeOrganizationsOf(
  dependencies: GrantedForgeDependencies,
  user: UserId,
  key: string,
): Promise<readonly OfferedOrganization[]> {
  const { table, clock } = dependencies;
  const granted = await grantedForge(dependencies, user, key);
  const owned = await ownedThere(dependencies, granted);
  const ids = owned.map(({ id }) => id);
  const [claims, memberships] = await Promise.all([
    findClaims(table, granted.host, ids),
    organizationsOf(table, user, clock.now()),
  ]);
  const slugs = new Map(memberships.map(({ organization: { id, slug } }) => [id, slug]));
  return owned.map(({ id, login, name, kind, connection }, place) => {
    const claim = claims[place];
    const state = stateOf(kind, claim !== undefined, connection !== undefined);
    return {
      ...{ id, login, name, kind, state, note: notes[state] },
      installUrl: state === 'needs-access' ? installUrlOf(dependencies, granted.forge, id) : undefined,
      organization: claim === undefined ? undefined : slugs.get(claim),
    };
  });
}

function stateOf(
  kind: OwnedOrganization['kind'],
  isConnected: boolean,
  isReadable: boolean,
): OfferedOrganization['state'] {
  if (kind === 'personal') {
    return 'personal-account';
  }
  if (isConnected) {
    return 'connected';
  }
  return isReadable ? 'ready' : 'needs-access';
}

/** A page that the code host sends the person back from with this state, which belongs to no sign-in of ours. */
function installUrlOf(
  { randomBytes }: Pick<GrantedForgeDependencies, 'randomBytes'>,
  forge: PersonForge,
  organization?: ForgeOrganizationId,
): string | undefined {
  return forge.installUrl(Buffer.from(randomBytes(16)).toString('base64url'), organization);
}

/** An organization on a code host that may be connected, and what it is read with. */
export interface ForConnecting {
  readonly integration: Integration;
  readonly host: ForgeHost;
  readonly organization: Pick<OwnedOrganization, 'login'> & {
    /** Undefined: the one that the connection belongs to. */
    readonly id: ForgeOrganizationId | undefined;
    readonly connection: Connection;
  };
  /** Ends the grant that was asked with: part of the transaction that connects. */
  readonly endGrant: readonly Operation[];
}

/**
 * The organization, if the code host says now that the person owns it. Nothing of the request is believed but which one is meant.
 *
 * @throws as `forgeOrganizationsOf`, and CallerError when the person does not own it, when it is a personal account, or when it
 * cannot be read
 */
export async function ownedForConnecting(
  dependencies: GrantedForgeDependencies,
  user: UserId,
  { integration: key, organization: id }: { readonly integration: string; readonly organization: string },
): Promise<ForConnecting> {
  const granted = await grantedForge(dependencies, user, key);
  const { integration, host, forge, kept } = granted;
  const owned = (await ownedThere(dependencies, granted)).find((one) => one.id === id);
  if (owned === undefined) {
    throw new CallerError('forbidden', `${host.baseUrl} does not say that you own an organization ${id}`);
  }
  if (owned.kind === 'personal') {
    throw new CallerError('invalid', notes['personal-account']);
  }
  const { connection } = owned;
  if (connection === undefined) {
    const page = installUrlOf(dependencies, forge, owned.id);
    const where = page === undefined ? '' : `: ${page}`;
    throw new CallerError('conflict', `give this registry access to ${owned.login} first${where}`);
  }
  return { integration, host, organization: { ...owned, connection }, endGrant: kept.end };
}

/**
 * The organization, if it gave access to this installation, as its deliveries said. For whoever runs the installation: nobody is asked
 * whether he owns it.
 *
 * @throws CallerError when there is no such integration, or nothing is known of such an organization
 */
export async function installedForConnecting(
  { table, forges }: Pick<GrantedForgeDependencies, 'table' | 'forges'>,
  { integration: key, organization: id }: { readonly integration: string; readonly organization: string },
): Promise<ForConnecting> {
  const integration = findIntegration(await forges.integrations(), key);
  if (integration === undefined) {
    throw new CallerError('invalid', `there is no integration ${key}`);
  }
  const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
  const installed = (await listInstallations(table)).find(
    ({ forge, baseUrl, forgeOrganization, status }) =>
      forge === host.forge && baseUrl === host.baseUrl && forgeOrganization === id && status !== 'removed',
  );
  if (installed === undefined) {
    throw new CallerError('not-found', `no organization ${id} gave this registry access at ${host.baseUrl}`);
  }
  const { forgeOrganization, login, installation } = installed;
  return {
    ...{ integration, host, endGrant: [] },
    organization: { id: forgeOrganization, login, connection: { kind: 'app-installation', installation } },
  };
}

/**
 * The installation of our App, whether or not its delivery arrived. For whoever runs this installation, as `installedForConnecting`.
 *
 * @throws CallerError when it is not clear which integration is meant
 */
export async function installationForConnecting(
  { forges }: Pick<GrantedForgeDependencies, 'forges'>,
  {
    installation,
    ...named
  }: {
    readonly installation: string;
    readonly forge?: string | undefined;
    readonly baseUrl?: string | undefined;
  },
): Promise<ForConnecting> {
  const integration = chooseIntegration(await forges.integrations(), named);
  const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
  const connection = { kind: 'app-installation', installation: asId<InstallationId>(installation) } as const;
  return {
    ...{ integration, host, endGrant: [] },
    organization: { id: undefined, login: `installation ${installation}`, connection },
  };
}

/** An integration, as whoever is signed in may know it. */
export interface PublicIntegration extends ForgeHost {
  readonly key: string;
  readonly isSignInOffered: boolean;
  readonly installUrl: string | undefined;
}

export function publicIntegrations(
  dependencies: Pick<GrantedForgeDependencies, 'forges' | 'randomBytes'>,
  { valid }: Integrations,
): readonly PublicIntegration[] {
  return valid.map((integration) => {
    const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
    const forge = dependencies.forges.personForge(integration);
    return {
      ...host,
      key: integrationKeyOf(host),
      isSignInOffered: forge !== undefined,
      installUrl: forge && installUrlOf(dependencies, forge),
    };
  });
}
