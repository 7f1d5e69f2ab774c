/** The organization on a code host that is to be connected, and what it is going to be read with. */
import { CallerError, type WrongField } from '../domain/caller-error.ts';
import type { Connection } from '../domain/connection.ts';
import {
  asId,
  type ConnectionId,
  type ForgeOrganizationId,
  type InstallationId,
  newId,
  type UserId,
} from '../domain/ids.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { CheckedToken, ConnectionNotes, IntegrationConnecting } from '../forge/connecting.ts';
import type { IssuedCredential } from '../forge/credential.ts';
import { ForgeError } from '../forge/errors.ts';
import { integrationAddresses } from '../forge/integration-key.ts';
import { findIntegration } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import type { OwnedOrganization } from '../forge/sign-in.ts';
import { listInstallations } from '../store/installation-store.ts';
import type { Operation } from '../store/table.ts';
import { chooseIntegration } from './choose-integration.ts';
import { forgeFailure } from './forge-failure.ts';
import {
  askedThere,
  type GrantedForge,
  type GrantedForgeDependencies,
  grantedForge,
  installUrlOf,
  notes,
  ownedThere,
} from './granted-forge.ts';

export interface EnteredTokens {
  /** An access token of the code host. Without one: what the person granted, or the App. */
  readonly accessToken?: string | undefined;
  /** Another one, for contents alone. */
  readonly contentsToken?: string | undefined;
}

/** Which one is meant, and what it is to be read with. */
export interface ChosenOrganization extends EnteredTokens {
  /** The key of the integration. */
  readonly integration: string;
  /** The code host's own id. */
  readonly organization: string;
}

/** A connection, with its secret if it has one that is not stored yet. */
export interface NewConnection {
  readonly connection: Connection;
  readonly credential: IssuedCredential<unknown> | undefined;
  readonly notes: ConnectionNotes;
}

/** Of what is made for this registry alone: an App, or a grant. */
export const noNotes: ConnectionNotes = { scopes: [], limits: [], unneeded: [] };

/** An organization on a code host that may be connected. */
export interface ForConnecting extends NewConnection {
  readonly integration: Integration;
  readonly host: ForgeHost;
  /** Undefined: the one that the connection belongs to. */
  readonly id: ForgeOrganizationId | undefined;
  /** For messages. */
  readonly login: string;
  /** What becomes of the grant that was asked with: part of the transaction that connects. */
  readonly grantUsed: readonly Operation[];
}

/**
 * The organization, if the code host says now that the person owns it. Nothing of the request is believed but which one is meant.
 *
 * @param pointer to what has the tokens in the request
 * @throws as `forgeOrganizationsOf`, and CallerError when the person does not own it, when it is a personal account, when it
 * cannot be read, or for what the token lacks
 */
export async function ownedForConnecting(
  dependencies: GrantedForgeDependencies,
  user: UserId,
  { integration: key, organization, accessToken, contentsToken }: ChosenOrganization,
  pointer: string,
): Promise<ForConnecting> {
  const granted = await grantedForge(dependencies, user, key);
  const { integration, host, kept, connecting } = granted;
  const owned = await ownedOrganization(dependencies, granted, asId<ForgeOrganizationId>(organization));
  const { id, login } = owned;
  const about = { integration, host, id, login };
  const token: TokenFor = { host, connecting, organization: id };
  if (accessToken !== undefined) {
    const checked = await checkedToken(dependencies, token, accessToken, pointer);
    const both = await withContents(token, checked, contentsToken, pointer);
    return { ...about, ...both, grantUsed: kept.end };
  }
  if (owned.connection !== undefined) {
    const installed = { connection: owned.connection, credential: undefined, notes: noNotes };
    return {
      ...about,
      ...(await withContents(token, installed, contentsToken, pointer)),
      grantUsed: kept.end,
    };
  }
  if (connecting === undefined) {
    const page = installUrlOf(dependencies, granted.forge, id);
    const where = page === undefined ? '' : `: ${page}`;
    throw new CallerError('conflict', `give this registry access to ${login} first${where}`);
  }
  const connection = { kind: 'oauth-grant', id: newId<ConnectionId>(dependencies.randomBytes) } as const;
  const { credential, notes } = await checkedGrant(dependencies, granted, connecting, id);
  const both = await withContents(token, { connection, credential, notes }, contentsToken, pointer);
  return { ...about, ...both, grantUsed: kept.take };
}

