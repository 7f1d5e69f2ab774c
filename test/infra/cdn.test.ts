import { CachePolicy } from 'aws-cdk-lib/aws-cloudfront';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bundleEdge } from '../../infra/bundle.ts';
import { consolePaths } from '../../infra/console-paths.ts';
import {
  originSecretHeader,
  originSecretRotationHeader,
  viewerAddressHeader,
} from '../../shared/runtime/environment.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import { propertiesOf, resourcesOf, type Template, targetOf, targetsIn } from './template.ts';

const behaviorSchema = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.string()).optional(),
  /** One of ours, or the id of one that AWS provides. */
  CachePolicyId: z.union([z.string(), z.unknown().transform(targetOf)]),
  OriginRequestPolicyId: z
    .unknown()
    .optional()
    .transform((value) => (value === undefined ? undefined : targetOf(value))),
  ResponseHeadersPolicyId: z
    .unknown()
    .optional()
    .transform((value) => (value === undefined ? undefined : targetOf(value))),
  Compress: z.boolean(),
  ViewerProtocolPolicy: z.string(),
  FunctionAssociations: z
    .array(z.object({ EventType: z.string(), FunctionARN: z.unknown().transform(targetOf) }))
    .optional(),
});
const originSchema = z.object({
  Id: z.string(),
  DomainName: z.unknown(),
  OriginPath: z.string().optional(),
  OriginAccessControlId: z.unknown().optional(),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.unknown() })).optional(),
});
const distributionSchema = z.object({
  DistributionConfig: z.object({
    Comment: z.string(),
    DefaultRootObject: z.string().optional(),
    DefaultCacheBehavior: behaviorSchema,
    CacheBehaviors: z.array(behaviorSchema),
    Origins: z.array(originSchema),
    OriginGroups: z
      .object({
        Items: z.array(
          z.object({
            Id: z.string(),
            FailoverCriteria: z.object({
              StatusCodes: z.object({ Items: z.array(z.number()), Quantity: z.number() }),
            }),
            Members: z.object({ Items: z.array(z.object({ OriginId: z.string() })) }),
          }),
        ),
      })
      .optional(),
    CustomErrorResponses: z.array(z.record(z.string(), z.number())).optional(),
    Aliases: z.unknown(),
    ViewerCertificate: z.unknown(),
  }),
});

let template: Template;
beforeAll(async () => {
  template = await synthesizeTemplate();
}, 120_000);

const distribution = (id: string) => distributionSchema.parse(propertiesOf(template, id)).DistributionConfig;
const registry = () => distribution('RegistryDistribution');
const consoleHost = () => distribution('ConsoleDistribution');
const behaviors = (host: ReturnType<typeof distribution>) => [
  host.DefaultCacheBehavior,
  ...host.CacheBehaviors,
];

const authorize = [{ EventType: 'viewer-request', FunctionARN: 'AuthorizeRequest' }];
const toApi = {
  TargetOriginId: 'http-api',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  CachePolicyId: 'NoCache',
  OriginRequestPolicyId: 'WholeRequest',
  Compress: false,
  ViewerProtocolPolicy: 'redirect-to-https',
  FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'ForwardViewerAddress' }],
};
const apiDomain = {
  'Fn::Join': [
    '',
    [{ Ref: 'HttpApi' }, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }],
  ],
};

const originSecret = (secret: string) => [
  {
    HeaderName: originSecretHeader,
    HeaderValue: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:::}}']] },
  },
  // Changes with the parameter, so that a deployment resolves the secret again.
  { HeaderName: originSecretRotationHeader, HeaderValue: { Ref: 'OriginProofRotation' } },
];

