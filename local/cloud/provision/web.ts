import { z } from 'zod';
import {
  readCachePolicy,
  readDistribution,
  readOriginRequestPolicy,
  readResponseHeadersPolicy,
} from '../cdn/config.ts';
import type { ThrottleLimits } from '../http-api/throttle.ts';
import { physicalName, stableId, stableUuid } from './names.ts';
import type { CreateResource, CreationContext, PlannedApi } from './plan.ts';

export const createApi: CreateResource = (resource, { plan, pseudo }) => {
  const id = stableId(resource, 10);
  const domainName = `${id}.execute-api.${pseudo.region}.amazonaws.com`;
  plan.apis.set(id, {
    id,
    domainName,
    integrations: new Map(),
    routes: [],
    hasDefaultStage: false,
    limits: undefined,
    routeLimits: new Map(),
  });
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: `https://${domainName}` } };
};

function apiOf(id: string, { plan }: CreationContext): PlannedApi {
  const api = plan.apis.get(id);
  if (api === undefined) throw new Error(`there is no HTTP API ${id}`);
  return api;
}

const throttlingSchema = z.object({
  ThrottlingRateLimit: z.coerce.number().optional(),
  ThrottlingBurstLimit: z.coerce.number().optional(),
});

const limitsOf = ({
  ThrottlingRateLimit: ratePerSecond,
  ThrottlingBurstLimit: burst,
}: z.infer<typeof throttlingSchema>): ThrottleLimits | undefined =>
  ratePerSecond === undefined || burst === undefined ? undefined : { ratePerSecond, burst };

const stageSchema = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  DefaultRouteSettings: throttlingSchema.default({}),
  RouteSettings: z.record(z.string(), throttlingSchema).default({}),
});

export const createStage: CreateResource = (resource, context) => {
  const { ApiId, StageName, DefaultRouteSettings, RouteSettings } = stageSchema.parse(resource.properties);
  const api = apiOf(ApiId, context);
  const routeLimits = Object.entries(RouteSettings).map(([routeKey, settings]) => {
    // AWS refuses a stage that is made before the route.
    if (!api.routes.some((route) => route.routeKey === routeKey)) {
      throw new Error(`Unable to find Route by key ${routeKey} within the provided RouteSettings`);
    }
    const limits = limitsOf(settings);
    if (limits === undefined) throw new Error(`the settings of ${routeKey} need a rate and a burst`);
    return [routeKey, limits] as const;
  });
  api.hasDefaultStage = true;
  api.limits = limitsOf(DefaultRouteSettings);
  api.routeLimits = new Map(routeLimits);
  return { ref: StageName, attributes: {} };
};

const integrationSchema = z.object({
  ApiId: z.string(),
  IntegrationUri: z.string(),
  TimeoutInMillis: z.coerce.number().min(50).max(30_000).default(30_000),
});

export const createIntegration: CreateResource = (resource, context) => {
  const { ApiId, IntegrationUri, TimeoutInMillis } = integrationSchema.parse(resource.properties);
  const definition = [...context.plan.functions.values()].find(({ arn }) => arn === IntegrationUri);
  if (definition === undefined)
    throw new Error(`IntegrationUri ${IntegrationUri} is no function of the template`);
  const id = stableId(resource, 7);
  apiOf(ApiId, context).integrations.set(id, { functionName: definition.name, timeoutMs: TimeoutInMillis });
  return { ref: id, attributes: { IntegrationId: id } };
};

const routeSchema = z.object({
  ApiId: z.string(),
  RouteKey: z.union([z.literal('$default'), z.string().regex(/^[A-Z]+ \/\S*$/)]),
  Target: z.string().regex(/^integrations\/\w+$/),
});

export const createRoute: CreateResource = (resource, context) => {
  const { ApiId, RouteKey, Target } = routeSchema.parse(resource.properties);
  const integrationId = Target.slice('integrations/'.length);
  apiOf(ApiId, context).routes.push({ routeKey: RouteKey, integrationId });
  const id = stableId(resource, 7);
  return { ref: id, attributes: { RouteId: id } };
};

export const createCachePolicy: CreateResource = (resource, { plan }) => {
  const id = stableUuid(resource);
  plan.cachePolicies.set(id, readCachePolicy(resource.properties));
  return { ref: id, attributes: { Id: id } };
};

export const createOriginRequestPolicy: CreateResource = (resource, { plan }) => {
  const id = stableUuid(resource);
  plan.originRequestPolicies.set(id, readOriginRequestPolicy(resource.properties));
  return { ref: id, attributes: { Id: id } };
};

export const createResponseHeadersPolicy: CreateResource = (resource, { plan }) => {
  const id = stableUuid(resource);
  plan.responseHeadersPolicies.set(id, readResponseHeadersPolicy(resource.properties));
  return { ref: id, attributes: { Id: id } };
};

const edgeFunctionSchema = z.object({
  Name: z.string().optional(),
  FunctionCode: z.string(),
  FunctionConfig: z.object({
    KeyValueStoreAssociations: z
      .array(z.object({ KeyValueStoreARN: z.string() }))
      .max(1)
      .default([]),
  }),
});

export const createEdgeFunctionResource: CreateResource = (resource, { plan, pseudo }) => {
  const { Name, FunctionCode, FunctionConfig } = edgeFunctionSchema.parse(resource.properties);
  const name = Name ?? physicalName(resource);
  const arn = `arn:aws:cloudfront::${pseudo.accountId}:function/${name}`;
  const storeArn = FunctionConfig.KeyValueStoreAssociations[0]?.KeyValueStoreARN;
  if (storeArn !== undefined && !plan.storeArns.has(storeArn)) {
    throw new Error(`there is no key-value store ${storeArn}`);
  }
  plan.edgeFunctions.set(arn, { name, code: FunctionCode, storeArn });
  return { ref: name, attributes: { FunctionARN: arn, Stage: 'LIVE' } };
};

export const createDistributionResource: CreateResource = (resource, context) => {
  const config = readDistribution(resource.properties);
  const id = `E${stableId(resource, 13).toUpperCase()}`;
  const arn = `arn:aws:cloudfront::${context.pseudo.accountId}:distribution/${id}`;
  const domainName = context.distributionHost(resource.logicalId, config.comment);
  context.plan.distributions.push({ logicalId: resource.logicalId, id, arn, domainName, config });
  return { ref: id, attributes: { Id: id, DomainName: domainName } };
};
