import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';

const uploadSchema = z.object({ key: z.string(), headers: z.record(z.string(), z.string()) });

/** A part in CompleteMultipartUpload. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

/** The minimum size of every part but the last, in bytes. */
const SMALLEST_PART = 5 * 1024 * 1024;

/**
 * Incomplete multipart uploads, as files below the bucket's directory, so that they survive a restart.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export function createUploads(bucketDirectory: string) {
  const root = join(bucketDirectory, 'uploads');

  function directoryOf(id: string, key: string): string {
    const directory = join(root, id);
    // The id is input of a client: only the form that `begin` generates may become part of a path.
    if (/^[0-9a-f-]{36}$/.test(id) && existsSync(join(directory, 'upload.json'))) {
      if (describe(directory).key === key) return directory;
    }
    const message = 'The specified multipart upload does not exist. It may have been aborted or completed.';
    throw new AwsError(404, 'NoSuchUpload', message, { UploadId: id });
  }

  const describe = (directory: string) =>
    uploadSchema.parse(JSON.parse(readFileSync(join(directory, 'upload.json'), 'utf8')));

  const etagOf = (part: Buffer) => createHash('md5').update(part).digest('hex');

  return {
    begin(key: string, headers: Readonly<Record<string, string>>): string {
      const id = randomUUID();
      mkdirSync(join(root, id), { recursive: true });
      writeFileSync(join(root, id, 'upload.json'), JSON.stringify({ key, headers }));
      return id;
    },
    addPart(id: string, key: string, number: number, part: Buffer): string {
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw new AwsError(
          400,
          'InvalidArgument',
          'Part number must be an integer between 1 and 10000, inclusive',
        );
      }
      writeFileSync(join(directoryOf(id, key), `${number}.part`), part);
      return `"${etagOf(part)}"`;
    },
    /** Joins the parts to the object; the upload is kept until `end`. */
    assemble(id: string, key: string, named: readonly NamedPart[]) {
      const directory = directoryOf(id, key);
      if (named.length === 0)
        throw new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed.');
      const stored = new Set(readdirSync(directory));
      const parts = named.map(({ number, etag }, index) => {
        if (index > 0 && number <= (named[index - 1]?.number ?? 0)) {
          throw new AwsError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
        }
        const part = stored.has(`${number}.part`)
          ? readFileSync(join(directory, `${number}.part`))
          : undefined;
        if (part === undefined || etagOf(part) !== etag.replaceAll('"', '')) {
          throw new AwsError(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
        }
        if (index < named.length - 1 && part.length < SMALLEST_PART) {
          throw new AwsError(
            400,
            'EntityTooSmall',
            'Your proposed upload is smaller than the minimum allowed size',
          );
        }
        return part;
      });
      const hash = createHash('md5');
      for (const part of parts) hash.update(createHash('md5').update(part).digest());
      return {
        body: Buffer.concat(parts),
        headers: describe(directory).headers,
        etag: `"${hash.digest('hex')}-${parts.length}"`,
      };
    },
    end(id: string, key: string): void {
      rmSync(directoryOf(id, key), { recursive: true });
    },
  };
}
