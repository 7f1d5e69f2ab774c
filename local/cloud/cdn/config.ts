import { z } from 'zod';
import type { JsonObject } from '../template/json.ts';

const seconds = z.coerce.number().nonnegative();
const names = z.array(z.string()).default([]);

/** Names must be listed with `whitelist` and `allExcept`, and with nothing else. */
function checkNames(property: string, behavior: string, list: readonly string[]): void {
  const wantsNames = behavior === 'whitelist' || behavior === 'allExcept';
  if (wantsNames === list.length > 0) return;
  throw new Error(`${property} ${wantsNames ? 'must name something' : 'must be left out'} with ${behavior}`);
}

/** Which query parameters or cookies are included. */
export interface NameRule {
  readonly behavior: 'none' | 'whitelist' | 'allExcept' | 'all';
  readonly names: readonly string[];
}

export interface CachePolicy {
  /** All in seconds. */
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  /** Whether compressed and uncompressed answers have separate cache entries. */
  readonly gzip: boolean;
  /** Lower-case names of the headers in the cache key. */
  readonly headers: readonly string[];
  readonly query: NameRule;
  readonly cookies: NameRule;
}

export interface OriginRequestPolicy {
  readonly headers: {
    readonly behavior: 'none' | 'whitelist' | 'allViewer' | 'allExcept';
    readonly names: readonly string[];
  };
  readonly query: NameRule;
  readonly cookies: NameRule;
}

export interface AddedHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it replaces the origin's header of that name. */
  readonly override: boolean;
}

export interface ResponseHeadersPolicy {
  readonly add: readonly AddedHeader[];
  /** Lower-case names. */
  readonly remove: readonly string[];
}

export interface Behavior {
  /** Undefined for the default behavior. */
  readonly pathPattern: string | undefined;
  readonly methods: ReadonlySet<string>;
  readonly targetOriginId: string;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string | undefined;
  readonly responseHeadersPolicyId: string | undefined;
  readonly compress: boolean;
  readonly viewerRequestFunctionArn: string | undefined;
}

export interface Origin {
  readonly id: string;
  readonly domainName: string;
  readonly path: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly readTimeoutMs: number;
  /** Whether requests to a bucket are signed. */
  readonly hasAccessControl: boolean;
}

export interface OriginGroup {
  readonly id: string;
  readonly statusCodes: ReadonlySet<number>;
  readonly originIds: readonly string[];
}

export interface ErrorRule {
  /** In seconds; 10 by default. */
  readonly cachingMinTtl: number;
  readonly responseCode: number | undefined;
  readonly pagePath: string | undefined;
}

export interface DistributionConfig {
  readonly comment: string;
  readonly defaultRootObject: string;
  /** In the order of matching; the default behavior last. */
  readonly behaviors: readonly Behavior[];
  readonly origins: ReadonlyMap<string, Origin>;
  readonly groups: ReadonlyMap<string, OriginGroup>;
  readonly errors: ReadonlyMap<number, ErrorRule>;
}

const nameBehavior = z.enum(['none', 'whitelist', 'allExcept', 'all']);
const querySchema = z.object({ QueryStringBehavior: nameBehavior, QueryStrings: names });
const cookiesSchema = z.object({ CookieBehavior: nameBehavior, Cookies: names });

const cachePolicySchema = z.object({
  CachePolicyConfig: z.object({
    MinTTL: seconds,
    DefaultTTL: seconds,
    MaxTTL: seconds,
    ParametersInCacheKeyAndForwardedToOrigin: z.object({
      EnableAcceptEncodingGzip: z.boolean(),
      HeadersConfig: z.object({ HeaderBehavior: z.enum(['none', 'whitelist']), Headers: names }),
      QueryStringsConfig: querySchema,
      CookiesConfig: cookiesSchema,
    }),
  }),
});

