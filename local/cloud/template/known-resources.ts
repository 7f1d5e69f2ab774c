import type { Json } from './json.ts';
import type { Pseudo, ResourceHandle } from './resource.ts';

/** How the local cloud treats one property of an executed resource. */
export interface PropertyRule {
  /** The only values that are supported; others are refused. */
  readonly only?: readonly Json[];
  /** Why the property has no effect here; a property without a reason is honoured. */
  readonly reason?: string;
}

const honoured: PropertyRule = {};
const only = (...values: readonly Json[]): PropertyRule => ({ only: values });
const noEffect = (reason: string): PropertyRule => ({ reason });

const describes = noEffect('describes the resource to people');
const noIam = noEffect('only the permissions of functions are evaluated on one machine');
const noEncryption = noEffect('data at rest is not encrypted on one machine');
const noMetering = noEffect('usage is neither billed nor limited on one machine');
const noLogStore = noEffect('log lines go to the log callback');
const noTls = noEffect('everything listens on the loopback interface without TLS');
const noBackups = noEffect('backups are the business of whoever keeps the data directory');

/**
 * Every property of the resource types that the local cloud executes. A path names nested properties; `[]` stands for the items of a list.
 * A rule covers everything below its path. Whatever is not listed is refused.
 */
export const executedTypes: Readonly<Record<string, Readonly<Record<string, PropertyRule>>>> = {
  'AWS::DynamoDB::Table': {
    TableName: honoured,
    AttributeDefinitions: honoured,
    KeySchema: honoured,
    GlobalSecondaryIndexes: honoured,
    BillingMode: only('PAY_PER_REQUEST'),
    TimeToLiveSpecification: noEffect('the code filters expired items; removing them is only cleaning up'),
    PointInTimeRecoverySpecification: noBackups,
    DeletionProtectionEnabled: noBackups,
    SSESpecification: noEncryption,
    OnDemandThroughput: noMetering,
    TableClass: noMetering,
    ContributorInsightsSpecification: noMetering,
    Tags: describes,
  },
  'AWS::DynamoDB::GlobalTable': {
    TableName: honoured,
    AttributeDefinitions: honoured,
    KeySchema: honoured,
    'GlobalSecondaryIndexes[].IndexName': honoured,
    'GlobalSecondaryIndexes[].KeySchema': honoured,
    'GlobalSecondaryIndexes[].Projection': honoured,
    'GlobalSecondaryIndexes[].WriteOnDemandThroughputSettings': noMetering,
    BillingMode: only('PAY_PER_REQUEST'),
    TimeToLiveSpecification: noEffect('the code filters expired items; removing them is only cleaning up'),
    SSESpecification: noEncryption,
    WriteOnDemandThroughputSettings: noMetering,
    'Replicas[].Region': noEffect('there is one machine'),
    'Replicas[].GlobalSecondaryIndexes': noMetering,
    'Replicas[].DeletionProtectionEnabled': noBackups,
    'Replicas[].PointInTimeRecoverySpecification': noBackups,
    'Replicas[].SSESpecification': noEncryption,
    'Replicas[].TableClass': noMetering,
    'Replicas[].ReadOnDemandThroughputSettings': noMetering,
    'Replicas[].ContributorInsightsSpecification': noMetering,
    'Replicas[].Tags': describes,
  },
  'AWS::SQS::Queue': {
    QueueName: honoured,
    FifoQueue: honoured,
    ContentBasedDeduplication: honoured,
    DeduplicationScope: honoured,
    FifoThroughputLimit: noMetering,
    VisibilityTimeout: honoured,
    MessageRetentionPeriod: honoured,
    DelaySeconds: honoured,
    ReceiveMessageWaitTimeSeconds: honoured,
    MaximumMessageSize: honoured,
    'RedrivePolicy.deadLetterTargetArn': honoured,
    'RedrivePolicy.maxReceiveCount': honoured,
    RedriveAllowPolicy: noIam,
    SqsManagedSseEnabled: noEncryption,
    KmsMasterKeyId: noEncryption,
    KmsDataKeyReusePeriodSeconds: noEncryption,
    Tags: describes,
  },
  'AWS::S3::Bucket': {
    BucketName: honoured,
    PublicAccessBlockConfiguration: noIam,
    OwnershipControls: noIam,
    BucketEncryption: noEncryption,
    LifecycleConfiguration: noEffect('nothing expires on one machine'),
    VersioningConfiguration: noBackups,
    LoggingConfiguration: noLogStore,
    IntelligentTieringConfigurations: noMetering,
    MetricsConfigurations: noMetering,
    Tags: describes,
  },
  // Only its grants to the CDN are read: they decide how the bucket answers for a missing key.
  'AWS::S3::BucketPolicy': { Bucket: honoured, PolicyDocument: honoured },
  'AWS::SecretsManager::Secret': {
    Name: honoured,
    Description: describes,
    SecretString: honoured,
    'GenerateSecretString.SecretStringTemplate': honoured,
    'GenerateSecretString.GenerateStringKey': honoured,
    'GenerateSecretString.PasswordLength': honoured,
    'GenerateSecretString.ExcludeCharacters': honoured,
    'GenerateSecretString.ExcludePunctuation': honoured,
    'GenerateSecretString.ExcludeLowercase': honoured,
    'GenerateSecretString.ExcludeUppercase': honoured,
    'GenerateSecretString.ExcludeNumbers': honoured,
    'GenerateSecretString.IncludeSpace': only(false),
    'GenerateSecretString.RequireEachIncludedType': noEffect('the characters are drawn evenly'),
    KmsKeyId: noEncryption,
    Tags: describes,
  },
  'AWS::SSM::Parameter': {
    Name: honoured,
    Type: only('String'),
    Value: honoured,
    Description: describes,
    Tags: describes,
  },
  'AWS::KMS::Key': {
    Description: describes,
    KeySpec: only('SYMMETRIC_DEFAULT'),
    KeyUsage: only('ENCRYPT_DECRYPT'),
    Origin: only('AWS_KMS'),
    Enabled: only(true),
    MultiRegion: only(false),
    EnableKeyRotation: noEffect('AWS rotates once a year; here a key is rotated on demand'),
    RotationPeriodInDays: noEffect('AWS rotates once a year; here a key is rotated on demand'),
    PendingWindowInDays: noEffect('a key goes with the data directory'),
    KeyPolicy: noIam,
    BypassPolicyLockoutSafetyCheck: noIam,
    Tags: describes,
  },
  'AWS::CloudFront::KeyValueStore': { Name: honoured, Comment: describes },
  'AWS::CloudFront::Function': {
    Name: honoured,
    FunctionCode: honoured,
    AutoPublish: only(true),
    'FunctionConfig.Comment': describes,
    'FunctionConfig.Runtime': only('cloudfront-js-2.0'),
    'FunctionConfig.KeyValueStoreAssociations[].KeyValueStoreARN': honoured,
  },
  'AWS::CloudFront::CachePolicy': {
    'CachePolicyConfig.Name': describes,
    'CachePolicyConfig.Comment': describes,
    'CachePolicyConfig.MinTTL': honoured,
    'CachePolicyConfig.DefaultTTL': honoured,
    'CachePolicyConfig.MaxTTL': honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip': honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingBrotli': noEffect(
      'gzip is served to those who also take Brotli',
    ),
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.HeaderBehavior': only(
      'none',
      'whitelist',
    ),
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers': honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStringBehavior':
      honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStrings': honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.CookieBehavior': honoured,
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.Cookies': honoured,
  },
  'AWS::CloudFront::OriginRequestPolicy': {
    'OriginRequestPolicyConfig.Name': describes,
    'OriginRequestPolicyConfig.Comment': describes,
    'OriginRequestPolicyConfig.HeadersConfig.HeaderBehavior': only(
      'none',
      'whitelist',
      'allViewer',
      'allExcept',
    ),
    'OriginRequestPolicyConfig.HeadersConfig.Headers': honoured,
    'OriginRequestPolicyConfig.QueryStringsConfig.QueryStringBehavior': honoured,
    'OriginRequestPolicyConfig.QueryStringsConfig.QueryStrings': honoured,
    'OriginRequestPolicyConfig.CookiesConfig.CookieBehavior': honoured,
    'OriginRequestPolicyConfig.CookiesConfig.Cookies': honoured,
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    'ResponseHeadersPolicyConfig.Name': describes,
    'ResponseHeadersPolicyConfig.Comment': describes,
    'ResponseHeadersPolicyConfig.CustomHeadersConfig.Items': honoured,
    'ResponseHeadersPolicyConfig.RemoveHeadersConfig.Items': honoured,
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy': honoured,
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentTypeOptions': honoured,
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig.FrameOptions': honoured,
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig.ReferrerPolicy': honoured,
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity': honoured,
  },
  'AWS::CloudFront::Distribution': {
    'DistributionConfig.Comment': honoured,
    'DistributionConfig.Enabled': only(true),
    'DistributionConfig.DefaultRootObject': honoured,
    'DistributionConfig.Aliases': noEffect('the distribution answers at its local address'),
    'DistributionConfig.ViewerCertificate': noTls,
    'DistributionConfig.HttpVersion': noEffect('HTTP/1.1 is spoken'),
    'DistributionConfig.IPV6Enabled': noEffect('127.0.0.1 is listened on'),
    'DistributionConfig.PriceClass': noMetering,
    'DistributionConfig.WebACLId': noMetering,
    'DistributionConfig.Logging': noLogStore,
    ...behavior('DistributionConfig.DefaultCacheBehavior'),
    ...behavior('DistributionConfig.CacheBehaviors[]'),
    'DistributionConfig.CacheBehaviors[].PathPattern': honoured,
    'DistributionConfig.CustomErrorResponses[].ErrorCode': honoured,
    'DistributionConfig.CustomErrorResponses[].ErrorCachingMinTTL': honoured,
    'DistributionConfig.CustomErrorResponses[].ResponseCode': honoured,
    'DistributionConfig.CustomErrorResponses[].ResponsePagePath': honoured,
    'DistributionConfig.Origins[].Id': honoured,
    'DistributionConfig.Origins[].DomainName': honoured,
    'DistributionConfig.Origins[].OriginPath': honoured,
    'DistributionConfig.Origins[].OriginCustomHeaders': honoured,
    'DistributionConfig.Origins[].OriginAccessControlId': honoured,
    'DistributionConfig.Origins[].S3OriginConfig.OriginAccessIdentity': only(''),
    'DistributionConfig.Origins[].S3OriginConfig.OriginReadTimeout': noEffect(
      'the object store answers at once',
    ),
    'DistributionConfig.Origins[].CustomOriginConfig.OriginReadTimeout': honoured,
    'DistributionConfig.Origins[].CustomOriginConfig.OriginProtocolPolicy': noTls,
    'DistributionConfig.Origins[].CustomOriginConfig.OriginSSLProtocols': noTls,
    'DistributionConfig.Origins[].CustomOriginConfig.OriginKeepaliveTimeout': noMetering,
    'DistributionConfig.Origins[].CustomOriginConfig.HTTPPort': noEffect('origins have local ports'),
    'DistributionConfig.Origins[].CustomOriginConfig.HTTPSPort': noEffect('origins have local ports'),
    'DistributionConfig.Origins[].ConnectionAttempts': noEffect(
      'a local connection is made at once or not at all',
    ),
    'DistributionConfig.Origins[].ConnectionTimeout': noEffect(
      'a local connection is made at once or not at all',
    ),
    'DistributionConfig.Origins[].OriginShield': noEffect('there is one edge location'),
    'DistributionConfig.OriginGroups.Quantity': noEffect('the list says how many'),
    'DistributionConfig.OriginGroups.Items[].Id': honoured,
    'DistributionConfig.OriginGroups.Items[].FailoverCriteria': honoured,
    'DistributionConfig.OriginGroups.Items[].Members': honoured,
    Tags: describes,
  },
  'AWS::IAM::Role': {
    RoleName: honoured,
    Description: describes,
    AssumeRolePolicyDocument: noEffect('a function is told by its access key id'),
    Policies: honoured,
    ManagedPolicyArns: noEffect('what policies of AWS allow is denied here'),
    Tags: describes,
  },
  'AWS::IAM::Policy': {
    PolicyName: honoured,
    PolicyDocument: honoured,
    Roles: honoured,
  },
  'AWS::Lambda::Function': {
    FunctionName: honoured,
    Description: describes,
    'Code.S3Bucket': noEffect('the bundle is read from the cloud assembly'),
    'Code.S3Key': honoured,
    'Code.ImageUri': honoured,
    Handler: honoured,
    Runtime: only('nodejs24.x', 'nodejs22.x'),
    PackageType: only('Zip', 'Image'),
    Environment: honoured,
    MemorySize: honoured,
    Timeout: honoured,
    ReservedConcurrentExecutions: honoured,
    Role: honoured,
    Layers: noEffect("the machine's own programs stand in for those of a layer"),
    Architectures: noEffect('bundles hold no machine code'),
    EphemeralStorage: noEffect("the machine's temporary directory is used"),
    LoggingConfig: noLogStore,
    TracingConfig: noLogStore,
    Tags: describes,
  },
  'AWS::Lambda::EventInvokeConfig': {
    FunctionName: honoured,
    Qualifier: only('$LATEST'),
    MaximumRetryAttempts: honoured,
    MaximumEventAgeInSeconds: noEffect('events are tried within minutes'),
  },
  'AWS::Lambda::EventSourceMapping': {
    EventSourceArn: honoured,
    FunctionName: honoured,
    Enabled: honoured,
    BatchSize: honoured,
    MaximumBatchingWindowInSeconds: honoured,
    FunctionResponseTypes: honoured,
    'ScalingConfig.MaximumConcurrency': honoured,
    MetricsConfig: noMetering,
    Tags: describes,
  },
  'AWS::ApiGatewayV2::Api': {
    Name: describes,
    Description: describes,
    ProtocolType: only('HTTP'),
    DisableExecuteApiEndpoint: only(false),
    Tags: describes,
  },
  'AWS::ApiGatewayV2::Stage': {
    ApiId: honoured,
    StageName: only('$default'),
    Description: describes,
    AutoDeploy: only(true),
    DefaultRouteSettings: honoured,
    RouteSettings: honoured,
    AccessLogSettings: noLogStore,
    Tags: describes,
  },
  'AWS::ApiGatewayV2::Integration': {
    ApiId: honoured,
    Description: describes,
    IntegrationType: only('AWS_PROXY'),
    IntegrationUri: honoured,
    IntegrationMethod: noEffect('a function is always invoked by POST'),
    PayloadFormatVersion: only('2.0'),
    TimeoutInMillis: honoured,
    ConnectionType: only('INTERNET'),
  },
  'AWS::ApiGatewayV2::Route': {
    ApiId: honoured,
    RouteKey: honoured,
    Target: honoured,
    AuthorizationType: only('NONE'),
    OperationName: describes,
  },
  'AWS::Scheduler::Schedule': {
    Name: honoured,
    GroupName: describes,
    Description: describes,
    ScheduleExpression: honoured,
    ScheduleExpressionTimezone: noEffect('a rate knows no time zone'),
    State: honoured,
    'FlexibleTimeWindow.Mode': only('OFF'),
    'Target.Arn': honoured,
    'Target.Input': honoured,
    'Target.RoleArn': noIam,
    'Target.RetryPolicy': noEffect('handing an event to a function of the same process does not fail'),
    'Target.DeadLetterConfig': noEffect('handing an event to a function of the same process does not fail'),
  },
};

