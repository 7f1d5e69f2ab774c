/** Registration of this installation at a forge by submitting one form, instead of copying ids and secrets by hand. */
import type { ForgeServices } from './integration.ts';

/** The forge host to register at. */
export interface RegistrationHost {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The address of its API, if it differs from the forge's default. */
  readonly apiUrl?: string | undefined;
}

export interface RegistrationRequest {
  /** The console's public address, without a trailing slash. */
  readonly consoleUrl: string;
  /** Shown to people who sign in. Forges may require it to be unique; the operator can change it in the form there. */
  readonly registryName: string;
  /** Login of the organization that will own the registration; the operator's own account if omitted. */
  readonly organization?: string | undefined;
  /** Whether others may give it access to their organizations; default: only the owner of the registration. */
  readonly isPublic?: boolean | undefined;
  /** Random and bound to the browser. */
  readonly state: string;
}

/** The operator's browser submits it: POST, `application/x-www-form-urlencoded`. Only the state in it is secret. */
export interface RegistrationForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Settings and secrets of an integration, in the form that `ForgeModule.settings` and `secrets` parse. */
export interface RegisteredIntegration {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Registration {
  /** Sends no request. The forge redirects back to `integrationAddresses().registered` with `code` and `state`. */
  form(host: RegistrationHost, request: RegistrationRequest): RegistrationForm;
  /**
   * Exchanges the code, which is valid once.
   *
   * @throws SignInError `bad-code`
   * @throws ForgeError `unavailable`, `rate-limited`
   */
  complete(host: RegistrationHost, code: string, services: ForgeServices): Promise<RegisteredIntegration>;
}

/** A client of the forge's OAuth. */
export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** Registration by a client that the operator makes at the forge by hand, and whose id and secret are entered here. */
export interface ClientRegistration {
  /** The host that most people mean, if there is one. */
  readonly publicUrl?: string | undefined;
  /** What the forge calls a client, and its id. */
  readonly client: string;
  readonly idLabel: string;
  /** The forge's page for making one, or from which one gets there. */
  newClientUrl(baseUrl: string): string;
  /** What is to be done from there: the beginning of a sentence that the redirect address and the scopes end. */
  readonly howTo: string;
  /** What the client has to be allowed, as the forge's page calls it. Its redirect address is `integrationAddresses().callback`. */
  readonly scopes: readonly string[];
  /** Whether the API of another host than `publicUrl` has an address of its own, which nothing tells. */
  readonly hasApiOfItsOwn?: true;
  integration(host: RegistrationHost, client: OAuthClient): RegisteredIntegration;
}
