/** Puts the console's files where the CDN reads them. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

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

/**
 * Uploads the files, the page last: whoever gets the new one finds what it names. Files of earlier versions stay, for whoever has the console open.
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
  await Promise.all(keys.filter((key) => key !== page).map(put));
  await put(page);
  return keys.length;
}