describe('the registry host', () => {
  it('authorizes every path but the one whose function authorizes itself', () => {
    const [group] = registry().OriginGroups?.Items ?? [];
    expect(registry().Comment).toBe('registry');
    expect(behaviors(registry())).toEqual([
      {
        TargetOriginId: 'registry-bucket',
        CachePolicyId: 'BriefCache',
        ResponseHeadersPolicyId: 'RegistryHeaders',
        Compress: true,
        ViewerProtocolPolicy: 'redirect-to-https',
        FunctionAssociations: authorize,
      },
      {
        PathPattern: '/*/dists/*.zip',
        TargetOriginId: group?.Id,
        CachePolicyId: 'DistCache',
        ResponseHeadersPolicyId: 'RegistryHeaders',
        Compress: false,
        ViewerProtocolPolicy: 'redirect-to-https',
        FunctionAssociations: authorize,
      },
      {
        PathPattern: '/*/search',
        TargetOriginId: 'package-search',
        CachePolicyId: 'NoCache',
        OriginRequestPolicyId: 'SearchQuery',
        ResponseHeadersPolicyId: 'RegistryHeaders',
        Compress: false,
        ViewerProtocolPolicy: 'redirect-to-https',
        FunctionAssociations: authorize,
      },
      { PathPattern: '/downloads', ...toApi, ResponseHeadersPolicyId: 'RegistryHeaders' },
    ]);
  });

  it('is reached by https alone from the first answer on', () => {
    expect(propertiesOf(template, 'RegistryHeaders')).toMatchObject({
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          StrictTransportSecurity: {
            AccessControlMaxAgeSec: 31_536_000,
            IncludeSubdomains: true,
            Override: true,
          },
        },
      },
    });
  });

  it('fails over to fetch-dist for an archive that is not stored, with the secret', () => {
    expect(registry().OriginGroups?.Items).toEqual([
      {
        Id: expect.any(String),
        FailoverCriteria: { StatusCodes: { Items: [403, 404], Quantity: 2 } },
        Members: { Items: [{ OriginId: 'stored-dists' }, { OriginId: 'dist-builder' }] },
      },
    ]);
    const origins = new Map(registry().Origins.map((origin) => [origin.Id, origin]));
    expect([...origins.keys()].sort()).toEqual([
      'dist-builder',
      'http-api',
      'package-search',
      'registry-bucket',
      'stored-dists',
    ]);
    for (const id of ['registry-bucket', 'stored-dists']) {
      expect(targetOf(origins.get(id)?.DomainName)).toBe('RegistryBucket');
      expect(targetOf(origins.get(id)?.OriginAccessControlId)).toBe('BucketAccess');
    }
    expect(origins.get('dist-builder')).toMatchObject({ DomainName: apiDomain, OriginPath: '/dists' });
    expect(origins.get('dist-builder')?.OriginCustomHeaders).toEqual(originSecret('OriginSecret'));
    expect(origins.get('http-api')).toMatchObject({ DomainName: apiDomain });
    expect(origins.get('http-api')?.OriginPath).toBeUndefined();
  });

  it('sends searches to their function, with their words and nothing else of the person, and the secret', () => {
    const search = registry().Origins.find(({ Id }) => Id === 'package-search');
    expect(search).toMatchObject({ DomainName: apiDomain, OriginPath: '/search' });
    expect(search?.OriginCustomHeaders).toEqual(originSecret('OriginSecret'));
    expect(propertiesOf(template, 'SearchQuery')).toMatchObject({
      OriginRequestPolicyConfig: {
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['q', 'type'] },
      },
    });
  });

  it('caches no error and replaces none', () => {
    expect(registry().CustomErrorResponses).toEqual(
      [403, 404, 500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    );
  });

  it('runs the built edge function with the key-values', async () => {
    const script = await bundleEdge();
    expect(propertiesOf(template, 'AuthorizeRequest')).toMatchObject({
      AutoPublish: true,
      FunctionCode: script,
      FunctionConfig: {
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: [{ KeyValueStoreARN: { 'Fn::GetAtt': ['AccessStore', 'Arn'] } }],
      },
    });
    expect(resourcesOf(template, 'CloudFront::Function').map(([id]) => id)).toEqual([
      'ForwardViewerAddress',
      'AuthorizeRequest',
      'ServeConsolePage',
    ]);
    for (const [, { FunctionCode }] of resourcesOf(template, 'CloudFront::Function')) {
      expect(Buffer.byteLength(String(FunctionCode))).toBeLessThan(10_000);
    }
  });
});

describe('the console host', () => {
  it('sends everything to the HTTP API but the files of the console', () => {
    const files = {
      TargetOriginId: 'console-bucket',
      ResponseHeadersPolicyId: 'ConsoleHeaders',
      Compress: true,
      ViewerProtocolPolicy: 'redirect-to-https',
    };
    expect(consoleHost().Comment).toBe('console');
    expect(behaviors(consoleHost())).toEqual([
      toApi,
      { PathPattern: '/assets/*', ...files, CachePolicyId: CachePolicy.CACHING_OPTIMIZED.cachePolicyId },
      ...consolePaths.map((PathPattern) => ({
        PathPattern,
        ...files,
        CachePolicyId: 'BriefCache',
        FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'ServeConsolePage' }],
      })),
    ]);
  });

  it('answers each of the addresses of the console with its page', () => {
    const code = String(propertiesOf(template, 'ServeConsolePage').FunctionCode);
    const handle = new Function(`${code}; return handler;`)() as (event: unknown) => unknown;
    const request = { uri: '/o/acme/packages', querystring: { name: { value: 'x' } } };
    expect(handle({ request })).toEqual({ uri: '/index.html', querystring: { name: { value: 'x' } } });
  });

  it('lets the page load files of its own alone, and be shown in no frame', () => {
    expect(propertiesOf(template, 'ConsoleHeaders')).toMatchObject({
      ResponseHeadersPolicyConfig: {
        CustomHeadersConfig: {
          Items: [{ Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true }],
        },
        SecurityHeadersConfig: {
          ContentSecurityPolicy: {
            ContentSecurityPolicy:
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            Override: true,
          },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true },
        },
      },
    });
  });
});

