import type { ServiceRequest } from '../runtime/service.ts';

export interface KeyValueOperation {
  readonly name: 'DescribeKeyValueStore' | 'ListKeys' | 'UpdateKeys' | 'GetKey' | 'PutKey' | 'DeleteKey';
  readonly arn: string;
  /** The key of an operation on one key; empty for operations on the whole store. */
  readonly key: string;
}

const ON_KEYS: Readonly<Record<string, KeyValueOperation['name']>> = { GET: 'ListKeys', POST: 'UpdateKeys' };
const ON_ONE_KEY: Readonly<Record<string, KeyValueOperation['name']>> = {
  GET: 'GetKey',
  PUT: 'PutKey',
  DELETE: 'DeleteKey',
};

/**
 * The operation of a request to the data plane of a key-value store; undefined if there is no such operation.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function keyValueOperation({ method, target }: Pick<ServiceRequest, 'method' | 'target'>) {
  const [path = ''] = target.split('?');
  const match = /^\/key-value-stores\/([^/]+)(?:\/(keys)(?:\/([^/]+))?)?$/.exec(path);
  if (match === null) return undefined;
  const [, arn = '', keys, key] = match;
  const onStore = method === 'GET' ? ('DescribeKeyValueStore' as const) : undefined;
  const name = key !== undefined ? ON_ONE_KEY[method] : keys !== undefined ? ON_KEYS[method] : onStore;
  if (name === undefined) return undefined;
  try {
    const operation: KeyValueOperation = {
      name,
      arn: decodeURIComponent(arn),
      key: decodeURIComponent(key ?? ''),
    };
    return operation;
  } catch {
    return undefined;
  }
}
