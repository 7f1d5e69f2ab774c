/** The local cloud's own object store and key-value store, over HTTP and through the SDK, beside the DynamoDB emulator. */
import '@aws-sdk/signature-v4a';
import { CloudFrontKeyValueStoreClient, paginateListKeys } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import type { KeyValueEngine, ObjectEngine } from '../../local/cloud/runtime/service.ts';
import { type ContractSetup, startContractSetup } from '../../local/cloud/services/contract-setup.ts';
import type { Gateway } from '../../local/cloud/services/gateway.ts';
import { createKeyValueService } from '../../local/cloud/services/key-values.ts';
import { createObjectStore } from '../../local/cloud/services/object-store.ts';
import { createDistObjects, type DistObjects } from '../../shared/publish/dist-objects.ts';
import { createKeyValues } from '../../shared/publish/key-values.ts';
import { createObjectWriter, type ObjectWriter } from '../../shared/publish/object-writer.ts';
import type { KeyValues } from '../../shared/publish/publish-access.ts';
import { createStoredObjects, type StoredObjects } from '../../shared/publish/stored-objects.ts';
import type { Published } from './registry-view.ts';
import type { WorldClock } from './registry-world.ts';

export interface LocalServices {
  readonly objects: ObjectWriter;
  readonly dists: DistObjects;
  readonly storedObjects: StoredObjects;
  readonly keyValues: KeyValues;
  readonly clock: WorldClock;
  readonly gateway: Gateway;
  published(): Promise<Published>;
}

/**
 * Starts the servers for the test file and stops them afterwards.
 *
 * @returns a function that makes an empty bucket and an empty store
 */
export function useLocalServices(): () => LocalServices {
  let setup: ContractSetup;
  let objectEngine: ObjectEngine;
  let valueEngine: KeyValueEngine;
  let s3: S3Client;
  let kvs: CloudFrontKeyValueStoreClient;
  let count = 0;
  beforeAll(async () => {
    setup = await startContractSetup((parts) => {
      objectEngine = createObjectStore(parts);
      // AWS does not say whether deleting a missing key fails; here it does, the worse case for us.
      valueEngine = createKeyValueService({ ...parts, refuseMissingDeletes: true });
      return { objects: objectEngine, keyValues: valueEngine };
    });
    s3 = new S3Client(setup.client);
    const scheme = { name: 'sigv4a', signingName: 'cloudfront-keyvaluestore', signingRegion: '*' };
    const authSchemes = [{ ...scheme, signingRegionSet: ['*'], properties: {} }];
    kvs = new CloudFrontKeyValueStoreClient({
      region: setup.client.region,
      credentials: setup.client.credentials,
      endpointProvider: () => ({ url: new URL(setup.gateway.url), properties: { authSchemes } }),
    });
  });
  afterAll(async () => {
    s3.destroy();
    kvs.destroy();
    await setup.close();
  });
  return () => {
    count++;
    const bucket = `registry-${count}`;
    const name = `access-${count}`;
    const arn = `arn:aws:cloudfront::000000000000:key-value-store/${name}`;
    objectEngine.createBucket(bucket);
    valueEngine.createStore({ name, arn });
    return {
      objects: createObjectWriter(s3, bucket),
      dists: createDistObjects(s3, bucket),
      storedObjects: createStoredObjects(s3, bucket),
      keyValues: createKeyValues(kvs, arn),
      clock: setup.clock,
      gateway: setup.gateway,
      async published() {
        const values = new Map<string, string>();
        for await (const page of paginateListKeys({ client: kvs }, { KvsARN: arn, MaxResults: 50 })) {
          for (const { Key, Value } of page.Items ?? []) {
            values.set(String(Key), String(Value));
          }
        }
        const objects = new Map<string, { body: Buffer; lastModified: number }>();
        for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
          for (const { Key = '' } of page.Contents ?? []) {
            const object = await objectEngine.get(bucket, Key);
            if (object) {
              objects.set(Key, object);
            }
          }
        }
        return { values, objects };
      },
    };
  };
}
