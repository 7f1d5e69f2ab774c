import { type CdnLine, createDistribution, type Distribution } from './cdn/distribution.ts';
import { createEdgeFunction, type EdgeFunction } from './cdn/edge-function.ts';
import { managedCachePolicies, managedOriginRequestPolicies } from './cdn/managed-policies.ts';
import type { BucketAccess, OriginTarget } from './cdn/origins.ts';
import type { FunctionHost } from './functions/host.ts';
import { createHttpApi, type Integration } from './http-api/http-api.ts';
import type { Route } from './http-api/routes.ts';
import type { BucketGrant, Engines, Plan, PlannedApi, PlannedDistribution } from './provision/plan.ts';
import type { HttpHandler } from './runtime/listen.ts';
import type { CloudClock } from './runtime/service.ts';

export interface WebOptions {
  readonly plan: Plan;
  readonly engines: Engines;
  readonly host: FunctionHost;
  readonly clock: CloudClock;
  readonly accountId: string;
  /** `http://127.0.0.1:<port>` of the HTTP API. */
  readonly apiUrl: string | undefined;
  /** Whether the HTTP API takes no more requests than the template says. */
  readonly limitsRate: boolean;
  onRequest(line: CdnLine): void;
  onEdgeLine(functionName: string, line: string): void;
}

/**
 * Creates the handler of the template's HTTP API; undefined if there is none.
 *
 * @throws Error when there are several, or one without a port
 */
export function createApiHandler(
  options: Pick<WebOptions, 'plan' | 'clock' | 'accountId' | 'apiUrl' | 'limitsRate'> & {
    readonly host: Pick<FunctionHost, 'invoke'>;
  },
): HttpHandler | undefined {
  const [api, second] = options.plan.apis.values();
  if (api === undefined) return undefined;
  if (second !== undefined)
    throw new Error('The local cloud runs one HTTP API, and the template has several');
  if (!api.hasDefaultStage) throw new Error(`The HTTP API ${api.id} has no stage $default`);
  if (options.apiUrl === undefined)
    throw new Error('The template has an HTTP API, and no port was given for it');
  return createHttpApi({
    apiId: api.id,
    accountId: options.accountId,
    domainName: api.domainName,
    localHost: new URL(options.apiUrl).host,
    routes: routesOf(api),
    clock: options.clock,
    ...(options.limitsRate ? { limits: api.limits, routeLimits: api.routeLimits } : {}),
    invoke: options.host.invoke,
  });
}

function routesOf(api: PlannedApi): Route<Integration>[] {
  return api.routes.map(({ routeKey, integrationId }) => {
    const target = api.integrations.get(integrationId);
    if (target === undefined) throw new Error(`The route ${routeKey} has no integration`);
    return { routeKey, target };
  });
}

/** Creates the template's distributions, each with its plan. */
export function createDistributions(
  options: WebOptions,
): { planned: PlannedDistribution; distribution: Distribution }[] {
  const { plan, engines, clock } = options;
  const edgeFunctions = new Map<string, EdgeFunction>();
  for (const [arn, { name, code, storeArn }] of plan.edgeFunctions) {
    const edgeValue =
      storeArn === undefined ? undefined : (key: string) => engines.keyValues.edgeValue(storeArn, key);
    const onLine = (line: string) => options.onEdgeLine(name, line);
    edgeFunctions.set(arn, createEdgeFunction({ name, code, edgeValue, clock, onLine }));
  }
  return plan.distributions.map((planned) => {
    const distribution = createDistribution({
      id: planned.id,
      domainName: planned.domainName,
      config: planned.config,
      clock,
      objects: engines.objects,
      cachePolicy: (id) =>
        known(plan.cachePolicies.get(id) ?? managedCachePolicies[id], `cache policy ${id}`),
      originRequestPolicy: (id) =>
        known(
          plan.originRequestPolicies.get(id) ?? managedOriginRequestPolicies[id],
          `origin request policy ${id}`,
        ),
      responseHeadersPolicy: (id) =>
        known(plan.responseHeadersPolicies.get(id), `response headers policy ${id}`),
      edgeFunction: (arn) => known(edgeFunctions.get(arn), `edge function ${arn}`),
      target: (domainName) => targetOf(domainName, options),
      bucketAccess: (bucket) => bucketAccess(bucket, planned.arn, plan.bucketGrants),
      onRequest: options.onRequest,
      onError: (message) => options.onEdgeLine(planned.config.comment, message),
    });
    return { planned, distribution };
  });
}

function targetOf(domainName: string, { plan, apiUrl }: WebOptions): OriginTarget | undefined {
  const bucket = plan.bucketDomains.get(domainName);
  if (bucket !== undefined) return { kind: 'bucket', bucket };
  const isApi = [...plan.apis.values()].some((api) => api.domainName === domainName);
  return isApi && apiUrl !== undefined ? { kind: 'server', url: apiUrl } : undefined;
}

/** What the policies of a bucket allow a distribution to do. */
export function bucketAccess(
  bucket: string,
  distributionArn: string,
  grants: readonly BucketGrant[],
): BucketAccess {
  const actions = grants
    .filter((grant) => grant.bucket === bucket && (grant.distributionArns?.includes(distributionArn) ?? true))
    .flatMap((grant) => grant.actions);
  return { read: actions.includes('s3:GetObject'), list: actions.includes('s3:ListBucket') };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined)
    throw new Error(`The template has no ${what}, and the local cloud does not know it either`);
  return value;
}
