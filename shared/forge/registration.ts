/** How an operator registers this installation at a forge by one form, where the forge has that, instead of copying ids and secrets. */
import type { ForgeServices } from './integration.ts';

/** The host where it is to be registered. */
export interface RegistrationHost {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Of its API, where that is not where the forge has it by default. */
  readonly apiUrl?: string | undefined;
}

export interface RegistrationRequest {
  /** The public address of the console, without a slash at its end. */
  readonly consoleUrl: string;
  /** Of this registry; people see it when they sign in. The forge may want it unique; the operator can change it there. */
  readonly registryName: string;
  /** The login of the organization that is to own the registration; the operator's own account without it. */
  readonly organization?: string | undefined;
  /** Random, and bound to the browser. */
  readonly state: string;
}

/** To be sent by the operator's browser: POST, `application/x-www-form-urlencoded`. It holds nothing secret but the state. */
export interface RegistrationForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What an integration's entry is made of, as `ForgeModule.settings` and `secrets` take it. */
export interface RegisteredIntegration {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Registration {
  /** Sends no request. The forge sends the operator back to `integrationAddresses().registered`, with `code` and `state`. */
  form(host: RegistrationHost, request: RegistrationRequest): RegistrationForm;
  /**
   * Exchanges the code, which can be done once.
   *
   * @throws SignInError `bad-code`
   * @throws ForgeError `unavailable`, `rate-limited`
   */
  complete(host: RegistrationHost, code: string, services: ForgeServices): Promise<RegisteredIntegration>;
}
