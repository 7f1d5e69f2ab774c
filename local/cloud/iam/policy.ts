/**
 * Identity policies of the template's roles, as IAM evaluates them: what no statement allows is denied, and a Deny wins. Only what the
 * template uses is understood; everything else is refused, because ignoring it would allow or deny too much.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { z } from 'zod';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

const operators = [
  'StringEquals',
  'StringLike',
  'ForAllValues:StringEquals',
  'ForAllValues:StringLike',
  'Null',
] as const;
type Operator = (typeof operators)[number];

/** Keys of conditions whose values `permissionsOf` gives. */
const isKnownKey = (key: string): boolean =>
  key === 'dynamodb:LeadingKeys' || key === 's3:prefix' || key.startsWith('kms:EncryptionContext:');

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: z
    .partialRecord(
      z.enum(operators),
      z.record(z.string().refine(isKnownKey, 'the local cloud gives this condition key no value'), oneOrMore),
    )
    .default({}),
});

export const policyDocumentSchema = z.object({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

export type Statement = z.infer<typeof statementSchema>;

/** One action on one resource, as a request wants it. */
export interface Permission {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Values of condition keys. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** Whether the statements of a role allow it. */
export function isAllowed(statements: readonly Statement[], permission: Permission): boolean {
  const about = statements.filter((statement) => concerns(statement, permission));
  return about.some(({ Effect }) => Effect === 'Allow') && !about.some(({ Effect }) => Effect === 'Deny');
}

/** Names of actions are compared without regard to case, resources with it. */
function concerns({ Action, Resource, Condition }: Statement, permission: Permission): boolean {
  const action = permission.action.toLowerCase();
  return (
    Action.some((pattern) => isLike(action, pattern.toLowerCase())) &&
    Resource.some((pattern) => isLike(permission.resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator as Operator, wanted, permission.context[key]),
      ),
    )
  );
}

/**
 * A key that the request does not have fails every operator but `Null` and those for all values.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function holds(
  operator: Operator,
  wanted: readonly string[],
  values: readonly string[] | undefined,
): boolean {
  if (operator === 'Null') return wanted.includes(String(values === undefined));
  const matches = (value: string): boolean =>
    operator.endsWith('StringLike') ? wanted.some((one) => isLike(value, one)) : wanted.includes(value);
  if (operator.startsWith('ForAllValues:')) return (values ?? []).every(matches);
  return values?.length === 1 && values.every(matches);
}

const patterns = new Map<string, RegExp>();

/** `*` is any number of characters, `?` exactly one. */
function isLike(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    compiled = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}
