import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';

const uploadSchema = z.object({
  key: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Such as `crc32`. */
  checksumAlgorithm: z.string().optional(),
});

/** A part in CompleteMultipartUpload. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** The algorithms of the checksums that it names, such as `crc32`. */
  readonly checksums: readonly string[];
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
    /** @param checksumAlgorithm that of every part, such as `crc32`; without it no part may have a checksum */
    begin(key: string, headers: Readonly<Record<string, string>>, checksumAlgorithm?: string): string {
      const id = randomUUID();
      mkdirSync(join(root, id), { recursive: true });
      writeFileSync(join(root, id, 'upload.json'), JSON.stringify({ key, headers, checksumAlgorithm }));
      return id;
    },
    /** @param checksum the algorithm of the checksum that was sent with the part */
    addPart(id: string, key: string, number: number, part: Buffer, checksum: string | undefined): string {
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw new AwsError(
          400,
          'InvalidArgument',
          'Part number must be an integer between 1 and 10000, inclusive',
        );
      }
      const directory = directoryOf(id, key);
      const { checksumAlgorithm } = describe(directory);
      if (checksum !== checksumAlgorithm) {
        throw new AwsError(
          400,
          'InvalidRequest',
          `Checksum Type mismatch occurred, expected checksum Type: ${checksumAlgorithm ?? null}, actual checksum Type: ${checksum ?? null}`,
        );
      }
      writeFileSync(join(directory, `${number}.part`), part);
      return `"${etagOf(part)}"`;
    },
    /** Joins the parts to the object; the upload is kept until `end`. */
    assemble(id: string, key: string, named: readonly NamedPart[]) {
      const directory = directoryOf(id, key);
      if (named.length === 0)
        throw new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed.');
      const { headers, checksumAlgorithm: algorithm } = describe(directory);
      const without = named.find(
        ({ checksums }) => algorithm !== undefined && !checksums.includes(algorithm),
      );
      if (without !== undefined) {
        throw new AwsError(
          400,
          'InvalidRequest',
          `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${without.number} in the request.`,
        );
      }
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
        headers,
        etag: `"${hash.digest('hex')}-${parts.length}"`,
      };
    },
    end(id: string, key: string): void {
      rmSync(directoryOf(id, key), { recursive: true });
    },
  };
}
