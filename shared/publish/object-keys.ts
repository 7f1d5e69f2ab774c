/**
 * Where objects lie in the registry bucket, and which public addresses lead to them. Imports nothing: the template reads it too.
 *
 * Objects lie under the package's number and not its name, so that a name that passes to another repository carries no old rights,
 * metadata or archives. The edge function (functions/authorize-request) maps the public paths to these keys.
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
  /** Composer puts the name in the place of `%package%`, with `~dev` where it wants that file. */
  metadata: (slug: string): string => `/${slug}/p2/%package%.json`,
  dist: (slug: string, packageName: string, reference: string): string =>
    `/${slug}/dists/${packageName}/${reference}.zip`,
  downloads: '/downloads',
} as const;

/**
 * How long caches may keep what; the CDN's policies have the same bounds. Not `private`: that would keep the CDN from caching at all. Caches
 * that do not know tokens leave answers to requests with an Authorization header alone (RFC 9111, 3.5).
 */
export const cacheControl = {
  root: 'max-age=1',
  metadata: 'max-age=1',
  /** A dist's bytes never change under one URL. */
  dist: 'max-age=31536000, immutable',
} as const;
