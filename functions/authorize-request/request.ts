/** Parses requests to the edge and rewrites those that are allowed. Written in the JavaScript subset described in authorize.ts. */
import type { EdgeRequest } from './answers.ts';

/** What a path refers to. */
export interface Target {
  slug: string;
  /** `vendor/name`; empty for the root and the search. */
  packageName: string;
  /** The object's name under the package number; `search`, or empty for the root. */
  file: string;
  /** The archive's commit, or a prefix of it; empty for everything else. */
  commit: string;
}

/** `rprt_`, the kind, 60 digits and the checksum. */
const tokenLength = 75;
/** Nothing may follow, not even the line break that `$` alone accepts in this engine. */
const pathPattern =
  /^\/[a-z0-9-]+\/(?:packages\.json|search|p2\/[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*(?:~dev)?\.json|dists\/[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*\/[0-9a-f]{7,64}\.zip)$(?!\n)/;
const encodedSlash = /%2f/i;

/** The password of Basic, for any user, or the token of Bearer; empty when there is neither. */
export function tokenOf(header: { value: string } | undefined): string {
  if (header === undefined) return '';
  const value = header.value;
  const scheme = value.slice(0, 6).toLowerCase();
  if (scheme === 'basic ') return passwordOf(value.slice(6).trim());
  return scheme === 'bearer' && value.charAt(6) === ' ' ? value.slice(7).trim() : '';
}

function passwordOf(credentials: string): string {
  try {
    const pair = atob(credentials);
    const colon = pair.indexOf(':');
    return colon === -1 ? '' : pair.slice(colon + 1);
  } catch {
    return '';
  }
}

/** Whether we issued it is known by its hash only; this check keeps other services' passwords from being looked up. */
export function looksLikeToken(text: string): boolean {
  return text.length === tokenLength && text.slice(0, 5) === 'rprt_';
}

/**
 * Null for a path that serves nothing.
 *
 * @throws URIError for a wrongly encoded path
 */
export function parsePath(uri: string): Target | null {
  const path = uri.indexOf('%') === -1 ? uri : decodePath(uri);
  if (path.search(pathPattern) !== 0) return null;
  const parts = path.split('/');
  const slug = parts[1] as string;
  if (parts.length === 3)
    return { slug: slug, packageName: '', file: parts[2] === 'search' ? 'search' : '', commit: '' };
  const name = parts[3] + '/' + parts[4];
  if (parts.length === 6) {
    const file = parts[5] as string;
    return { slug: slug, packageName: name, file: file, commit: file.slice(0, -4) };
  }
  return name.slice(-9) === '~dev.json'
    ? { slug: slug, packageName: name.slice(0, -9), file: 'dev.json', commit: '' }
    : { slug: slug, packageName: name.slice(0, -5), file: 'plain.json', commit: '' };
}

/**
 * Encoded and plain letters, digits, `-`, `.`, `_` and `~` are the same address. Our paths contain no other characters except the
 * slash, which makes a different address when it is encoded: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2 Decoded only
 * once: what is still encoded then contains a `%`, which no path of ours does.
 */
function decodePath(uri: string): string {
  return uri.search(encodedSlash) === -1 ? decodeURIComponent(uri) : uri;
}

/** Composer caches by URL and not by token, so a copy of another token's root must not pass for this one's. */
export function dropConditions(request: EdgeRequest): void {
  delete request.headers['if-modified-since'];
  delete request.headers['if-none-match'];
}

/** What a search is for; of a parameter that is given twice, the first. */
export function searchedFor(query: EdgeRequest['querystring']): EdgeRequest['querystring'] {
  const kept: EdgeRequest['querystring'] = {};
  if (query.q) kept.q = { value: query.q.value };
  if (query.type) kept.type = { value: query.type.value };
  return kept;
}

/**
 * All who may read an object share one cached copy: nothing of the person is forwarded, and nothing of how the path was written.
 *
 * @param query what is forwarded of the query
 */
export function forward(request: EdgeRequest, uri: string, query: EdgeRequest['querystring']): EdgeRequest {
  request.uri = uri;
  request.querystring = query;
  request.cookies = {};
  delete request.headers.authorization;
  return request;
}
