/**
 * Keys of objects in the registry bucket, and their public paths. Imports nothing, because the template reads it too.
 *
 * Keys contain the package's number and not its name, so that a name that passes to another repository takes no old rights, metadata or
 * archives along. The edge function (functions/authorize-request) maps the public paths to these keys.
 */
export const objectKeys = {
  root: (slug: string, principal: string): string => `${slug}/roots/${principal}.json`,
  /** Versions whose stability is not dev. */
  plain: (slug: string, packageNumber: number): string => `${slug}/${packageNumber}/plain.json`,
  dev: (slug: string, packageNumber: number): string => `${slug}/${packageNumber}/dev.json`,
  dist: (slug: string, packageNumber: number, reference: string): string =>
    `${slug}/${packageNumber}/${reference}.zip`,
} as const;

/** Paths on the registry host. */
export const publicPaths = {
  root: (slug: string): string => `/${slug}/packages.json`,
  /** Composer replaces `%package%` by the name, with `~dev` for the file of branches. */
  metadata: (slug: string): string => `/${slug}/p2/%package%.json`,
  dist: (slug: string, packageName: string, reference: string): string =>
    `/${slug}/dists/${packageName}/${reference}.zip`,
  /** Composer replaces `%query%` by the words, as in a form, and `%type%` by a type or nothing. */
  search: (slug: string): string => `/${slug}/search?q=%query%&type=%type%`,
  downloads: '/downloads',
} as const;

/**
 * Cache times, the same as in the CDN's policies (infra/cdn.ts). Not `private`, which would keep the CDN from caching at all. Shared caches do not store
 * responses to requests with an Authorization header by default (RFC 9111, 3.5).
 */
export const cacheControl = {
  root: 'max-age=1',
  metadata: 'max-age=1',
  /** The bytes at a dist's URL never change. */
  dist: 'max-age=31536000, immutable',
} as const;
