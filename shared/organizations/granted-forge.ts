/** What a code host says that a person owns, asked with the grant that the person gave at sign-in. */
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeOrganizationId, UserId } from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { IntegrationConnecting } from '../forge/connecting.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration, type Integrations } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import type { PersonForge } from '../forge/person-forge.ts';
import { type OwnedOrganization, SignInError } from '../forge/sign-in.ts';
import type { Cipher } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { refuse } from '../runtime/problem-details.ts';
import { hostLabel } from '../sign-in/host-label.ts';
import { findPersonGrant, type KeptGrant } from '../store/person-grant-store.ts';
import { findClaims } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { forgeFailure } from './forge-failure.ts';
import { organizationsOf } from './membership.ts';

/** The forges that people sign in with. */
export interface PersonForges {
  integrations(): Promise<Integrations>;
  personForge(integration: Integration): PersonForge | undefined;
  connecting(integration: Integration): IntegrationConnecting | undefined;
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
export interface GrantedForge {
  readonly integration: Integration;
  readonly host: ForgeHost;
  readonly forge: PersonForge;
  /** Undefined where an App is installed. */
  readonly connecting: IntegrationConnecting | undefined;
  readonly kept: KeptGrant;
}

/**
 * @param key of the integration
 * @throws CallerError `invalid` when people cannot sign in with it
 * @throws ProblemError `reauthentication-required` when there is no grant, or none any more
 */
export async function grantedForge(
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
  const connecting = forges.connecting(integration);
  return { integration, host, forge, connecting, kept: kept ?? signInAgain(dependencies, host) };
}

/** @throws ProblemError always; it names the address where the person renews the grant */
function signInAgain({ consoleBaseUrl }: GrantedForgeDependencies, host: ForgeHost): never {
  refuse(
    'reauthentication-required',
    `Choose an organization of ${host.baseUrl} at ${consoleBaseUrl}/sign-in, or as POST /me/forge-organizations/choices says: what you grant there is kept for 15 minutes only.`,
  );
}

export const ownedThere = (
  dependencies: GrantedForgeDependencies,
  granted: GrantedForge,
): Promise<readonly OwnedOrganization[]> =>
  askedThere(dependencies, granted, ({ forge, kept }) => forge.ownedOrganizations(kept.grant));

/** Asks the code host. @throws as `forgeOrganizationsOf` */
export async function askedThere<Answer>(
  dependencies: GrantedForgeDependencies,
  granted: GrantedForge,
  ask: (granted: GrantedForge) => Promise<Answer>,
): Promise<Answer> {
  const { host } = granted;
  try {
    return await ask(granted);
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

export const notes = {
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
    const isReadable = connection !== undefined || granted.connecting !== undefined;
    const state = stateOf(kind, claim !== undefined, isReadable);
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
export function installUrlOf(
  { randomBytes }: Pick<GrantedForgeDependencies, 'randomBytes'>,
  forge: PersonForge,
  organization?: ForgeOrganizationId,
): string | undefined {
  return forge.installUrl(Buffer.from(randomBytes(16)).toString('base64url'), organization);
}

/** An integration, as whoever is signed in may know it. */
export interface PublicIntegration extends ForgeHost {
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly isSignInOffered: boolean;
  readonly installUrl: string | undefined;
  /** What its organizations are read with. */
  readonly connectsWith: readonly WayToConnect[];
  /** What is entered as an access token, if that is more than the token. */
  readonly tokenForm: string | undefined;
}

/**
 * An App that is installed, what the person grants by signing in, or an access token that the person enters; and one that reads contents
 * beside it.
 */
export type WayToConnect = 'app' | 'grant' | 'token' | 'contents-token';

function waysToConnect(connecting: IntegrationConnecting | undefined): readonly WayToConnect[] {
  if (connecting === undefined) {
    return ['app'];
  }
  return connecting.addContentsToken === undefined
    ? ['grant', 'token']
    : ['grant', 'token', 'contents-token'];
}

export function publicIntegrations(
  dependencies: Pick<GrantedForgeDependencies, 'forges' | 'randomBytes'>,
  { valid }: Integrations,
): readonly PublicIntegration[] {
  return valid.map((integration) => {
    const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
    const forge = dependencies.forges.personForge(integration);
    const connecting = dependencies.forges.connecting(integration);
    return {
      ...host,
      key: integrationKeyOf(host),
      name: hostLabel(host),
      isSignInOffered: forge !== undefined,
      installUrl: forge && installUrlOf(dependencies, forge),
      connectsWith: waysToConnect(connecting),
      tokenForm: connecting?.tokenForm,
    };
  });
}
