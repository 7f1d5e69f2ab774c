/**
 * How people prove who they are with the account that they have on a forge: OAuth 2.0's authorization code flow (RFC 6749, 4.1) with PKCE
 * (RFC 7636) where the forge has it. The caller keeps `state` and the code verifier for the browser that it sends away; an adapter
 * keeps nothing between requests. No error and no log line holds a code, a token or the client secret.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../domain/connection.ts';
import type { ForgeAccountId, ForgeOrganizationId } from '../domain/ids.ts';
import type { ForgeServices, Integration, IntegrationSecrets, IntegrationSettings } from './integration.ts';

/** Why a sign-in, or what follows it, ends here. What another try may mend without anybody's doing is a `ForgeError` instead. */
export type SignInErrorCode =
  /** The person declined at the forge. */
  | 'denied'
  /** The answer is not to what this browser asked: another `state`, another issuer, or no code in it. */
  | 'state-mismatch'
  /** The code was used, has expired, or was issued for another browser: sign in again. */
  | 'bad-code'
  /** The forge wants the person to confirm the account first, as its e-mail address. */
  | 'account-unverified'
  /** The forge refuses our client id, our secret or our redirect address: the operator has to act. */
  | 'client-rejected'
  /** The person's grant has ended: expired, or taken back at the forge. Sign in again. */
  | 'grant-ended';

export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly code: SignInErrorCode;

  /** @param message for the log; holds nothing secret, and no text of a callback's parameters */
  constructor(code: SignInErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a person granted: the forge answers with it about this person. It is secret. */
export interface PersonGrant {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** When the access token ends; milliseconds since the epoch. Undefined where it has no end. */
  readonly expiresAt?: number | undefined;
}

/** Who the forge says that it is. Only `account` identifies; the rest changes and gets reused. */
export interface PersonIdentity {
  readonly account: ForgeAccountId;
  readonly login: string;
  readonly name?: string | undefined;
  readonly avatarUrl?: string | undefined;
}

/** An organization that the person owns, by the forge's word. */
export interface OwnedOrganization {
  readonly id: ForgeOrganizationId;
  readonly login: string;
  /** The login where the forge's list has no name. */
  readonly name: string;
  /** A person's own account is shown too, so that the person can be told that it is not an organization. It is never connected. */
  readonly kind: 'organization' | 'personal';
  /**
   * What it can be read with as it is. Undefined: access has to be given first, at `installUrl` where the forge has such a page, otherwise by
   * a grant or a token.
   */
  readonly connection: Connection | undefined;
}

/** Where a person is sent to sign in. */
export interface AuthorizationRequest {
  /** Registered at the forge, to the letter. */
  readonly redirectUri: string;
  /** Random, and bound to the browser. */
  readonly state: string;
  /** `s256` of the code verifier. */
  readonly codeChallenge: string;
  /** Let the person choose among several accounts, where the forge would take the one that is signed in. */
  readonly selectAccount?: boolean | undefined;
}

/** What the browser came back with, and what was kept for it. */
export interface AuthorizationAnswer {
  /** The query of the redirect address, as it came. */
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Besides what stands at a method, each that asks the forge throws ForgeError `unavailable`, or `rate-limited` with `notBefore`: the person is
 * then as known as before, and nothing is concluded. With a grant that has ended, `identity` and all below throw SignInError `grant-ended`.
 */
export interface SignIn<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  /** Whether people can sign in with this integration: it has a client id and a client secret. */
  isOffered(integration: Integration<Settings, Secrets>): boolean;
  /**
   * Sends no request.
   *
   * @throws RangeError where sign-in is not offered
   */
  authorizeUrl(integration: Integration<Settings, Secrets>, request: AuthorizationRequest): string;
  /**
   * Exchanges the code of the answer.
   *
   * @throws SignInError `denied`, `state-mismatch`, `bad-code`, `account-unverified`, `client-rejected`
   * @throws RangeError where sign-in is not offered
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
  /** All organizations that the person owns and the forge shows, and the person's own account; whole, or an error. */
  ownedOrganizations(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    services: ForgeServices,
  ): Promise<readonly OwnedOrganization[]>;
  /**
   * Whether the person owns that organization now, by the forge's own word and by no parameter. False where nothing is installed or granted
   * by which the forge could be asked.
   */
  owns(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<boolean>;
  /**
   * Where a person gives us access to an organization, if the forge has such a page and the integration knows it. The forge sends the
   * person back to `integrationAddresses().installed`.
   *
   * @param request.organization opens the page for this one
   */
  installUrl?(
    integration: Integration<Settings, Secrets>,
    request: { readonly state: string; readonly organization?: ForgeOrganizationId | undefined },
  ): string | undefined;
  /**
   * What the parameters say with which the forge sent a person back from there. Anybody can make them up, so the forge is asked: undefined
   * unless it says that the person owns the organization of that installation. The caller compares `state` before.
   */
  installedOrganization?(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    parameters: URLSearchParams,
    services: ForgeServices,
  ): Promise<OwnedOrganization | undefined>;
  /** Ends the grant's tokens at the forge. Those that have ended already are no error. */
  revoke?(
    integration: Integration<Settings, Secrets>,
    grant: PersonGrant,
    services: ForgeServices,
  ): Promise<void>;
}

/** The code challenge of a verifier: https://www.rfc-editor.org/rfc/rfc7636#section-4.2 */
export const s256 = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
