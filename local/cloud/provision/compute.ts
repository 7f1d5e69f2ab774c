import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_CONCURRENCY } from '../triggers/event-source.ts';
import { rateMs } from '../triggers/schedule.ts';
import { physicalName, stableUuid } from './names.ts';
import type { CreateResource, CreationContext, PlannedQueue } from './plan.ts';

const number = z.coerce.number();
const wholeNumber = (min: number, max: number) => number.pipe(z.int().min(min).max(max));

const functionSchema = z.object({
  FunctionName: z.string().optional(),
  Code: z.union([z.object({ S3Key: z.string() }), z.object({ ImageUri: z.string() })]),
  /** Of an image its own command. */
  Handler: z.string().default('index.handler'),
  Role: z.string(),
  Environment: z
    .object({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
    .default({ Variables: {} }),
  MemorySize: wholeNumber(128, 10_240).default(128),
  Timeout: wholeNumber(1, 900).default(3),
  ReservedConcurrentExecutions: wholeNumber(0, 1_000_000).optional(),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ENVIRONMENT_LIMIT_BYTES = 4096;

export const createFunction: CreateResource = (resource, context) => {
  const properties = functionSchema.parse(resource.properties);
  const name = properties.FunctionName ?? physicalName(resource);
  const arn = functionArn(name, context);
  const environmentBytes = Buffer.byteLength(JSON.stringify(properties.Environment.Variables));
  if (environmentBytes > ENVIRONMENT_LIMIT_BYTES)
    throw new Error(`the environment of ${environmentBytes} bytes exceeds ${ENVIRONMENT_LIMIT_BYTES}`);
  context.plan.functionRoles.set(name, properties.Role);
  context.plan.functions.set(name, {
    name,
    arn,
    directory: bundleDirectory(properties.Code, context.assembly),
    handler: properties.Handler,
    environment: {
      ...properties.Environment.Variables,
      ...runtimeEnvironment(name, properties.MemorySize, context),
    },
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    asyncRetries: 2,
  });
  return { ref: name, attributes: { Arn: arn } };
};

/** The folder that CDK copied the bundle to. The key of its upload is `<hash>.zip`; an image has the hash as tag, and its Dockerfile beside the bundle. */
function bundleDirectory(code: z.infer<typeof functionSchema>['Code'], assembly: string): string {
  const hash = 'S3Key' in code ? code.S3Key.replace(/\.zip$/, '') : code.ImageUri.split(':').at(-1);
  const directory = join(assembly, `asset.${hash}`);
  if (!existsSync(directory)) throw new Error(`there is no bundle in ${directory}`);
  return directory;
}

/** The variables that Lambda sets, and those that direct the SDK's clients to the services on this machine. */
function runtimeEnvironment(
  name: string,
  memoryMb: number,
  { gatewayUrl, accessKeyId, pseudo }: CreationContext,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
    AWS_REGION: pseudo.region,
    AWS_ENDPOINT_URL: gatewayUrl,
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: gatewayUrl,
    // The services know callers by it; signatures are not verified.
    AWS_ACCESS_KEY_ID: accessKeyId(name),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  };
}

function functionArn(name: string, { pseudo }: CreationContext): string {
  return `arn:aws:lambda:${pseudo.region}:${pseudo.accountId}:function:${name}`;
}

/** The plain name of a function of the template, from its name or ARN. */
function functionName(nameOrArn: string, { plan }: CreationContext): string {
  const parts = nameOrArn.split(':');
  const name = parts.length > 1 ? (parts[parts.indexOf('function') + 1] ?? '') : nameOrArn;
  if (!plan.functions.has(name)) throw new Error(`there is no function ${nameOrArn}`);
  return name;
}

const invokeConfigSchema = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: wholeNumber(0, 2).default(2),
});

export const createEventInvokeConfig: CreateResource = (resource, context) => {
  const { FunctionName, MaximumRetryAttempts } = invokeConfigSchema.parse(resource.properties);
  context.plan.asyncRetries.set(functionName(FunctionName, context), MaximumRetryAttempts);
  return { ref: physicalName(resource), attributes: {} };
};

const mappingSchema = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: wholeNumber(1, 10_000).default(10),
  MaximumBatchingWindowInSeconds: wholeNumber(0, 300).default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: wholeNumber(2, 1000).optional() }).default({}),
});

export const createEventSourceMapping: CreateResource = (resource, context) => {
  const mapping = mappingSchema.parse(resource.properties);
  const queue = context.plan.queues.get(mapping.EventSourceArn);
  if (queue === undefined)
    throw new Error(`EventSourceArn ${mapping.EventSourceArn} is no queue of the template`);
  const consumer = functionName(mapping.FunctionName, context);
  checkMapping(mapping, queue, context.plan.functions.get(consumer)?.timeoutMs ?? 0);
  if (mapping.Enabled) {
    context.plan.eventSources.push({
      queueName: queue.name,
      queueArn: queue.arn,
      functionName: consumer,
      batchSize: mapping.BatchSize,
      batchingWindowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
      maximumConcurrency: mapping.ScalingConfig.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
      reportsFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    });
  }
  return { ref: stableUuid(resource), attributes: { Id: stableUuid(resource) } };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function checkMapping(
  { BatchSize, MaximumBatchingWindowInSeconds: window }: z.infer<typeof mappingSchema>,
  queue: PlannedQueue,
  timeoutMs: number,
): void {
  if (queue.visibilityMs < timeoutMs) {
    throw new Error(
      `the queue's visibility time-out of ${queue.visibilityMs} ms is less than the function's time-out of ${timeoutMs} ms`,
    );
  }
  const isFifo = queue.name.endsWith('.fifo');
  if (isFifo && window > 0) throw new Error('MaximumBatchingWindowInSeconds is not for FIFO queues');
  if (BatchSize > 10 && (isFifo || window === 0)) {
    throw new Error('a BatchSize over 10 needs a standard queue and MaximumBatchingWindowInSeconds');
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const scheduleSchema = z.object({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.object({
    Arn: z.string(),
    Input: z.string().refine(isJson, 'must be well-formed JSON for a function').default('{}'),
  }),
});

export const createSchedule: CreateResource = (resource, context) => {
  const { Name, ScheduleExpression, State, Target } = scheduleSchema.parse(resource.properties);
  const name = Name ?? physicalName(resource);
  const planned = {
    functionName: functionName(Target.Arn, context),
    intervalMs: rateMs(ScheduleExpression),
    input: Target.Input,
  };
  if (State === 'ENABLED') context.plan.schedules.push(planned);
  const { region, accountId } = context.pseudo;
  return {
    ref: name,
    attributes: { Arn: `arn:aws:scheduler:${region}:${accountId}:schedule/default/${name}` },
  };
};
