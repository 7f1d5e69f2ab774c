import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Aws, Duration, Fn, type Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  CfnDistribution,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  type IOrigin,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import {
  originSecretHeader,
  originSecretRotationHeader,
  viewerAddressHeader,
} from '../shared/runtime/environment.ts';
import { createConsole } from './console-distribution.ts';
import type { Data } from './data.ts';
import type { CustomDomain, Parameters } from './parameters.ts';

export interface Cdn {
  readonly registryHost: string;
  readonly consoleHost: string;
}

interface Surroundings {
  readonly distDir: string;
  readonly parameters: Parameters;
  readonly data: Data;
  readonly api: HttpApi;
}

const redirectToHttps = { viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS } as const;

/**
 * The two distributions: the registry host serves only Composer's paths; the console host serves the console, its API and the
 * webhooks.
 */
export function createCdn(stack: Stack, { distDir, parameters, data, api }: Surroundings): Cdn {
  const noCache = new CachePolicy(stack, 'NoCache', {
    cachePolicyName: `${Aws.STACK_NAME}-none`,
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.seconds(0),
  });
  const toApi = createApiBehavior(stack, { api, data, parameters, noCache });
  const accessControl = new S3OriginAccessControl(stack, 'BucketAccess', {
    originAccessControlName: `${Aws.STACK_NAME}-buckets`,
  });
  const fromBucket = (bucket: Bucket, originId: string): IOrigin =>
    // The cast: CDK's classes do not fit its interfaces under exactOptionalPropertyTypes.
    S3BucketOrigin.withOriginAccessControl(bucket as IBucket, {
      originId,
      originAccessControl: accessControl,
      // With ListBucket S3 answers 404 for a missing key, without it 403. The bucket cannot be listed through the CDN: the root
      // has a default object. https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_cloudfront_origins-readme.html
      originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    });

  // As `cacheControl` in shared/publish/object-keys.ts.
  const brief = new CachePolicy(stack, 'BriefCache', {
    cachePolicyName: `${Aws.STACK_NAME}-brief`,
    comment: 'Asked again after a second; one copy for all who may read it',
    minTtl: Duration.seconds(1),
    defaultTtl: Duration.seconds(1),
    maxTtl: Duration.seconds(1),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  });

  const registry = createRegistry(stack, {
    ...{ distDir, parameters, data, api, toApi, fromBucket, brief, noCache },
  });
  const console = createConsole(stack, {
    ...{ toApi, brief },
    bucket: fromBucket(data.consoleBucket, 'console-bucket'),
  });
  Annotations.of(stack).acknowledgeWarning(
    '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
    "No address leads to the listing of a bucket: the registry has a default root object, and each of the console's addresses is rewritten to its page.",
  );
  useDomain(registry, parameters.registryDomain);
  useDomain(console, parameters.consoleDomain);
  return { registryHost: registry.distributionDomainName, consoleHost: console.distributionDomainName };
}

interface RegistrySurroundings extends Surroundings {
  readonly toApi: BehaviorOptions;
  readonly fromBucket: (bucket: Bucket, originId: string) => IOrigin;
  readonly brief: CachePolicy;
  readonly noCache: CachePolicy;
}

