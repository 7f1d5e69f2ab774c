/** Puts the console's files where the CDN reads them. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What is in the bucket, by key. */
const page = 'index.html';
/** A name with a hash of the contents never has others. */
const forEver = 'public, max-age=31536000, immutable';
/** The page names the newest files. */
const askedAgain = 'no-cache';

/** Requests at the same time: as many as the SDK has connections. */
const parallel = 50;

/**
 * Uploads the files that are not there yet, the page always and last: whoever gets the new one finds what it names. Files of earlier versions stay,
 * for whoever has the console open.
 *
 * @param folder with the built console
 * @returns how many files were uploaded
 * @throws Error for a file whose media type is not known
 */
export async function publishConsole(s3: S3Client, bucket: string, folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const keys = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const put = async (key: string): Promise<void> => {
    const contentType = contentTypes[extname(key)];
    if (contentType === undefined) {
      throw new Error(`the media type of ${key} is not known`);
    }
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: await readFile(join(folder, key)),
        ContentType: contentType,
        CacheControl: key === page ? askedAgain : forEver,
      }),
    );
  };
  const there = await keysIn(s3, bucket);
  const missing = keys.filter((key) => key !== page && !there.has(key));
  const waiting = missing.values();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const key of waiting) await put(key);
    }),
  );
  await put(page);
  return missing.length + 1;
}

async function keysIn(client: S3Client, Bucket: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const { Contents: contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    for (const { Key: key } of contents) if (key !== undefined) keys.add(key);
  }
  return keys;
}
