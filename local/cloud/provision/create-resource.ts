import { createBucketPolicy } from './bucket-policy.ts';
import {
  createEventInvokeConfig,
  createEventSourceMapping,
  createFunction,
  createSchedule,
} from './compute.ts';
import type { CreateResource } from './plan.ts';
import { createPolicy, createRole } from './roles.ts';
import {
  createBucket,
  createEncryptionKey,
  createKeyValueStore,
  createParameter,
  createQueue,
  createSecret,
} from './storage.ts';
import { createTable } from './table.ts';
import {
  createApi,
  createCachePolicy,
  createDistributionResource,
  createEdgeFunctionResource,
  createIntegration,
  createOriginRequestPolicy,
  createResponseHeadersPolicy,
  createRoute,
  createStage,
} from './web.ts';

/** The function that creates each executed resource type. */
export const creators: Readonly<Record<string, CreateResource>> = {
  'AWS::DynamoDB::Table': createTable,
  'AWS::DynamoDB::GlobalTable': createTable,
  'AWS::SQS::Queue': createQueue,
  'AWS::S3::Bucket': createBucket,
  'AWS::S3::BucketPolicy': createBucketPolicy,
  'AWS::SecretsManager::Secret': createSecret,
  'AWS::SSM::Parameter': createParameter,
  'AWS::KMS::Key': createEncryptionKey,
  'AWS::CloudFront::KeyValueStore': createKeyValueStore,
  'AWS::CloudFront::Function': createEdgeFunctionResource,
  'AWS::CloudFront::CachePolicy': createCachePolicy,
  'AWS::CloudFront::OriginRequestPolicy': createOriginRequestPolicy,
  'AWS::CloudFront::ResponseHeadersPolicy': createResponseHeadersPolicy,
  'AWS::CloudFront::Distribution': createDistributionResource,
  'AWS::IAM::Role': createRole,
  'AWS::IAM::Policy': createPolicy,
  'AWS::Lambda::Function': createFunction,
  'AWS::Lambda::EventInvokeConfig': createEventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': createEventSourceMapping,
  'AWS::ApiGatewayV2::Api': createApi,
  'AWS::ApiGatewayV2::Stage': createStage,
  'AWS::ApiGatewayV2::Integration': createIntegration,
  'AWS::ApiGatewayV2::Route': createRoute,
  'AWS::Scheduler::Schedule': createSchedule,
};

/** Creates one resource of the template. */
export const createResource: CreateResource = (resource, context) => {
  const create = creators[resource.type];
  if (create === undefined) throw new Error(`the local cloud cannot create ${resource.type}`);
  return create(resource, context);
};
