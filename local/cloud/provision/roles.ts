/** Roles and their policies, which the gateway asks about each call of a function. */
import { z } from 'zod';
import { isAllowed, policyDocumentSchema, type Statement } from '../iam/policy.ts';
import { physicalName } from './names.ts';
import type { CreateResource, Plan } from './plan.ts';

const roleSchema = z.object({
  RoleName: z.string().optional(),
  Policies: z.array(z.object({ PolicyDocument: policyDocumentSchema })).default([]),
});

export const createRole: CreateResource = (resource, { plan, pseudo }) => {
  const { RoleName, Policies } = roleSchema.parse(resource.properties);
  const name = RoleName ?? physicalName(resource);
  plan.roles.set(
    name,
    Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
  );
  return {
    ref: name,
    attributes: { Arn: `arn:aws:iam::${pseudo.accountId}:role/${name}`, RoleId: name },
  };
};

const policySchema = z.object({
  PolicyName: z.string(),
  Roles: z.array(z.string()),
  PolicyDocument: policyDocumentSchema,
});

export const createPolicy: CreateResource = (resource, { plan }) => {
  const { PolicyName, Roles, PolicyDocument } = policySchema.parse(resource.properties);
  for (const role of Roles) {
    const statements = plan.roles.get(role);
    if (statements === undefined) throw new Error(`there is no role ${role}`);
    statements.push(...PolicyDocument.Statement);
  }
  return { ref: PolicyName, attributes: {} };
};

/** What the role of a function allows; undefined if there is no such function. */
export function statementsOfFunction(
  { functionRoles, roles }: Plan,
  name: string,
): readonly Statement[] | undefined {
  const arn = functionRoles.get(name);
  return arn === undefined ? undefined : (roles.get(arn.slice(arn.lastIndexOf('/') + 1)) ?? []);
}

/**
 * Checks what Lambda itself does in the name of a function's role: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 *
 * @throws Error that names the function and the permission
 */
export function checkEventSources(plan: Plan): void {
  for (const { functionName, queueArn } of plan.eventSources) {
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
      const permission = { action: `sqs:${action}`, resource: queueArn, context: {} };
      if (!isAllowed(statementsOfFunction(plan, functionName) ?? [], permission)) {
        throw new Error(`the role of ${functionName} does not allow ${permission.action} on ${queueArn}`);
      }
    }
  }
}
