/** How an owner gives us access to an organization on a forge without Apps: by an OAuth grant, or by an access token. */
import type { z } from 'zod';
import type { ForgeOrganizationId } from '../domain/ids.ts';
import type { IssuedCredential } from './credential.ts';
import type { ForgeServices, Integration, IntegrationSecrets, IntegrationSettings } from './integration.ts';
import type { PersonGrant } from './sign-in.ts';

/** `Connecting` with one integration. */
export interface IntegrationConnecting {
  /** As `Connecting.ofGrant`. */
  ofGrant(grant: PersonGrant, redirectUri: string): IssuedCredential<unknown>;
  /** As `Connecting.grantOf`, of a stored secret. */
  grantOf(value: unknown): PersonGrant | undefined;
  /** As `Connecting.checkToken`. */
  checkToken(token: string, organization: ForgeOrganizationId): Promise<CheckedToken<unknown>>;
  /** As `Connecting.checkGrant`; undefined where every grant may do what was asked for. */
  readonly checkGrant?:
    | ((
        grant: IssuedCredential<unknown>,
        organization: ForgeOrganizationId,
      ) => Promise<CheckedToken<unknown>>)
    | undefined;
  /** As `Connecting.tokenForm`. */
  readonly tokenForm?: string | undefined;
  /** As `Connecting.addContentsToken`; undefined where a connection has one credential. */
  readonly addContentsToken?:
    | ((
        to: IssuedCredential<unknown>,
        token: string,
        organization: ForgeOrganizationId,
      ) => Promise<CheckedToken<unknown>>)
    | undefined;
}

/** @returns undefined where organizations are connected by installing an App */
export function connectingWith(
  {
    connecting,
    credential,
  }: { readonly connecting?: Connecting | undefined; readonly credential?: z.ZodType | undefined },
  integration: Integration,
  services: ForgeServices,
): IntegrationConnecting | undefined {
  const adds = connecting?.addContentsToken?.bind(connecting);
  const checks = connecting?.checkGrant?.bind(connecting);
  return (
    connecting && {
      ofGrant: (grant, redirectUri) => connecting.ofGrant(grant, redirectUri),
      grantOf: (value) => connecting.grantOf(credential?.parse(value)),
      checkToken: (token, organization) => connecting.checkToken(integration, token, organization, services),
      tokenForm: connecting.tokenForm,
      ...(checks && {
        checkGrant: (grant: IssuedCredential<unknown>, organization: ForgeOrganizationId) =>
          checks(integration, grant, organization, services),
      }),
      ...(adds && {
        addContentsToken: (to: IssuedCredential<unknown>, token: string, organization: ForgeOrganizationId) =>
          adds(integration, to, token, organization, services),
      }),
    }
  );
}

/** What is to be known of a connection that works; limits and what is not needed are a sentence each for its owner. */
export interface ConnectionNotes {
  /** The scopes of an entered token, or of a grant, as the forge names them. */
  readonly scopes: readonly string[];
  /** What it cannot do, such as installing hooks. */
  readonly limits: readonly string[];
  /** What it may do beyond what is needed. */
  readonly unneeded: readonly string[];
}

/** An access token as the forge describes it. */
export interface CheckedToken<Value> extends ConnectionNotes {
  readonly credential: IssuedCredential<Value>;
  /** What the token lacks, a sentence each for the owner; with none the organization can be read. */
  readonly missing: readonly string[];
}

export interface Connecting<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
  Value = unknown,
> {
  /**
   * The credential of a grant. Sends no request.
   *
   * @param redirectUri the address that the grant was given with
   * @throws RangeError for a grant that cannot be renewed
   */
  ofGrant(grant: PersonGrant, redirectUri: string): IssuedCredential<Value>;
  /**
   * Checks what a grant may do, where somebody else than its giver decides that. Left out where every grant may do what was asked for.
   *
   * @throws ForgeError as `checkToken`
   */
  checkGrant?(
    integration: Integration<Settings, Secrets>,
    grant: IssuedCredential<Value>,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<CheckedToken<Value>>;
  /** What an owner enters as a token, if that is more than the token. */
  readonly tokenForm?: string;
  /** The grant that a credential is, which ends when it is used no more; undefined for a token that an owner entered. */
  grantOf(value: Value): PersonGrant | undefined;
  /**
   * Checks a token that an owner enters. One that the forge does not accept lacks everything, and is no error.
   *
   * @throws ForgeError `unavailable`, `rate-limited` and so on: then nothing is known of the token
   */
  checkToken(
    integration: Integration<Settings, Secrets>,
    token: string,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<CheckedToken<Value>>;
  /**
   * Adds a token that reads contents alone, for a forge whose tokens differ in what they may do or in their limits. Left out where a connection
   * has one credential.
   *
   * @returns the credential with both, and what the token lacks
   * @throws ForgeError as `checkToken`
   */
  addContentsToken?(
    integration: Integration<Settings, Secrets>,
    to: IssuedCredential<Value>,
    token: string,
    organization: ForgeOrganizationId,
    services: ForgeServices,
  ): Promise<CheckedToken<Value>>;
}
