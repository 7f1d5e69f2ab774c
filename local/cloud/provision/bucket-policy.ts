import { z } from 'zod';
import type { CreateResource } from './plan.ts';

const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Principal: z.union([
    z.literal('*'),
    z.strictObject({
      Service: oneOrMore.default([]),
      AWS: oneOrMore.default([]),
      CanonicalUser: oneOrMore.default([]),
    }),
  ]),
  Resource: oneOrMore,
  Condition: z.record(z.string(), z.record(z.string(), z.union([z.boolean(), oneOrMore]))).default({}),
});
const policySchema = z.object({
  Bucket: z.string(),
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});
type Statement = z.infer<typeof statementSchema>;

/** Actions that a policy may grant to the CDN, each with the suffix of the resource that it is granted on. */
const cdnActions = { 's3:GetObject': '/*', 's3:ListBucket': '' } as const;

/**
 * Reads what a bucket's policy allows the CDN to do; no other grant matters to the local cloud.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 *
 * @throws Error for a statement about the CDN that is not understood: ignoring it would allow or deny too much
 */
export const createBucketPolicy: CreateResource = (resource, { plan }) => {
  const { Bucket: bucket, PolicyDocument: document } = policySchema.parse(resource.properties);
  const bucketArn = `arn:aws:s3:::${bucket}`;
  for (const statement of document.Statement) {
    const foreign = statement.Resource.find((arn) => arn !== bucketArn && !arn.startsWith(`${bucketArn}/`));
    if (foreign !== undefined) throw new Error(`the resource ${foreign} is not of the bucket ${bucket}`);
    if (!concernsCdn(statement) || deniesOnlyPlainHttp(statement)) continue;
    if (statement.Effect === 'Deny') throw new Error('the local cloud knows no Deny that concerns the CDN');
    const part = statement.Resource.find((arn) => arn !== bucketArn && arn !== `${bucketArn}/*`);
    if (part !== undefined) throw new Error(`the local cloud cannot grant ${part}, a part of a bucket`);
    const actions = Object.entries(cdnActions).flatMap(([action, suffix]) =>
      matchesAny(statement.Action, action) && statement.Resource.includes(bucketArn + suffix) ? [action] : [],
    );
    plan.bucketGrants.push({ bucket, actions, distributionArns: distributionArns(statement) });
  }
  return { ref: bucket, attributes: {} };
};

function concernsCdn({ Effect, Principal }: Statement): boolean {
  if (Principal === '*' || Principal.AWS.includes('*')) {
    if (Effect === 'Deny') return true;
    throw new Error('the local cloud knows no bucket that is open to everybody');
  }
  return Principal.Service.includes('cloudfront.amazonaws.com');
}

/** Such a statement does not affect the CDN, which uses HTTPS. */
function deniesOnlyPlainHttp({ Effect, Condition }: Statement): boolean {
  const [operator, ...others] = Object.entries(Condition);
  if (Effect !== 'Deny' || operator === undefined || others.length > 0) return false;
  const [name, keys] = operator;
  const [key, ...more] = Object.entries(keys);
  if (name !== 'Bool' || key?.[0] !== 'aws:SecureTransport' || more.length > 0) return false;
  return String(key[1]) === 'false';
}

/** The distributions that a statement names; undefined for all. */
function distributionArns({ Condition }: Statement): string[] | undefined {
  const tests = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );
  const [test, ...others] = tests;
  if (test === undefined) return undefined;
  const isKnown = test.operator === 'StringEquals' && test.key.toLowerCase() === 'aws:sourcearn';
  if (!isKnown || others.length > 0 || typeof test.values === 'boolean') {
    const found = tests.map(({ operator, key }) => `${operator} ${key}`).join(', ');
    throw new Error(`the local cloud knows StringEquals aws:SourceArn as a condition, not ${found}`);
  }
  return test.values;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(action);
  });
}
