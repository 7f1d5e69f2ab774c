/**
 * Names of the environment variables that the template sets and the functions read.
 *
 * Imports nothing: the template (infra/) and the functions both import it, and neither may pull in the other.
 */
export const environment = {
  /** Name of the one DynamoDB table. */
  tableName: 'TABLE_NAME',
  /** Name of the bucket that holds roots, package metadata and dists. */
  registryBucket: 'REGISTRY_BUCKET',
  /** ARN of the edge's key-value store. */
  accessStoreArn: 'ACCESS_STORE_ARN',
  syncQueueUrl: 'SYNC_QUEUE_URL',
  scanQueueUrl: 'SCAN_QUEUE_URL',
  vcsQueueUrl: 'VCS_QUEUE_URL',
  publishPackageQueueUrl: 'PUBLISH_PACKAGE_QUEUE_URL',
  publishRootsQueueUrl: 'PUBLISH_ROOTS_QUEUE_URL',
  publishAccessQueueUrl: 'PUBLISH_ACCESS_QUEUE_URL',
  deletionQueueUrl: 'DELETION_QUEUE_URL',
  /** Name of the parameter with the public addresses of both hosts: JSON, `{registry, console}`. */
  addressesParameter: 'ADDRESSES_PARAMETER',
  /** ARN of the secret with the integrations: JSON, a list of `{forge, settings, secrets}`. */
  integrationsSecretArn: 'INTEGRATIONS_SECRET_ARN',
  /** Hosts of forges that may be private and without TLS, separated by commas; `none` if there are none. */
  privateForgeHosts: 'PRIVATE_FORGE_HOSTS',
  /** ARN of the KMS key that encrypts the credentials of connections. */
  credentialKeyArn: 'CREDENTIAL_KEY_ARN',
  /** ARN of the secret whose string the CDN sends to this function in `originSecretHeader`: another for what the edge function let pass. */
  originSecretArn: 'ORIGIN_SECRET_ARN',
  /** ARN of the secret with the key by which an operator's programs use the API. */
  operatorKeySecretArn: 'OPERATOR_KEY_SECRET_ARN',
  /** Whether repositories at a URL can be read: `deployed` where scan-vcs is, else `none`. */
  vcsWorker: 'VCS_WORKER',
  /** ARN of the secret with the code that lets the first administrator in. */
  setUpCodeSecretArn: 'SET_UP_CODE_SECRET_ARN',
} as const;

/** Header in which an operator's program says who uses it, for the history: percent-encoded. */
export const operatorNameHeader = 'x-repertoire-operator';

/** Header that proves that a request came through the CDN. */
export const originSecretHeader = 'x-repertoire-origin';
/** Header by which a deployment notices that the CDN is to send the newest origin secrets. Its value means nothing. */
export const originSecretRotationHeader = 'x-repertoire-origin-rotation';
/** Header with the viewer's IP address; the edge overwrites what the viewer sent. Trust it only together with the origin's secret. */
export const viewerAddressHeader = 'x-repertoire-viewer';
