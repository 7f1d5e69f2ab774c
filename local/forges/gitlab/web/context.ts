import type { IncomingHttpHeaders } from 'node:http';
import type { Grants } from '../grants.ts';
import type { GitLabState } from '../state.ts';

/** Services of the pages. */
export interface WebServices {
  readonly state: GitLabState;
  readonly grants: Grants;
  /** `/gitlab`, or empty. */
  readonly root: string;
  /** Milliseconds. */
  now(): number;
  /** Saves the state. */
  changed(): Promise<void>;
}

/** One request for a page or to an OAuth endpoint. */
export interface WebContext extends WebServices {
  readonly url: URL;
  /** Fields of the body; empty for GET. */
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}
