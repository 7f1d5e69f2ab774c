/** Refuses calls that the role of the calling function does not allow, as AWS does. */
import { AwsError } from '../services/aws-error.ts';
import type { ServiceCall } from '../services/gateway-call.ts';
import { type AccountResources, permissionsOf } from './permissions.ts';
import { isAllowed, type Permission, type Statement } from './policy.ts';

export interface Roles extends AccountResources {
  /** What the role of a function allows; undefined for a caller that is no function: operators and tests may do everything. */
  statementsOf(caller: string): readonly Statement[] | undefined;
}

/** @throws AwsError that names the permission and the resource, as AWS does */
export function authorize(call: ServiceCall, roles: Roles): void {
  const statements = roles.statementsOf(call.caller);
  if (statements === undefined) return;
  const denied = permissionsOf(call, roles).find((permission) => !isAllowed(statements, permission));
  if (denied !== undefined) throw denial(call, denied);
}

function denial({ service, caller }: ServiceCall, { action, resource, context }: Permission): AwsError {
  const values = Object.entries(context)
    .filter(([key]) => !key.startsWith('kms:'))
    .map(([key, one]) => ` (${key}: ${one.join(', ')})`);
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}${values.join('')} because no identity-based policy allows the ${action} action`;
  return service === 's3' || service === 'sqs'
    ? new AwsError(403, 'AccessDenied', message)
    : new AwsError(400, 'AccessDeniedException', message);
}