/** Reads the properties of an AWS::CloudFront::CachePolicy. */
export function readCachePolicy(properties: JsonObject): CachePolicy {
  const { CachePolicyConfig: policy } = cachePolicySchema.parse(properties);
  const parameters = policy.ParametersInCacheKeyAndForwardedToOrigin;
  if (policy.MinTTL > policy.DefaultTTL || policy.DefaultTTL > policy.MaxTTL) {
    throw new Error('MinTTL must not exceed DefaultTTL, nor DefaultTTL MaxTTL');
  }
  const { HeaderBehavior, Headers } = parameters.HeadersConfig;
  checkNames('Headers', HeaderBehavior, Headers);
  const hasKey =
    HeaderBehavior !== 'none' ||
    parameters.EnableAcceptEncodingGzip ||
    parameters.QueryStringsConfig.QueryStringBehavior !== 'none' ||
    parameters.CookiesConfig.CookieBehavior !== 'none';
  if (policy.MaxTTL === 0 && hasKey) throw new Error('a policy with caching disabled has no cache key');
  return {
    minTtl: policy.MinTTL,
    defaultTtl: policy.DefaultTTL,
    maxTtl: policy.MaxTTL,
    gzip: parameters.EnableAcceptEncodingGzip,
    headers: viewerHeaders(parameters.HeadersConfig.Headers),
    query: queryRule(parameters.QueryStringsConfig),
    cookies: cookieRule(parameters.CookiesConfig),
  };
}

const originRequestPolicySchema = z.object({
  OriginRequestPolicyConfig: z.object({
    HeadersConfig: z.object({
      HeaderBehavior: z.enum(['none', 'whitelist', 'allViewer', 'allExcept']),
      Headers: names,
    }),
    QueryStringsConfig: querySchema,
    CookiesConfig: cookiesSchema,
  }),
});

/** Reads the properties of an AWS::CloudFront::OriginRequestPolicy. */
export function readOriginRequestPolicy(properties: JsonObject): OriginRequestPolicy {
  const { OriginRequestPolicyConfig: policy } = originRequestPolicySchema.parse(properties);
  checkNames('Headers', policy.HeadersConfig.HeaderBehavior, policy.HeadersConfig.Headers);
  return {
    headers: {
      behavior: policy.HeadersConfig.HeaderBehavior,
      names: viewerHeaders(policy.HeadersConfig.Headers),
    },
    query: queryRule(policy.QueryStringsConfig),
    cookies: cookieRule(policy.CookiesConfig),
  };
}

const overriding = z.object({ Override: z.boolean() });
const responseHeadersPolicySchema = z.object({
  ResponseHeadersPolicyConfig: z.object({
    CustomHeadersConfig: z
      .object({ Items: z.array(z.object({ Header: z.string(), Value: z.string(), Override: z.boolean() })) })
      .optional(),
    RemoveHeadersConfig: z.object({ Items: z.array(z.object({ Header: z.string() })) }).optional(),
    SecurityHeadersConfig: z
      .object({
        ContentSecurityPolicy: overriding.extend({ ContentSecurityPolicy: z.string() }).optional(),
        ContentTypeOptions: overriding.optional(),
        FrameOptions: overriding.extend({ FrameOption: z.string() }).optional(),
        ReferrerPolicy: overriding.extend({ ReferrerPolicy: z.string() }).optional(),
        StrictTransportSecurity: overriding
          .extend({
            AccessControlMaxAgeSec: seconds,
            IncludeSubdomains: z.boolean().default(false),
            Preload: z.boolean().default(false),
          })
          .optional(),
      })
      .default({}),
  }),
});

