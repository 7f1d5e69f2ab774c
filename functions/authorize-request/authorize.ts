/**
 * Decides at the edge who reads which object. Written in the part of JavaScript that CloudFront Functions know: no
 * for-of, destructuring, default parameters, spread, optional chaining or closures in async functions, and one `await`
 * after another.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 *
 * | key | value |
 * |---|---|
 * | `t/<first 22 of base64url SHA-256 of the token>` | `<principal>\|<expiry>`, or `*<principal>\|<expiry>\|<slug>,<slug>` for a token that reads every package of these slugs |
 * | `v/<slug>/<principal>/<chunk>` | bitmap of package numbers; the key with chunk 0 exists for whoever may read the root |
 * | `p/<slug>/<vendor>/<name>` | package number; with `!<12 hex>,…` the beginnings of commits whose archives are refused |
 */

/** The request in CloudFront's event; header names are lower case. */
export interface EdgeRequest {
  readonly method: string;
  uri: string;
  querystring: Record<string, unknown>;
  headers: Record<string, { value: string } | undefined>;
  cookies: Record<string, unknown>;
}

export interface EdgeResponse {
  statusCode: number;
  statusDescription: string;
  headers: Record<string, { value: string }>;
  body: { encoding: 'text'; data: string };
}

/** CloudFront's handle of a key-value store: `get` rejects for a key that does not exist. */
export interface KeyValues {
  get(key: string): Promise<string>;
}

/** What a token's value says. */
export interface Access {
  principal: string;
  /** Seconds since the epoch; 0 for never. */
  expiry: number;
  /** The organizations of which it reads every package; null for one whose bitmap decides. */
  allOf: string[] | null;
}

/** What a path asks for. */
export interface Target {
  slug: string;
  /** `vendor/name`; empty for the root. */
  packageName: string;
  /** The object's name under the package number; empty for the root. */
  file: string;
  /** The archive's commit, or its beginning; empty for everything else. */
  commit: string;
}

/** A value holds 1 KB: 768 bytes in base64url. */
const packagesPerChunk = 6144;