function createRegistry(
  stack: Stack,
  { distDir, parameters, data, api, toApi, fromBucket, brief, noCache }: RegistrySurroundings,
): Distribution {
  const authorize = {
    eventType: FunctionEventType.VIEWER_REQUEST,
    function: new EdgeFunction(stack, 'AuthorizeRequest', {
      functionName: `${Aws.STACK_NAME}-authorize-request`,
      comment: 'Decides who reads which object',
      code: FunctionCode.fromInline(readEdgeCode(distDir)),
      runtime: FunctionRuntime.JS_2_0,
      keyValueStore: data.accessStore,
    }),
  };
  const dists = new CachePolicy(stack, 'DistCache', {
    cachePolicyName: `${Aws.STACK_NAME}-dists`,
    comment:
      'Archives never change; the answer that one was just built says itself that it is not to be cached',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.days(365),
    maxTtl: Duration.days(365),
  });
  // As the API and the pages say themselves. Composer knows no HSTS; a browser that is pointed here does.
  const responseHeadersPolicy = new ResponseHeadersPolicy(stack, 'RegistryHeaders', {
    responseHeadersPolicyName: `${Aws.STACK_NAME}-registry`,
    securityHeadersBehavior: {
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
  });
  const behavior = { functionAssociations: [authorize], responseHeadersPolicy, ...redirectToHttps };
  const behindEdge = (originId: string, originPath: string): HttpOrigin =>
    new HttpOrigin(apiDomain(stack, api), {
      ...{ originId, originPath },
      customHeaders: originSecretHeaderOf(data.edgeOriginSecret, parameters),
    });
  return new Distribution(stack, 'RegistryDistribution', {
    comment: 'registry',
    // Never served: without it a request for / that the function let through would list the bucket.
    defaultRootObject: 'packages.json',
    defaultBehavior: {
      origin: fromBucket(data.registryBucket, 'registry-bucket'),
      cachePolicy: brief,
      ...behavior,
    },
    additionalBehaviors: {
      // The extension excludes p2 files of a vendor named "dists".
      '/*/dists/*.zip': {
        origin: new OriginGroup({
          primaryOrigin: fromBucket(data.registryBucket, 'stored-dists'),
          fallbackOrigin: behindEdge('dist-builder', '/dists'),
          fallbackStatusCodes: [403, 404],
        }),
        cachePolicy: dists,
        compress: false,
        ...behavior,
      },
      // Without an extension: a package may be named "search", and its file is search.json.
      '/*/search': {
        origin: behindEdge('package-search', '/search'),
        cachePolicy: noCache,
        originRequestPolicy: new OriginRequestPolicy(stack, 'SearchQuery', {
          originRequestPolicyName: `${Aws.STACK_NAME}-search-query`,
          queryStringBehavior: OriginRequestQueryStringBehavior.allowList('q', 'type'),
        }),
        compress: false,
        ...behavior,
      },
      '/downloads': { ...toApi, responseHeadersPolicy },
    },
    // Sets caching times only. A custom error page would apply to the whole distribution and replace fetch-dist's answers.
    // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
    errorResponses: [403, 404, 500, 502, 503, 504].map((httpStatus) => ({
      httpStatus,
      ttl: Duration.seconds(0),
    })),
  });
}

/** Forwards everything of the request except its host to the HTTP API, and caches nothing. */
function createApiBehavior(
  stack: Stack,
  { api, data, parameters, noCache }: Omit<Surroundings, 'distDir'> & { readonly noCache: CachePolicy },
): BehaviorOptions {
  return {
    origin: new HttpOrigin(apiDomain(stack, api), {
      originId: 'http-api',
      customHeaders: originSecretHeaderOf(data.originSecret, parameters),
    }),
    functionAssociations: [createAddressForwarder(stack)],
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: noCache,
    // Header allow-lists cannot include Authorization, but all of them forward it; API Gateway rejects a foreign Host.
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
    originRequestPolicy: new OriginRequestPolicy(stack, 'WholeRequest', {
      originRequestPolicyName: `${Aws.STACK_NAME}-whole-request`,
      headerBehavior: OriginRequestHeaderBehavior.denyList('host'),
      cookieBehavior: OriginRequestCookieBehavior.all(),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
    }),
    compress: false,
    ...redirectToHttps,
  };
}

/**
 * CloudFormation inserts the value when it deploys; the template only has a reference. It does so again when another property of the
 * resource changes, which is what the second header is for: nobody reads it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
const originSecretHeaderOf = (
  { secretValue }: Data['originSecret'],
  { originProofRotation }: Parameters,
): Record<string, string> => ({
  [originSecretHeader]: secretValue.unsafeUnwrap(),
  [originSecretRotationHeader]: originProofRotation,
});

/**
 * Adds the viewer's address. CloudFront's own header for it requires an origin request policy that lists headers or also sends
 * `Host`, and API Gateway needs `Authorization` without `Host`.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyHeadersConfig.html
 */
function createAddressForwarder(stack: Stack): {
  eventType: FunctionEventType;
  function: EdgeFunction;
} {
  const code = [
    'function handler(event) {',
    `  event.request.headers['${viewerAddressHeader}'] = { value: event.viewer.ip };`,
    '  return event.request;',
    '}',
  ];
  const forwarder = new EdgeFunction(stack, 'ForwardViewerAddress', {
    functionName: `${Aws.STACK_NAME}-forward-viewer-address`,
    comment: 'Tells the API the address of the viewer',
    code: FunctionCode.fromInline(`${code.join('\n')}\n`),
    runtime: FunctionRuntime.JS_2_0,
  });
  return { eventType: FunctionEventType.VIEWER_REQUEST, function: forwarder };
}

const apiDomain = (stack: Stack, api: HttpApi): string =>
  `${api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`;

function readEdgeCode(distDir: string): string {
  const path = join(distDir, 'edge', 'authorize-request.js');
  if (!existsSync(path)) throw new Error(`The edge function has no bundle at ${path}: run infra/bundle.ts`);
  return readFileSync(path, 'utf8');
}

/** CDK sets a domain during synthesis; ours depends on a parameter. */
function useDomain(distribution: Distribution, domain: CustomDomain): void {
  const resource = distribution.node.defaultChild;
  if (!(resource instanceof CfnDistribution))
    throw new Error(`${distribution.node.path} has no distribution`);
  const whenGiven = (value: unknown, otherwise: unknown = Aws.NO_VALUE): unknown =>
    Fn.conditionIf(domain.isGiven.logicalId, value, otherwise);
  resource.addPropertyOverride('DistributionConfig.Aliases', whenGiven([domain.name]));
  resource.addPropertyOverride('DistributionConfig.ViewerCertificate', {
    AcmCertificateArn: whenGiven(domain.certificateArn),
    SslSupportMethod: whenGiven('sni-only'),
    MinimumProtocolVersion: whenGiven('TLSv1.2_2021'),
    CloudFrontDefaultCertificate: whenGiven(Aws.NO_VALUE, true),
  });
}