describe('both hosts', () => {
  const keySchema = z.object({
    CachePolicyConfig: z.object({
      MinTTL: z.number(),
      DefaultTTL: z.number(),
      MaxTTL: z.number(),
      ParametersInCacheKeyAndForwardedToOrigin: z.object({
        HeadersConfig: z.object({ HeaderBehavior: z.string(), Headers: z.undefined().optional() }),
        CookiesConfig: z.object({ CookieBehavior: z.string() }),
        QueryStringsConfig: z.object({ QueryStringBehavior: z.string() }),
        EnableAcceptEncodingGzip: z.boolean(),
        EnableAcceptEncodingBrotli: z.boolean(),
      }),
    }),
  });

  it('cache by the rewritten path alone: no Authorization, no header, cookie or query', () => {
    const ttls: Record<string, unknown> = {};
    for (const [id, properties] of resourcesOf(template, 'CloudFront::CachePolicy')) {
      const {
        MinTTL,
        DefaultTTL,
        MaxTTL,
        ParametersInCacheKeyAndForwardedToOrigin: key,
      } = keySchema.parse(properties).CachePolicyConfig;
      expect(key.HeadersConfig).toEqual({ HeaderBehavior: 'none' });
      expect(key.CookiesConfig).toEqual({ CookieBehavior: 'none' });
      expect(key.QueryStringsConfig).toEqual({ QueryStringBehavior: 'none' });
      ttls[id] = [MinTTL, DefaultTTL, MaxTTL, key.EnableAcceptEncodingGzip, key.EnableAcceptEncodingBrotli];
    }
    expect(ttls).toEqual({
      BriefCache: [1, 1, 1, true, true],
      DistCache: [0, 31_536_000, 31_536_000, false, false],
      NoCache: [0, 0, 0, false, false],
    });
  });

  it('forward everything but the host to the HTTP API', () => {
    expect(propertiesOf(template, 'WholeRequest')).toMatchObject({
      OriginRequestPolicyConfig: {
        HeadersConfig: { HeaderBehavior: 'allExcept', Headers: ['host'] },
        CookiesConfig: { CookieBehavior: 'all' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    });
  });

  it('prove to the HTTP API that a request came through them, and say who the viewer is', () => {
    for (const host of [registry(), consoleHost()]) {
      const api = host.Origins.find(({ Id }) => Id === 'http-api');
      // Not the secret of functions that ask nobody for a token, since the edge function did.
      expect(api?.OriginCustomHeaders).toEqual(originSecret('ApiOriginSecret'));
    }
    const code = String(propertiesOf(template, 'ForwardViewerAddress').FunctionCode);
    const handle = new Function(`${code}; return handler;`)() as (event: unknown) => unknown;
    const headers = { [viewerAddressHeader]: { value: 'forged' } };
    expect(handle({ viewer: { ip: '192.0.2.7' }, request: { headers } })).toEqual({
      headers: { [viewerAddressHeader]: { value: '192.0.2.7' } },
    });
  });

  it('refer only to origins that they have', () => {
    for (const host of [registry(), consoleHost()]) {
      const known = [
        ...host.Origins.map(({ Id }) => Id),
        ...(host.OriginGroups?.Items ?? []).map(({ Id }) => Id),
      ];
      for (const { TargetOriginId } of behaviors(host)) expect(known).toContain(TargetOriginId);
    }
  });

  it('list no bucket: the root has a default object or is not in a bucket', () => {
    expect(registry().DefaultRootObject).toBe('packages.json');
    expect(consoleHost().DefaultCacheBehavior.TargetOriginId).toBe('http-api');
  });

  it('use a domain and a certificate only when these are given', () => {
    for (const host of ['Registry', 'Console']) {
      const given = (value: unknown, otherwise: unknown = { Ref: 'AWS::NoValue' }) => ({
        'Fn::If': [`${host}DomainIsGiven`, value, otherwise],
      });
      const { Aliases, ViewerCertificate } = distribution(`${host}Distribution`);
      expect(Aliases).toEqual(given([{ Ref: `${host}DomainName` }]));
      expect(ViewerCertificate).toEqual({
        AcmCertificateArn: given({ Ref: `${host}CertificateArn` }),
        SslSupportMethod: given('sni-only'),
        MinimumProtocolVersion: given('TLSv1.2_2021'),
        CloudFrontDefaultCertificate: given({ Ref: 'AWS::NoValue' }, true),
      });
    }
  });

  it('have sole access to their bucket, see which keys are missing, and only over TLS', () => {
    for (const host of ['Registry', 'Console']) {
      const { Statement } = z
        .object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) })
        .parse(propertiesOf(template, `${host}BucketPolicy`)).PolicyDocument;
      const [tls, read, ...others] = Statement;
      expect(others).toEqual([]);
      expect(tls).toMatchObject({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(read).toMatchObject({
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Principal: { Service: 'cloudfront.amazonaws.com' },
      });
      expect(targetsIn(read?.Condition)).toContain(`${host}Distribution`);
      expect(Object.keys(z.record(z.string(), z.unknown()).parse(read?.Condition))).toEqual(['StringEquals']);
    }
  });
});
