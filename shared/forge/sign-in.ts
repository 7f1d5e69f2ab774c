/**
 * Sign-in with an account on a forge: OAuth 2.0's authorization code flow (RFC 6749, section 4.1), with PKCE (RFC 7636) where the forge
 * supports it. The caller stores `state` and the code verifier for the browser; an adapter stores nothing between requests. Errors and log
 * lines never contain a code, a token or the client secret.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../domain/connection.ts';
import type { ForgeAccountId, ForgeOrganizationId, ForgeRepositoryId } from '../domain/ids.ts';
import type { ForgeServices, Integration, IntegrationSecrets, IntegrationSettings } from './integration.ts';

/** Why a sign-in failed. Failures that may pass without anybody's action are `ForgeError`s instead. */
export type SignInErrorCode =
  /** The person declined at the forge. */
  | 'denied'
  /** The callback does not belong to this browser's request: wrong `state`, wrong issuer, or no code. */
  | 'state-mismatch'
  /** The code was used before, has expired, or was issued to another browser: sign in again. */
  | 'bad-code'
  /** The person must verify the account at the forge first, for example its e-mail address. */
  | 'account-unverified'
  /** The forge rejects our client id, secret or redirect address: the operator has to act. */
  | 'client-rejected'
  /** The grant has expired or was revoked at the forge: sign in again. */
  | 'grant-ended';

export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly code: SignInErrorCode;

  /** @param message for the log: nothing secret, no values of a callback's parameters */
  constructor(code: SignInErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A person's OAuth grant. Both tokens are secret. */
export interface PersonGrant {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** When the access token expires; milliseconds since the epoch. Undefined if it does not. */
  readonly expiresAt?: number | undefined;
  /** Whose it is, where the forge was asked; it names the budget of those that count requests by person. */
  readonly account?: ForgeAccountId | undefined;
}

/** The account that signed in. Only `account` identifies it; the rest may change, and logins are reused. */
export interface PersonIdentity {
  readonly account: ForgeAccountId;
  readonly login: string;
  readonly name?: string | undefined;
  readonly avatarUrl?: string | undefined;
}

/** An organization that the person owns according to the forge. */
export interface OwnedOrganization {
  readonly id: ForgeOrganizationId;
  readonly login: string;
  /** The login if the forge's list has no names. */
  readonly name: string;
  /** A personal account is listed so that the person can be told why it cannot be connected. */
  readonly kind: 'organization' | 'personal';
  /**
   * The connection that already exists at the forge. Undefined if access must be granted first: at `installUrl` if the forge has such a page,
   * otherwise with an OAuth grant or a token.
   */
  readonly connection: Connection | undefined;
}

/** Parameters of the forge's sign-in page. */
export interface AuthorizationRequest {
  /** Exactly as registered at the forge. */
  readonly redirectUri: string;
  /** Random and bound to the browser. */
  readonly state: string;
  /** `s256` of the code verifier; ignored by forges without PKCE. */
  readonly codeChallenge: string;
  /** Shows the forge's choice of accounts even if the person is signed in there. */
  readonly selectAccount?: boolean | undefined;
  /**
   * Asks for what connecting an organization needs: seeing which ones the person owns, and what a connection by the grant does. Otherwise the grant
   * only shows who the person is. Ignored by forges that fix it when the client is registered.
   */
  readonly forConnecting?: boolean | undefined;
}

/** The callback, with what was stored for the browser. */
export interface AuthorizationAnswer {
  /** The query parameters of the callback. */
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Methods that send requests also throw ForgeError `unavailable`, or `rate-limited` with `notBefore`; nothing about the person follows from
 * these. With a grant that has ended, `identity` and the methods after it throw SignInError `grant-ended`.
 */
export interface SignIn<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  /** Whether people can sign in with this integration, which needs a client id and a client secret. */
  isOffered(integration: Integration<Settings, Secrets>): boolean;
  /**
   * Sends no request.
   *
   * @throws RangeError if sign-in is not offered
   */
  authorizeUrl(integration: Integration<Settings, Secrets>, request: AuthorizationRequest): string;
  /**
   * Checks the callback and exchanges its code.
   *
   * @throws SignInError `denied`, `state-mismatch`, `bad-code`, `account-unverified`, `client-rejected`
   * @throws RangeError if sign-in is not offered
   */
  exchange(
    integration: Integration<Settings, Secrets>,
    answer: AuthorizationAnswer,
    services: ForgeServices,
  ): Promise<PersonGrant>;
  identity(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    services: ForgeServices,
  ): Promise<PersonIdentity>;
  /** Every organization that the person owns, as far as the forge lists them; a partial list is an error. */
  ownedOrganizations(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    services: ForgeServices,
  ): Promise<readonly OwnedOrganization[]>;
  /**
   * Whether the person owns the organization now, according to the forge. False if the forge cannot be asked, because the App is not installed
   * there.
   */
  owns(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<boolean>;
  /**
   * The organization's repositories that the person may read, as the forge tells the person; left out where it does not. Undefined for more than
   * some pages of them, or where the grant does not show them. For a look at what is known, and no proof of a right.
   */
  readable?(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<readonly ForgeRepositoryId[] | undefined>;
  /**
   * The forge's page for granting access to an organization, if there is one and the integration has what its address needs. The forge
   * redirects back to `integrationAddresses().installed`.
   *
   * @param request.organization preselected
   */
  installUrl?(
    integration: Integration<Settings, Secrets>,
    request: { readonly state: string; readonly organization?: ForgeOrganizationId | undefined },
  ): string | undefined;
  /**
   * The organization that the redirect back from that page names. Its parameters can be spoofed, so the forge is asked: undefined unless the
   * person owns the organization. The caller checks `state` first.
   */
  installedOrganization?(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    parameters: URLSearchParams,
    services: ForgeServices,
  ): Promise<OwnedOrganization | undefined>;
  /** Revokes the grant's tokens at the forge. Tokens that have already ended are not an error. */
  revoke?(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    services: ForgeServices,
  ): Promise<void>;
}

/** The code challenge of a verifier: https://www.rfc-editor.org/rfc/rfc7636#section-4.2 */
export const s256 = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