/** @throws CallerError when the person does not own it */
async function ownedOrganization(
  dependencies: GrantedForgeDependencies,
  granted: GrantedForge,
  id: ForgeOrganizationId,
): Promise<OwnedOrganization> {
  const { host, connecting } = granted;
  const owned = (await ownedThere(dependencies, granted)).find((one) => one.id === id);
  if (owned?.kind === 'personal') {
    throw new CallerError('invalid', notes['personal-account']);
  }
  if (owned !== undefined) {
    return owned;
  }
  // A list may lack some. An App that is not installed is not asked.
  const isOwner =
    connecting !== undefined &&
    (await askedThere(dependencies, granted, ({ forge, kept }) => forge.owns(kept.grant, id)));
  if (!isOwner) {
    throw new CallerError('forbidden', `${host.baseUrl} does not say that you own an organization ${id}`);
  }
  return { id, login: id, name: id, kind: 'organization', connection: undefined };
}

/** @throws CallerError when the grant ends too soon to be read with */
function credentialOfGrant(
  { consoleBaseUrl }: GrantedForgeDependencies,
  { host, kept }: GrantedForge,
  connecting: IntegrationConnecting,
): IssuedCredential<unknown> {
  try {
    return connecting.ofGrant(kept.grant, integrationAddresses(consoleBaseUrl, host).callback);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new CallerError(
        'conflict',
        `what you granted at ${host.baseUrl} cannot be renewed; enter an access token instead`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** What the person granted, as the code host describes it. @throws CallerError for what it lacks */
async function checkedGrant(
  dependencies: GrantedForgeDependencies,
  granted: GrantedForge,
  connecting: IntegrationConnecting,
  organization: ForgeOrganizationId,
): Promise<Pick<NewConnection, 'credential' | 'notes'>> {
  const credential = credentialOfGrant(dependencies, granted, connecting);
  const what = `what you granted at ${granted.host.baseUrl}`;
  const checked = await connecting.checkGrant?.(credential, organization).catch((error: unknown): never => {
    throw error instanceof ForgeError ? forgeFailure(`what ${what} covers`, error) : error;
  });
  if (checked !== undefined && checked.missing.length > 0) {
    throw new CallerError('conflict', `${what} cannot be used: ${checked.missing.join(' ')}`);
  }
  return { credential, notes: checked === undefined ? noNotes : notesOf(checked) };
}

interface TokenFor {
  readonly host: ForgeHost;
  readonly connecting: IntegrationConnecting | undefined;
  readonly organization: ForgeOrganizationId;
}

/** @throws CallerError with an error for each thing that the token lacks */
async function checkedToken(
  { randomBytes }: Pick<GrantedForgeDependencies, 'randomBytes'>,
  { host, connecting, organization }: TokenFor,
  accessToken: string,
  pointer: string,
): Promise<NewConnection> {
  const at = `${pointer}/accessToken`;
  if (connecting === undefined) {
    throw wrongToken(`${host.baseUrl} is not read with access tokens`, [], at);
  }
  const checked = await usable(connecting.checkToken(accessToken, organization), 'the access token', at);
  const connection = { kind: 'access-token', id: newId<ConnectionId>(randomBytes) } as const;
  return { connection, credential: checked.credential, notes: notesOf(checked) };
}

/** The connection with the token for contents, if one was entered. @throws CallerError as `checkedToken` */
async function withContents(
  { host, connecting, organization }: TokenFor,
  made: NewConnection,
  contentsToken: string | undefined,
  pointer: string,
): Promise<NewConnection> {
  if (contentsToken === undefined) {
    return made;
  }
  const at = `${pointer}/contentsToken`;
  if (connecting?.addContentsToken === undefined || made.credential === undefined) {
    throw wrongToken(`${host.baseUrl} is read with one credential`, [], at);
  }
  const checking = connecting.addContentsToken(made.credential, contentsToken, organization);
  const { credential, scopes, limits, unneeded } = await usable(checking, 'the token for contents', at);
  const notes = {
    scopes: [...new Set([...made.notes.scopes, ...scopes])],
    limits: [...made.notes.limits, ...limits],
    unneeded: [...made.notes.unneeded, ...unneeded],
  };
  return { ...made, credential, notes };
}

const notesOf = ({ scopes, limits, unneeded }: CheckedToken<unknown>): ConnectionNotes => ({
  ...{ scopes, limits, unneeded },
});

/** @throws CallerError with an error for each thing that the token lacks */
async function usable(
  checking: Promise<CheckedToken<unknown>>,
  what: string,
  pointer: string,
): Promise<CheckedToken<unknown>> {
  const checked = await checking.catch((error: unknown): never => {
    throw error instanceof ForgeError ? uncheckedToken(what, error) : error;
  });
  if (checked.missing.length > 0) {
    throw wrongToken(`${what} cannot be used`, checked.missing, pointer);
  }
  return checked;
}

/** Who asks what a token may do is answered by the token, whatever it sees: that there is nothing says nothing of it. */
const uncheckedToken = (what: string, error: ForgeError): CallerError =>
  error.code === 'not-found'
    ? new CallerError(
        'too-early',
        `${what} could not be checked: the code host answers as if nothing were there, as in an outage. Nothing has changed; try again in some minutes.`,
      )
    : forgeFailure(`what ${what} may do`, error);

function wrongToken(what: string, missing: readonly string[], pointer: string): CallerError {
  const errors: readonly WrongField[] = missing.map((detail) => ({ pointer, detail }));
  const message = missing.length === 0 ? what : `${what}: ${missing.join(' ')}`;
  return new CallerError('invalid', message, {
    errors: errors.length === 0 ? [{ pointer, detail: what }] : errors,
  });
}

/**
 * The organization, if it gave access to this installation, as its deliveries said, or the token shows. For whoever runs the installation: nobody is
 * asked whether he owns it.
 *
 * @throws CallerError when there is no such integration, nothing is known of such an organization, or for what the token lacks
 */
export async function installedForConnecting(
  dependencies: Pick<GrantedForgeDependencies, 'table' | 'forges' | 'randomBytes'>,
  { integration: key, organization, accessToken, contentsToken }: ChosenOrganization,
  pointer: string,
): Promise<ForConnecting> {
  const { table, forges } = dependencies;
  const integration = findIntegration(await forges.integrations(), key);
  if (integration === undefined) {
    throw new CallerError('invalid', `there is no integration ${key}`);
  }
  const host = { forge: integration.forge, baseUrl: integration.settings.baseUrl };
  const id = asId<ForgeOrganizationId>(organization);
  if (accessToken !== undefined) {
    const token = { host, connecting: forges.connecting(integration), organization: id };
    const checked = await checkedToken(dependencies, token, accessToken, pointer);
    const both = await withContents(token, checked, contentsToken, pointer);
    return { integration, host, id, login: organization, ...both, grantUsed: [] };
  }
  const installed = (await listInstallations(table)).find(
    ({ forge, baseUrl, forgeOrganization, status }) =>
      forge === host.forge && baseUrl === host.baseUrl && forgeOrganization === id && status !== 'removed',
  );
  if (installed === undefined) {
    throw new CallerError('not-found', `no organization ${id} gave this registry access at ${host.baseUrl}`);
  }
  const { login, installation } = installed;
  return { integration, host, id, login, ...ofInstallation(installation), grantUsed: [] };
}

const ofInstallation = (installation: InstallationId): NewConnection => ({
  connection: { kind: 'app-installation', installation },
  credential: undefined,
  notes: noNotes,
});

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
  const about = { integration, host, id: undefined, login: `installation ${installation}` };
  return { ...about, ...ofInstallation(asId<InstallationId>(installation)), grantUsed: [] };
}