const tokenPattern = /^rprt_[uto]_[0-9a-f]{60}[0-9a-f]{8}$/;
const packagePattern = /^(0|[1-9][0-9]{0,8})((?:![0-9a-f]{12}(?:,[0-9a-f]{12})*)?)$/;
const rootPath = /^\/([a-z0-9-]+)\/packages\.json$/;
const metadataPath = /^\/([a-z0-9-]+)\/p2\/([a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*?)(~dev)?\.json$/;
const distPath =
  /^\/([a-z0-9-]+)\/dists\/([a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*)\/([0-9a-f]{7,64})\.zip$/;

/**
 * The request with the path of the object to serve, or the answer that refuses it. `sha256` gives base64url, `now` is in
 * milliseconds since the epoch. Whatever is not known to be allowed is refused, also when the store fails.
 */
export async function authorize(
  request: EdgeRequest,
  store: KeyValues,
  sha256: (text: string) => string,
  now: number,
): Promise<EdgeRequest | EdgeResponse> {
  const token = tokenOf(request.headers.authorization);
  if (token === '') return unauthorized(noToken);
  if (matchWhole(tokenPattern, token) === null) return unauthorized(unknownToken);
  const tokenValue = await read(store, `t/${sha256(token).slice(0, 22)}`);
  const access = parseAccess(tokenValue);
  if (access === null) return unauthorized(unknownToken);
  if (access.expiry !== 0 && access.expiry * 1000 <= now) {
    return unauthorized(
      `The token expired on ${new Date(access.expiry * 1000).toISOString()}. Create a new one.`,
    );
  }

  const target = request.method === 'GET' || request.method === 'HEAD' ? parsePath(request.uri) : null;
  if (target === null) return notFound();
  if (access.allOf !== null && access.allOf.indexOf(target.slug) === -1) return notFound();

  const views = `v/${target.slug}/${access.principal}/`;
  if (target.packageName === '') {
    if (access.allOf === null) {
      const view = await read(store, `${views}0`);
      if (view === null) return notFound();
    }
    // Composer's cache is keyed by the URL and not by the token: another token's copy must not pass for this one's.
    delete request.headers['if-modified-since'];
    delete request.headers['if-none-match'];
    return forward(request, `/${target.slug}/roots/${access.principal}.json`);
  }

  const packageValue = await read(store, `p/${target.slug}/${target.packageName}`);
  const numbered = packageValue === null ? null : matchWhole(packagePattern, packageValue);
  if (numbered === null) return notFound();
  const number = String(numbered[1]);
  if (isRefused(String(numbered[2]), target.commit)) return notFound();
  if (access.allOf === null) {
    const chunk = Math.floor(Number(number) / packagesPerChunk);
    const bitmap = await read(store, `${views}${chunk}`);
    if (bitmap === null || !hasBit(bitmap, Number(number) % packagesPerChunk)) return notFound();
  }
  return forward(request, `/${target.slug}/${number}/${target.file}`);
}

/** The value, or null: the documented answer to a missing key is an error, and no other can be told from it. */
async function read(store: KeyValues, key: string): Promise<string | null> {
  try {
    const value = await store.get(key);
    return value;
  } catch {
    return null;
  }
}

/** Whether the commit begins with one of those refused, in `!<12 hex>,…`. Runs before the cache, so copies in it are refused too. */
function isRefused(refused: string, commit: string): boolean {
  return commit.length >= 12 && refused.indexOf(commit.slice(0, 12)) !== -1;
}

/** In the edge's engine `$` also matches before a line break at the end. */
function matchWhole(pattern: RegExp, text: string): RegExpExecArray | null {
  const match = pattern.exec(text);
  return match !== null && match[0].length === text.length ? match : null;
}

/** The password of Basic, whoever the user is, or the token of Bearer; empty when there is neither. */
export function tokenOf(header: { value: string } | undefined): string {
  if (header === undefined) return '';
  const match = matchWhole(/^(basic|bearer) +(\S+) *$/i, header.value);
  if (match === null) return '';
  const credentials = String(match[2]);
  if (String(match[1]).toLowerCase() === 'bearer') return credentials;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? '' : pair.slice(colon + 1);
}

/** Null for a value that says nothing we know. */
export function parseAccess(value: string | null): Access | null {
  if (value === null) return null;
  const match = matchWhole(/^(\*?)([A-Za-z0-9._-]+)\|([0-9]{1,11})(\|([a-z0-9,-]*))?$/, value);
  if (match === null) return null;
  const readsAll = match[1] === '*';
  if (readsAll !== (match[4] !== undefined)) return null;
  return {
    principal: String(match[2]),
    expiry: Number(match[3]),
    allOf: readsAll ? String(match[5]).split(',') : null,
  };
}

/** Null for a path that nothing is served at. */
export function parsePath(uri: string): Target | null {
  const root = matchWhole(rootPath, uri);
  if (root !== null) return { slug: String(root[1]), packageName: '', file: '', commit: '' };
  const metadata = matchWhole(metadataPath, uri);
  if (metadata !== null) {
    const file = metadata[3] === undefined ? 'plain.json' : 'dev.json';
    return { slug: String(metadata[1]), packageName: String(metadata[2]), file: file, commit: '' };
  }
  const dist = matchWhole(distPath, uri);
  if (dist !== null) {
    const commit = String(dist[3]);
    return { slug: String(dist[1]), packageName: String(dist[2]), file: `${commit}.zip`, commit: commit };
  }
  return null;
}

/** Least significant bit first in each byte. */
export function hasBit(bitmap: string, bit: number): boolean {
  const byte = Buffer.from(bitmap, 'base64url')[bit >> 3];
  return byte !== undefined && ((byte >> (bit & 7)) & 1) === 1;
}

/** One cached copy for all who may read it: nothing of the person goes on. */
function forward(request: EdgeRequest, uri: string): EdgeRequest {
  request.uri = uri;
  request.querystring = {};
  request.cookies = {};
  delete request.headers.authorization;
  return request;
}

const noToken =
  'No token was sent. Create one and save it: composer config --auth http-basic.<host> token <token>';
const unknownToken = 'The token is unknown or was revoked. Create a new one.';

/** Composer prints `warning` if the content type is exactly this, without a charset. */
function unauthorized(warning: string): EdgeResponse {
  return {
    statusCode: 401,
    statusDescription: 'Unauthorized',
    headers: {
      'content-type': { value: 'application/json' },
      'cache-control': { value: 'no-store' },
      'www-authenticate': { value: 'Basic realm="Repertoire"' },
    },
    body: { encoding: 'text', data: JSON.stringify({ warning: warning }) },
  };
}

/** The very same for what is hidden and for what does not exist. No `warning`: a 404 only sends Composer to its next repository. */
function notFound(): EdgeResponse {
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
    body: { encoding: 'text', data: '{"error":"not found"}' },
  };
}
