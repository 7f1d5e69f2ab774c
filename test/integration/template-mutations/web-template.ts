/** A small registry: a distribution before buckets and an HTTP API whose function tells what reached it. */
import type { Json, JsonObject } from '../../../local/cloud/template/json.ts';
import { puppeteerParameter, puppetFunction, puppetRole } from './functions.ts';
import { attribute, outputs, type Resource, ref, type Template } from './template.ts';

const join = (...parts: readonly Json[]): JsonObject => ({ 'Fn::Join': ['', [...parts]] });
const bucket = (BucketName: string): Resource => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName } });

function bucketPolicy(name: string): Resource {
  const arn = attribute(name, 'Arn');
  const SourceArn = join('arn:aws:cloudfront::', ref('AWS::AccountId'), ':distribution/', ref('Registry'));
  return {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref(name),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Action: ['s3:GetObject', 's3:ListBucket'],
            Resource: [arn, join(arn, '/*')],
            Condition: { StringEquals: { 'AWS:SourceArn': SourceArn } },
          },
        ],
      },
    },
  };
}

function cachePolicy(ttls: readonly [number, number, number], key: string): Resource {
  const [MinTTL, DefaultTTL, MaxTTL] = ttls;
  return {
    Type: 'AWS::CloudFront::CachePolicy',
    Properties: {
      CachePolicyConfig: {
        Name: key,
        MinTTL,
        DefaultTTL,
        MaxTTL,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: true,
          EnableAcceptEncodingBrotli: true,
          HeadersConfig: { HeaderBehavior: 'whitelist', Headers: [`X-${key}`] },
          QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: [key] },
          CookiesConfig: { CookieBehavior: 'whitelist', Cookies: [key] },
        },
      },
    },
  };
}

const originRequestPolicy = (name: string): Resource => ({
  Type: 'AWS::CloudFront::OriginRequestPolicy',
  Properties: {
    OriginRequestPolicyConfig: {
      Name: name,
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: [`X-${name}`] },
      QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: [name] },
      CookiesConfig: { CookieBehavior: 'whitelist', Cookies: [name] },
    },
  },
});

const headersPolicy = (word: string): Resource => ({
  Type: 'AWS::CloudFront::ResponseHeadersPolicy',
  Properties: {
    ResponseHeadersPolicyConfig: {
      Name: word,
      CustomHeadersConfig: { Items: [{ Header: 'X-Word', Value: word, Override: true }] },
      RemoveHeadersConfig: { Items: [{ Header: 'X-Removed' }] },
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 60, Override: true },
      },
    },
  },
});

/** Answers `…/who` with its word and `…/stored` with what the store holds; all else goes on. */
export const edgeCode = (word: string) => `import cf from 'cloudfront';
async function handler(event) {
  var uri = event.request.uri;
  if (uri.endsWith('/who')) return { statusCode: 200, body: '${word}' };
  if (uri.endsWith('/stored')) return { statusCode: 200, body: await cf.kvs().get('key') };
  return event.request;
}`;

const edgeFunction = (name: string, store: string): Resource => ({
  Type: 'AWS::CloudFront::Function',
  Properties: {
    Name: name,
    AutoPublish: true,
    FunctionCode: edgeCode(name),
    FunctionConfig: {
      Runtime: 'cloudfront-js-2.0',
      Comment: name,
      KeyValueStoreAssociations: [{ KeyValueStoreARN: attribute(store, 'Arn') }],
    },
  },
});

const store = (Name: string): Resource => ({ Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name } });

export const allMethods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];

const fullBehavior = (edge: string): JsonObject => ({
  TargetOriginId: 'api',
  ViewerProtocolPolicy: 'redirect-to-https',
  AllowedMethods: allMethods,
  CachePolicyId: ref('Cache'),
  OriginRequestPolicyId: ref('Forward'),
  ResponseHeadersPolicyId: ref('Headers'),
  Compress: true,
  FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: attribute(edge, 'FunctionARN') }],
});

const plainBehavior = (PathPattern: string, TargetOriginId: string): JsonObject => ({
  PathPattern,
  TargetOriginId,
  ViewerProtocolPolicy: 'redirect-to-https',
  CachePolicyId: ref('Cache'),
});

const special = plainBehavior('/files/special/*', 'api');
const files = plainBehavior('/files/*', 'files');
const group = plainBehavior('/group/*', 'group');
const second = { PathPattern: '/second/*', ...fullBehavior('Other') };

/** The second behavior in an order in which the last two change places. */
export const behaviorsReordered: Json[] = [second, group, special, files];

const bucketOrigin = (Id: string, name: string): JsonObject => ({
  Id,
  DomainName: attribute(name, 'RegionalDomainName'),
  OriginAccessControlId: attribute('Access', 'Id'),
  S3OriginConfig: { OriginAccessIdentity: '' },
});

const apiDomain = join(ref('Api'), '.execute-api.', ref('AWS::Region'), '.', ref('AWS::URLSuffix'));

export const webTemplate: Template = {
  Parameters: puppeteerParameter,
  Resources: {
    Files: bucket('files'),
    Spare: bucket('spare'),
    FilesPolicy: bucketPolicy('Files'),
    SparePolicy: bucketPolicy('Spare'),
    Access: { Type: 'AWS::CloudFront::OriginAccessControl', Properties: {} },
    ...puppetRole,
    Echo: puppetFunction('echo'),
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Api'), StageName: '$default', AutoDeploy: true },
    },
    ToEcho: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: attribute('Echo', 'Arn'),
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey: '$default',
        Target: join('integrations/', ref('ToEcho')),
      },
    },
    Cache: cachePolicy([20, 60, 100], 'key'),
    LongCache: cachePolicy([20, 200, 300], 'long'),
    Forward: originRequestPolicy('forward'),
    ForwardOther: originRequestPolicy('other'),
    Headers: headersPolicy('one'),
    OtherHeaders: headersPolicy('two'),
    Store: store('store'),
    OtherStore: store('other-store'),
    Edge: edgeFunction('edge', 'Store'),
    Other: edgeFunction('other', 'Store'),
    Registry: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Comment: 'registry',
          Enabled: true,
          DefaultRootObject: 'home',
          DefaultCacheBehavior: fullBehavior('Edge'),
          CacheBehaviors: [second, group, files, special],
          CustomErrorResponses: [
            {
              ErrorCode: 404,
              ErrorCachingMinTTL: 20,
              ResponseCode: 200,
              ResponsePagePath: '/files/oops.html',
            },
          ],
          Origins: [
            bucketOrigin('files', 'Files'),
            bucketOrigin('spare', 'Spare'),
            {
              Id: 'api',
              DomainName: apiDomain,
              OriginCustomHeaders: [{ HeaderName: 'X-Secret', HeaderValue: 'secret' }],
              CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 30 },
            },
          ],
          OriginGroups: {
            Quantity: 1,
            Items: [
              {
                Id: 'group',
                FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [404] } },
                Members: { Quantity: 2, Items: [{ OriginId: 'files' }, { OriginId: 'api' }] },
              },
            ],
          },
        },
      },
    },
  },
  Outputs: outputs({
    Edge: attribute('Edge', 'FunctionARN'),
    Store: attribute('Store', 'Arn'),
    OtherStore: attribute('OtherStore', 'Arn'),
  }),
};
