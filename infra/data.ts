import { Aws, Duration, RemovalPolicy, SecretValue, type Stack } from 'aws-cdk-lib';
import { KeyValueStore } from 'aws-cdk-lib/aws-cloudfront';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { tableKeys } from '../shared/store/keys.ts';

export interface Data {
  readonly table: Table;
  readonly registryBucket: Bucket;
  readonly consoleBucket: Bucket;
  readonly accessStore: KeyValueStore;
  readonly integrationsSecret: Secret;
  /** Proves that the edge function let a request for an archive pass: only the registry's host sends it. */
  readonly edgeOriginSecret: Secret;
  /** Proves that a request to any other route came through the CDN. */
  readonly originSecret: Secret;
  /** The key by which an operator's programs use the API, and stop access when nobody can sign in. */
  readonly operatorKeySecret: Secret;
  /** Lets the first person in, who becomes the installation's administrator. */
  readonly setUpCodeSecret: Secret;
  readonly credentialKey: Key;
}

/** Creates the table, buckets, secrets and keys, which outlive every deployment. */
export function createData(stack: Stack): Data {
  const table = new Table(stack, 'Table', {
    partitionKey: { name: tableKeys.partitionKey, type: AttributeType.STRING },
    sortKey: { name: tableKeys.sortKey, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: tableKeys.expiry,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  table.addGlobalSecondaryIndex({
    indexName: tableKeys.pendingIndex.name,
    partitionKey: { name: tableKeys.pendingIndex.partitionKey, type: AttributeType.STRING },
    sortKey: { name: tableKeys.pendingIndex.sortKey, type: AttributeType.STRING },
    projectionType: ProjectionType.ALL,
  });

  const registryBucket = new Bucket(stack, 'RegistryBucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    // Every change of a package leaves an old metadata file behind.
    lifecycleRules: [
      {
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const consoleBucket = new Bucket(stack, 'ConsoleBucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });

  const accessStore = new KeyValueStore(stack, 'AccessStore', {
    keyValueStoreName: `${Aws.STACK_NAME}-access`,
    comment: 'Who may read what; derived from the table',
  });

  const integrationsSecret = new Secret(stack, 'IntegrationsSecret', {
    description:
      'The forges that this installation knows, filled in by the operator: JSON, a list of {forge, settings, secrets}',
    secretStringValue: SecretValue.unsafePlainText('[]'),
    // It contains values that only the operator knows.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const edgeOriginSecret = new Secret(stack, 'OriginSecret', {
    description: 'Proves to the HTTP API that the edge function let a request pass',
    generateSecretString: { excludePunctuation: true, passwordLength: 40 },
  });
  const originSecret = new Secret(stack, 'ApiOriginSecret', {
    description: 'Proves to the HTTP API that a request came through the CDN',
    generateSecretString: { excludePunctuation: true, passwordLength: 40 },
  });
  const operatorKeySecret = new Secret(stack, 'OperatorKeySecret', {
    description: "The key by which an operator's programs use the API",
    generateSecretString: { excludePunctuation: true, passwordLength: 64 },
  });
  const setUpCodeSecret = new Secret(stack, 'SetUpCodeSecret', {
    description: 'The code by which the first person signs in and becomes administrator',
    // It is typed by hand: no letters that look like digits.
    generateSecretString: { excludePunctuation: true, excludeCharacters: '0O1lI', passwordLength: 16 },
  });
  // Without it every connection would have to be created again, so it is kept when the stack is deleted.
  const credentialKey = new Key(stack, 'CredentialKey', {
    description: 'Encrypts the credentials of connections, the keys of sessions and the grants of people',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return {
    table,
    registryBucket,
    consoleBucket,
    accessStore,
    integrationsSecret,
    edgeOriginSecret,
    originSecret,
    operatorKeySecret,
    setUpCodeSecret,
    credentialKey,
  };
}
