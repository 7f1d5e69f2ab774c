import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { physicalName, stableId, stableUuid } from './names.ts';
import type { CreateResource } from './plan.ts';

const number = z.coerce.number();
const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const queueSchema = z.object({
  QueueName: z.string().optional(),
  FifoQueue: boolean.default(false),
  ContentBasedDeduplication: boolean.optional(),
  DeduplicationScope: z.string().optional(),
  VisibilityTimeout: number.optional(),
  MessageRetentionPeriod: number.optional(),
  DelaySeconds: number.optional(),
  ReceiveMessageWaitTimeSeconds: number.optional(),
  MaximumMessageSize: number.optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: number }).optional(),
});

export const createQueue: CreateResource = (resource, { engines, plan, pseudo }) => {
  const { QueueName, FifoQueue, RedrivePolicy, ...settings } = queueSchema.parse(resource.properties);
  const name = QueueName ?? `${physicalName(resource)}${FifoQueue ? '.fifo' : ''}`;
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings))
    if (value !== undefined) attributes[key] = String(value);
  if (FifoQueue) attributes.FifoQueue = 'true';
  if (RedrivePolicy !== undefined) attributes.RedrivePolicy = JSON.stringify(RedrivePolicy);
  const url = engines.queues.createQueue({ name, attributes });
  const arn = `arn:aws:sqs:${pseudo.region}:${pseudo.accountId}:${name}`;
  plan.queues.set(arn, { name, arn, visibilityMs: (settings.VisibilityTimeout ?? 30) * 1000 });
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

const bucketSchema = z.object({ BucketName: z.string().optional() });

export const createBucket: CreateResource = (resource, { engines, plan, pseudo }) => {
  const { BucketName } = bucketSchema.parse(resource.properties);
  const name = BucketName ?? `${physicalName(resource).toLowerCase()}-${stableId(resource, 8)}`;
  engines.objects.createBucket(name);
  const domain = `${name}.s3.amazonaws.com`;
  const regionalDomain = `${name}.s3.${pseudo.region}.amazonaws.com`;
  plan.bucketDomains.set(domain, name).set(regionalDomain, name);
  return {
    ref: name,
    attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regionalDomain },
  };
};

const secretSchema = z.object({
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z
    .object({
      SecretStringTemplate: z.string().optional(),
      GenerateStringKey: z.string().optional(),
      PasswordLength: number.pipe(z.int().min(1).max(4096)).default(32),
      ExcludeCharacters: z.string().default(''),
      ExcludePunctuation: boolean.default(false),
      ExcludeLowercase: boolean.default(false),
      ExcludeUppercase: boolean.default(false),
      ExcludeNumbers: boolean.default(false),
    })
    .optional(),
});
type Generate = NonNullable<z.infer<typeof secretSchema>['GenerateSecretString']>;

export const createSecret: CreateResource = (resource, { engines, pseudo }) => {
  const { Name, SecretString, GenerateSecretString } = secretSchema.parse(resource.properties);
  const name = Name ?? physicalName(resource);
  const arn = `arn:aws:secretsmanager:${pseudo.region}:${pseudo.accountId}:secret:${name}-${stableId(resource, 6)}`;
  const generated = GenerateSecretString && generateSecret(GenerateSecretString);
  const secretString = SecretString ?? generated;
  if (secretString === undefined || (SecretString !== undefined && generated !== undefined)) {
    throw new Error('a secret needs SecretString or GenerateSecretString, and not both');
  }
  engines.secrets.createSecret({ name, arn, secretString });
  return { ref: arn, attributes: { Id: arn } };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
const parameterSchema = z.object({
  Name: z.string().regex(/^[\w./-]{1,1011}$/),
  Value: z.string().min(1).max(4096),
});

export const createParameter: CreateResource = (resource, { engines, pseudo }) => {
  const { Name: name, Value: value } = parameterSchema.parse(resource.properties);
  const arn = `arn:aws:ssm:${pseudo.region}:${pseudo.accountId}:parameter/${name.replace(/^\//, '')}`;
  engines.parameters.putParameter({ name, arn, value });
  return { ref: name, attributes: { Type: 'String', Value: value } };
};

function generateSecret(generate: Generate): string {
  const password = randomPassword(generate);
  const { SecretStringTemplate, GenerateStringKey } = generate;
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return password;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) {
    throw new Error('SecretStringTemplate and GenerateStringKey need each other');
  }
  const fields = z.record(z.string(), z.json()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...fields, [GenerateStringKey]: password });
}

function randomPassword(generate: Generate): string {
  const alphabet = [
    generate.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    generate.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    generate.ExcludeNumbers ? '' : '0123456789',
    generate.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  ]
    .join('')
    .split('')
    .filter((character) => !generate.ExcludeCharacters.includes(character));
  if (alphabet.length === 0) throw new Error('no character is left for the secret');
  return Array.from({ length: generate.PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export const createEncryptionKey: CreateResource = (resource, { engines, pseudo }) => {
  const id = stableUuid(resource);
  const arn = `arn:aws:kms:${pseudo.region}:${pseudo.accountId}:key/${id}`;
  engines.encryptionKeys.createKey({ id, arn });
  return { ref: id, attributes: { Arn: arn, KeyId: id } };
};

const storeSchema = z.object({ Name: z.string().regex(/^[\w-]{1,64}$/) });

export const createKeyValueStore: CreateResource = (resource, { engines, plan, pseudo }) => {
  const { Name: name } = storeSchema.parse(resource.properties);
  const id = stableUuid(resource);
  const arn = `arn:aws:cloudfront::${pseudo.accountId}:key-value-store/${id}`;
  engines.keyValues.createStore({ name, arn });
  plan.storeArns.add(arn);
  return { ref: name, attributes: { Arn: arn, Id: id, Status: 'READY' } };
};
