import type {
  CachePolicy,
  DistributionConfig,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
} from '../cdn/config.ts';
import type { FunctionDefinition } from '../functions/host.ts';
import type { Integration } from '../http-api/http-api.ts';
import type { ThrottleLimits } from '../http-api/throttle.ts';
import type { Statement } from '../iam/policy.ts';
import type {
  EncryptionKeyEngine,
  KeyValueEngine,
  ObjectEngine,
  ParameterEngine,
  QueueEngine,
  SecretEngine,
} from '../runtime/service.ts';
import type { Pseudo, ResolvedResource, ResourceHandle } from '../template/resource.ts';

/** The services that store what outlives the functions. */
export interface Engines {
  readonly queues: QueueEngine;
  readonly objects: ObjectEngine;
  readonly secrets: SecretEngine;
  readonly parameters: ParameterEngine;
  readonly encryptionKeys: EncryptionKeyEngine;
  readonly keyValues: KeyValueEngine;
  /** Base URL of a server that speaks DynamoDB's protocol. */
  readonly tableEndpoint: string;
}

export interface PlannedQueue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityMs: number;
}

export interface PlannedEventSource {
  readonly queueName: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly maximumConcurrency: number;
  readonly reportsFailures: boolean;
}

export interface PlannedSchedule {
  readonly functionName: string;
  readonly intervalMs: number;
  /** JSON. */
  readonly input: string;
}

export interface PlannedApi {
  readonly id: string;
  readonly domainName: string;
  readonly integrations: Map<string, Integration>;
  readonly routes: { readonly routeKey: string; readonly integrationId: string }[];
  hasDefaultStage: boolean;
  /** Of the default stage, where the template sets both. */
  limits: ThrottleLimits | undefined;
  /** Of routes that have limits of their own, by route key. */
  routeLimits: ReadonlyMap<string, ThrottleLimits>;
}

export interface PlannedEdgeFunction {
  readonly name: string;
  readonly code: string;
  readonly storeArn: string | undefined;
}

export interface PlannedDistribution {
  readonly logicalId: string;
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly config: DistributionConfig;
}

/** A statement of a bucket's policy that grants access to distributions. */
export interface BucketGrant {
  readonly bucket: string;
  readonly actions: readonly string[];
  /** ARNs of the distributions; undefined for all. */
  readonly distributionArns: readonly string[] | undefined;
}

/** What the template wants to run, collected while its resources are created. */
export interface Plan {
  readonly functions: Map<string, FunctionDefinition>;
  /** What roles allow, by their names. */
  readonly roles: Map<string, Statement[]>;
  /** ARNs of the functions' roles, by function name. */
  readonly functionRoles: Map<string, string>;
  /** The names of partition keys, by table. */
  readonly partitionKeys: Map<string, string>;
  /** How often failed events are retried, by function name. */
  readonly asyncRetries: Map<string, number>;
  readonly queues: Map<string, PlannedQueue>;
  /** Buckets by the domain names that refer to them. */
  readonly bucketDomains: Map<string, string>;
  readonly bucketGrants: BucketGrant[];
  readonly eventSources: PlannedEventSource[];
  readonly schedules: PlannedSchedule[];
  readonly apis: Map<string, PlannedApi>;
  /** ARNs of the key-value stores. */
  readonly storeArns: Set<string>;
  readonly edgeFunctions: Map<string, PlannedEdgeFunction>;
  readonly cachePolicies: Map<string, CachePolicy>;
  readonly originRequestPolicies: Map<string, OriginRequestPolicy>;
  readonly responseHeadersPolicies: Map<string, ResponseHeadersPolicy>;
  readonly distributions: PlannedDistribution[];
}

export function emptyPlan(): Plan {
  return {
    functions: new Map(),
    roles: new Map(),
    functionRoles: new Map(),
    partitionKeys: new Map(),
    asyncRetries: new Map(),
    queues: new Map(),
    bucketDomains: new Map(),
    bucketGrants: [],
    eventSources: [],
    schedules: [],
    apis: new Map(),
    storeArns: new Set(),
    edgeFunctions: new Map(),
    cachePolicies: new Map(),
    originRequestPolicies: new Map(),
    responseHeadersPolicies: new Map(),
    distributions: [],
  };
}

/** The context in which resources are created. */
export interface CreationContext {
  readonly plan: Plan;
  readonly engines: Engines;
  readonly pseudo: Pseudo;
  /** Folder of the cloud assembly, where the bundles are. */
  readonly assembly: string;
  readonly gatewayUrl: string;
  /** The access key id for a client of the gateway. */
  accessKeyId(caller: string): string;
  /** Host and port of the distribution; throws if no port was given for it. */
  distributionHost(logicalId: string, comment: string): string;
}

export type CreateResource = (
  resource: ResolvedResource,
  context: CreationContext,
) => ResourceHandle | Promise<ResourceHandle>;
