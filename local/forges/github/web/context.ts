import type { IncomingHttpHeaders } from 'node:http';
import type { Addresses } from '../api/ports.ts';
import type { UserTokens } from '../api/user-tokens.ts';
import type { Registrations } from '../registrations.ts';
import type { GitHubState } from '../state.ts';

/** Services of the pages. */
export interface WebServices {
  readonly state: GitHubState;
  readonly addresses: Addresses;
  readonly users: UserTokens;
  readonly registrations: Registrations;
  /** Installs the App on an organization, as one of its owners. @returns the installation's id */
  install(organization: string, owner: string): Promise<string>;
}

/** One request for a page. */
export interface WebContext extends WebServices {
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** Fields of the body; empty for GET. */
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}
