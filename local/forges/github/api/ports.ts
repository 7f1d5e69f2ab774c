import type { LoggedRequest } from '../../control/request-log.ts';

/** One request and its cost, without any credential. Costs are points of the REST or the GraphQL budget. */
export interface RequestEntry extends LoggedRequest {
  readonly surface: 'rest' | 'graphql' | 'codeload' | 'web';
  readonly installationId?: number;
  /** `type` of each GraphQL error. */
  readonly errorTypes?: readonly string[];
}

/** The addresses of the simulator's servers; no trailing slash. */
export interface Addresses {
  readonly api: string;
  readonly web: string;
  readonly codeload: string;
}
