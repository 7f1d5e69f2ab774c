import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import type { HeldRights } from '../../../shared/organizations/delegated-rights.ts';
import type { Role } from '../../../shared/organizations/membership.ts';
import type { RequestOrigin } from '../../../shared/store/session-store.ts';
import type { Caller } from './access.ts';

/** What hono keeps for one request. */
export interface ApiEnvironment {
  readonly Bindings: { readonly event: APIGatewayProxyEventV2 };
  readonly Variables: {
    origin: RequestOrigin;
    caller: Caller | undefined;
    /** Who shows what counted once: a key that has expired, or a session that has ended. */
    former: Caller | undefined;
    organization: Organization | undefined;
    role: Role | undefined;
    /** Those of the organization, where they were read to find out the role. */
    synchronizations: readonly Synchronization[] | undefined;
    /** Of a person who is here by a delegated right, and not by the role. */
    held: HeldRights | undefined;
  };
}