/** Reads the properties of an AWS::CloudFront::ResponseHeadersPolicy. */
export function readResponseHeadersPolicy(properties: JsonObject): ResponseHeadersPolicy {
  const { ResponseHeadersPolicyConfig: policy } = responseHeadersPolicySchema.parse(properties);
  const security = policy.SecurityHeadersConfig;
  const add: AddedHeader[] = (policy.CustomHeadersConfig?.Items ?? []).map((item) => ({
    name: item.Header.toLowerCase(),
    value: item.Value,
    override: item.Override,
  }));
  const addSecurity = (name: string, value: string, { Override }: { Override: boolean }) =>
    add.push({ name, value, override: Override });
  const { ContentSecurityPolicy: csp, FrameOptions: frame, ReferrerPolicy: referrer } = security;
  const transport = security.StrictTransportSecurity;
  if (csp) addSecurity('content-security-policy', csp.ContentSecurityPolicy, csp);
  if (security.ContentTypeOptions)
    addSecurity('x-content-type-options', 'nosniff', security.ContentTypeOptions);
  if (frame) addSecurity('x-frame-options', frame.FrameOption, frame);
  if (referrer) addSecurity('referrer-policy', referrer.ReferrerPolicy, referrer);
  if (transport) {
    const parts = [`max-age=${transport.AccessControlMaxAgeSec}`];
    if (transport.IncludeSubdomains) parts.push('includeSubDomains');
    if (transport.Preload) parts.push('preload');
    addSecurity('strict-transport-security', parts.join('; '), transport);
  }
  const remove = (policy.RemoveHeadersConfig?.Items ?? []).map(({ Header }) => Header.toLowerCase());
  return { add, remove };
}

const readMethods = ['GET', 'HEAD'];
/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html */
const methodChoices = ['GET,HEAD', 'GET,HEAD,OPTIONS', 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'];
const methods = z
  .array(z.string())
  .refine(
    (given) => methodChoices.includes([...given].sort().join()),
    'CloudFront takes GET and HEAD, these with OPTIONS, or all seven methods',
  );

const behaviorSchema = z
  .object({
    PathPattern: z.string().optional(),
    TargetOriginId: z.string(),
    AllowedMethods: methods.default(readMethods),
    CachePolicyId: z.string(),
    OriginRequestPolicyId: z.string().optional(),
    ResponseHeadersPolicyId: z.string().optional(),
    Compress: z.boolean().default(false),
    FunctionAssociations: z
      .array(z.object({ FunctionARN: z.string() }))
      .max(1)
      .default([]),
  })
  .transform(
    (behavior): Behavior => ({
      pathPattern: behavior.PathPattern,
      methods: new Set(behavior.AllowedMethods),
      targetOriginId: behavior.TargetOriginId,
      cachePolicyId: behavior.CachePolicyId,
      originRequestPolicyId: behavior.OriginRequestPolicyId,
      responseHeadersPolicyId: behavior.ResponseHeadersPolicyId,
      compress: behavior.Compress,
      viewerRequestFunctionArn: behavior.FunctionAssociations[0]?.FunctionARN,
    }),
  );

const originSchema = z
  .object({
    Id: z.string(),
    DomainName: z.string(),
    OriginPath: z
      .string()
      .regex(/^(\/.*[^/])?$/)
      .default(''),
    OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
    OriginAccessControlId: z.string().optional(),
    CustomOriginConfig: z
      .object({ OriginReadTimeout: seconds.min(1).max(120).default(30) })
      .default({ OriginReadTimeout: 30 }),
  })
  .transform(
    (origin): Origin => ({
      id: origin.Id,
      domainName: origin.DomainName,
      path: origin.OriginPath,
      customHeaders: Object.fromEntries(
        origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [
          HeaderName.toLowerCase(),
          HeaderValue,
        ]),
      ),
      readTimeoutMs: origin.CustomOriginConfig.OriginReadTimeout * 1000,
      hasAccessControl: Boolean(origin.OriginAccessControlId),
    }),
  );

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html */
const failoverCodes = new Set([400, 403, 404, 416, 500, 502, 503, 504]);

