import type { LoggedRequest } from '../../control/request-log.ts';

/** What was asked and what it cost; holds no credential. Costs are points of the REST budget, or of the GraphQL one. */
export interface RequestEntry extends LoggedRequest {
  readonly surface: 'rest' | 'graphql' | 'codeload';
  readonly installationId?: number;
  /** `type` of each GraphQL error. */
  readonly errorTypes?: readonly string[];
}

/** Where the simulator's servers can be reached; no trailing slash. */
export interface Addresses {
  readonly api: string;
  readonly web: string;
  readonly codeload: string;
}
