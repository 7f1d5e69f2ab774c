/** What the function for sign-in needs of the process that it runs in. */
import type { ForgeServices, Integration } from '../forge/integration.ts';
import type { Integrations } from '../forge/integrations.ts';
import type { SignIn } from '../forge/sign-in.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SessionDependencies } from '../sessions/session-keys.ts';
import type { WorkQueue } from '../store/work.ts';

export interface SignInDependencies extends SessionDependencies {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Public address of the console host, without a slash at its end. */
  readonly consoleBaseUrl: string;
  integrations(): Promise<Integrations>;
  /** How people sign in with the integration; undefined where they cannot. */
  signInOf(integration: Integration): SignIn | undefined;
  servicesOf(integration: Integration): ForgeServices;
  /** The one-time code that makes the first administrator. */
  setUpCode(): Promise<string>;
}