const groupSchema = z
  .object({
    Id: z.string(),
    FailoverCriteria: z.object({
      StatusCodes: z.object({
        Items: z
          .array(z.coerce.number().refine((code) => failoverCodes.has(code), 'CloudFront does not fail over'))
          .min(1),
      }),
    }),
    Members: z.object({ Items: z.array(z.object({ OriginId: z.string() })).length(2) }),
  })
  .transform(
    (group): OriginGroup => ({
      id: group.Id,
      statusCodes: new Set(group.FailoverCriteria.StatusCodes.Items),
      originIds: group.Members.Items.map(({ OriginId }) => OriginId),
    }),
  );

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/creating-custom-error-pages.html */
const errorCodes = new Set([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);

const errorResponseSchema = z
  .object({
    ErrorCode: z.coerce.number().refine((code) => errorCodes.has(code), 'is none that CloudFront customizes'),
    ErrorCachingMinTTL: seconds.default(10),
    ResponseCode: z.coerce.number().optional(),
    ResponsePagePath: z.string().startsWith('/').optional(),
  })
  .refine(
    ({ ResponseCode, ResponsePagePath }) => (ResponseCode === undefined) === (ResponsePagePath === undefined),
    'ResponseCode and ResponsePagePath need each other',
  );

const distributionSchema = z.object({
  DistributionConfig: z.object({
    Comment: z.string().default(''),
    DefaultRootObject: z.string().default(''),
    DefaultCacheBehavior: behaviorSchema,
    CacheBehaviors: z.array(behaviorSchema).default([]),
    Origins: z.array(originSchema),
    OriginGroups: z.object({ Items: z.array(groupSchema).default([]) }).default({ Items: [] }),
    CustomErrorResponses: z.array(errorResponseSchema).default([]),
  }),
});

/**
 * Reads the properties of an AWS::CloudFront::Distribution.
 *
 * @throws Error when a behavior or group names a missing origin
 */
export function readDistribution(properties: JsonObject): DistributionConfig {
  const { DistributionConfig: config } = distributionSchema.parse(properties);
  const origins = new Map(config.Origins.map((origin) => [origin.id, origin]));
  const groups = new Map(config.OriginGroups.Items.map((group) => [group.id, group]));
  const behaviors = [...config.CacheBehaviors, config.DefaultCacheBehavior];
  const targets = [
    ...behaviors.map(({ targetOriginId }) => targetOriginId),
    ...[...groups.values()].flatMap((group) => group.originIds),
  ];
  for (const target of targets) {
    if (!origins.has(target) && !groups.has(target)) throw new Error(`there is no origin ${target}`);
  }
  if (config.CacheBehaviors.some(({ pathPattern }) => pathPattern === undefined)) {
    throw new Error('a cache behavior in the list needs a PathPattern');
  }
  // https://github.com/aws/aws-cdk/issues/32450
  if (behaviors.some(({ methods, targetOriginId }) => methods.has('POST') && groups.has(targetOriginId))) {
    throw new Error('AllowedMethods cannot include POST, PUT, PATCH, or DELETE with an origin group');
  }
  const errors = config.CustomErrorResponses.map((rule): [number, ErrorRule] => [
    rule.ErrorCode,
    {
      cachingMinTtl: rule.ErrorCachingMinTTL,
      responseCode: rule.ResponseCode,
      pagePath: rule.ResponsePagePath,
    },
  ]);
  return {
    comment: config.Comment,
    defaultRootObject: config.DefaultRootObject,
    behaviors,
    origins,
    groups,
    errors: new Map(errors),
  };
}

function queryRule(config: z.infer<typeof querySchema>): NameRule {
  checkNames('QueryStrings', config.QueryStringBehavior, config.QueryStrings);
  return { behavior: config.QueryStringBehavior, names: config.QueryStrings };
}

function cookieRule(config: z.infer<typeof cookiesSchema>): NameRule {
  checkNames('Cookies', config.CookieBehavior, config.Cookies);
  return { behavior: config.CookieBehavior, names: config.Cookies };
}

/** Drops the headers with which CloudFront describes the viewer; the local CDN does not produce them. */
function viewerHeaders(headers: readonly string[]): string[] {
  const added = headers.find((name) => /^cloudfront-/i.test(name));
  if (added !== undefined) throw new Error(`the local cloud does not make the header ${added}`);
  return headers.map((name) => name.toLowerCase());
}