function behavior(path: string): Record<string, PropertyRule> {
  return {
    [`${path}.TargetOriginId`]: honoured,
    [`${path}.AllowedMethods`]: honoured,
    [`${path}.CachedMethods`]: noEffect('GET and HEAD are cached, OPTIONS is not'),
    [`${path}.CachePolicyId`]: honoured,
    [`${path}.OriginRequestPolicyId`]: honoured,
    [`${path}.ResponseHeadersPolicyId`]: honoured,
    [`${path}.Compress`]: honoured,
    [`${path}.ViewerProtocolPolicy`]: noTls,
    [`${path}.FunctionAssociations[].EventType`]: only('viewer-request'),
    [`${path}.FunctionAssociations[].FunctionARN`]: honoured,
  };
}

/** A resource type that the template may contain but the local cloud does not create. */
export interface PassiveType {
  readonly reason: string;
  /** The values of references to such a resource, which nothing uses. */
  handle(name: string, pseudo: Pseudo): ResourceHandle;
}

/** Resource types that are not executed, each with the reason. */
export const passiveTypes: Readonly<Record<string, PassiveType>> = {
  'AWS::Lambda::Permission': passive('services of one machine may invoke every function'),
  'AWS::SQS::QueuePolicy': passive('only the permissions of functions are evaluated on one machine'),
  'AWS::CloudFront::OriginAccessControl': passive('the CDN reads private buckets directly', (name) => ({
    Id: name,
  })),
  'AWS::Logs::LogGroup': passive('log lines go to the log callback', (name, { accountId, region }) => ({
    Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`,
  })),
  'AWS::Logs::MetricFilter': passive('nothing is metered on one machine'),
  'AWS::CloudWatch::Alarm': passive('nobody is on call for one machine', (name, { accountId, region }) => ({
    Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
  })),
  'AWS::CloudWatch::CompositeAlarm': passive('nobody is on call for one machine'),
  'AWS::CloudWatch::Dashboard': passive('nothing is metered on one machine'),
  'AWS::SNS::Topic': passive('only alarms are sent to topics', (name, { accountId, region }) => ({
    TopicArn: `arn:aws:sns:${region}:${accountId}:${name}`,
  })),
  'AWS::SNS::TopicPolicy': passive('only alarms are sent to topics'),
  'AWS::SNS::Subscription': passive('only alarms are sent to topics'),
  'AWS::CDK::Metadata': passive('tells AWS which constructs are used'),
};

function passive(
  reason: string,
  attributes: (name: string, pseudo: Pseudo) => Record<string, string> = () => ({}),
): PassiveType {
  return { reason, handle: (name, pseudo) => ({ ref: name, attributes: attributes(name, pseudo) }) };
}
