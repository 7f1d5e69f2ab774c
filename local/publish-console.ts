/**
 * `npm run publish:console`: builds the console and puts it where the CDN reads it, of a deployment (`-- BUCKET`, with the AWS credentials of the
 * environment) or of a running `npm start` (`-- --data DIR`).
 */
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { publishConsole } from '../console/build/publish-console.ts';
import { buildConsole } from './start/build-console.ts';
import { findRunning } from './start/state-folder.ts';

const usage =
  "usage: npm run publish:console -- BUCKET (the stack's output ConsoleBucketName), or -- --data DIR";

interface Place {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** @throws Error if nothing runs there */
async function placeIn(directory: string): Promise<Place> {
  const { gateway, consoleBucket } = (await findRunning(directory)) ?? {};
  if (gateway === undefined || consoleBucket === undefined) {
    throw new Error(`npm start does not run on ${directory}`);
  }
  const { url: endpoint, accessKeyId } = gateway;
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  return { s3, bucket: consoleBucket };
}

const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
const [bucket] = positionals;
const place =
  values.data !== undefined
    ? await placeIn(values.data)
    : bucket === undefined
      ? undefined
      : { s3: new S3Client({}), bucket };
if (place === undefined) {
  console.error(usage);
  process.exit(2);
}
const count = await publishConsole(place.s3, place.bucket, await buildConsole());
place.s3.destroy();
console.log(`Put ${count} files of the console into ${place.bucket}`);
