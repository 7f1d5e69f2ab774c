/** What the function for sign-in needs of the process that it runs in. */
import type { ForgeServices, Integration } from '../forge/integration.ts';
import type { Integrations } from '../forge/integrations.ts';
import type { RegistrationForm } from '../forge/registration.ts';
import type { SignIn } from '../forge/sign-in.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SignedIn } from '../sessions/access-token.ts';
import type { SessionDependencies } from '../sessions/session-keys.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import type { WorkQueue } from '../store/work.ts';

/** A code host where this installation can register itself by one form. */
export interface RegistrationForge {
  readonly forge: string;
  /** The host that most people mean, if there is one. */
  readonly baseUrl: string | undefined;
  /** `form`: the code host makes an App. `client`: the person makes an OAuth client there, and enters it. */
  readonly by: 'form' | 'client';
}

/** Who registers the installation. */
export interface Registrant extends RequestOrigin {
  /** Undefined: whoever holds the set-up code. */
  readonly signedIn: SignedIn | undefined;
}

/** What is to be done at a code host where a client is made by hand. */
export interface ClientInstructions {
  readonly forge: string;
  readonly baseUrl: string;
  /** As in ClientRegistration. */
  readonly client: string;
  readonly idLabel: string;
  readonly newClientUrl: string;
  readonly howTo: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Whether the address of the API has to be entered too. */
  readonly asksApiUrl: boolean;
}

/** Registration of this installation at a code host. Methods throw CallerErrors. */
export interface Registrations {
  readonly forges: readonly RegistrationForge[];
  /** @param organization login of the one that is to own the registration */
  begin(
    by: Registrant,
    start: {
      readonly forge: string;
      readonly baseUrl: string;
      readonly organization: string | undefined;
      readonly isPublic: boolean;
    },
  ): Promise<RegistrationForm & { readonly key: string; readonly state: string }>;
  complete(by: Registrant, answer: { readonly code: string; readonly state: string }): Promise<Integration>;
  clientInstructions(host: { readonly forge: string; readonly baseUrl: string }): Promise<ClientInstructions>;
  enterClient(
    by: Registrant,
    client: {
      readonly forge: string;
      readonly baseUrl: string;
      readonly apiUrl?: string | undefined;
      readonly id: string;
      readonly secret: string;
    },
  ): Promise<Integration>;
}

export interface SignInDependencies extends SessionDependencies {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Public address of the console host, without a slash at its end. */
  readonly consoleBaseUrl: string;
  integrations(): Promise<Integrations>;
  /** At most some seconds old: before somebody is told that there is none. */
  newestIntegrations(): Promise<Integrations>;
  readonly registrations: Registrations;
  /** How people sign in with the integration; undefined where they cannot. */
  signInOf(integration: Integration): SignIn | undefined;
  servicesOf(integration: Integration): ForgeServices;
  /** Whether the text is the one-time code that makes the first administrator. */
  isSetUpCode(given: string): Promise<boolean>;
}
