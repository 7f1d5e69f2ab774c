/**
 * Decides at the edge who reads which object. Written in the subset of JavaScript that CloudFront Functions support: no
 * for-of, destructuring, default parameters, spread, optional chaining or closures in async functions, and each `await`
 * alone on the right of an assignment (njs 0.7.9 crashes on one inside a call's arguments).
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 *
 * `npm run bench` checks its time. The engine compiles a regular expression each time the enclosing function runs, so
 * all are at the top of their files; one that captures costs as much as the token's hash. An `await` costs more than
 * anything else, so there is only one async function.
 *
 * | key | value |
 * |---|---|
 * | `t/<first 22 of base64url SHA-256 of the token>` | `<own or all>\|<principal>\|<expiry>\|<only or not>:<slug>,…` |
 * | `p/<slug>/<vendor>/<name>` | package number; with `!<12 hex>,…` prefixes of commits whose archives are refused |
 * | `v/<slug>/<principal>/<chunk>` | bitmap of package numbers; the key with chunk 0 exists if the principal may read the root |
 * | `o/<slug>` | exists while the organization is open |
 */
import {
  accessIsStopped,
  archiveNotFound,
  type EdgeRequest,
  type EdgeResponse,
  noTokenWasSent,
  notFound,
  tokenHasExpired,
  tokenIsUnknown,
  tokenWasTakenOut,
} from './answers.ts';
import { dropConditions, forward, looksLikeToken, parsePath, searchedFor, tokenOf } from './request.ts';
import {
  hasBit,
  hasExpired,
  isRefused,
  packagesPerChunk,
  parseAccess,
  parsePackage,
  readsSlug,
} from './values.ts';

/** CloudFront's handle of a key-value store: `get` rejects for a key that does not exist. */
export interface KeyValues {
  get(key: string): Promise<string>;
}

export interface EdgeRuntime {
  readonly store: KeyValues;
  /** base64url */
  sha256(text: string): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

let runtime: EdgeRuntime;

/** Sets what the handler runs on. A module variable, because CloudFront passes only the event to the handler. */
export function runOn(given: EdgeRuntime): void {
  runtime = given;
}

/**
 * Returns the request with the path of the object to serve, or the response that refuses it. Everything that is not known to be
 * allowed is refused, even when the store fails: a missing key is an error too, and the two cannot be told apart.
 */
export async function handler(event: { request: EdgeRequest }): Promise<EdgeRequest | EdgeResponse> {
  const request = event.request;
  const store = runtime.store;
  const now = runtime.now();
  // The response if the next read fails or its key is missing.
  let refuse = tokenIsUnknown;
  try {
    const token = tokenOf(request.headers.authorization);
    if (token === '') return noTokenWasSent();
    if (!looksLikeToken(token)) return tokenIsUnknown();
    const tokenValue = await store.get('t/' + runtime.sha256(token).slice(0, 22));
    const access = parseAccess(tokenValue);
    if (access === null) return tokenIsUnknown();
    if (hasExpired(access.expiry, now)) return tokenHasExpired(access.expiry);

    refuse = notFound;
    const target = request.method === 'GET' || request.method === 'HEAD' ? parsePath(request.uri) : null;
    if (target === null) return notFound();
    // By the path alone: nothing is said of what is there.
    const hide = target.commit === '' ? notFound : archiveNotFound;
    refuse = hide;
    // Its value names only organizations that its person knows; of all others nothing is said.
    if (!readsSlug(access, target.slug)) return access.isOnly ? hide() : tokenWasTakenOut();
    const slug = target.slug;
    let uri: string;
    let query: EdgeRequest['querystring'] = {};
    if (target.packageName !== '') {
      const packageValue = await store.get('p/' + slug + '/' + target.packageName);
      const found = parsePackage(packageValue);
      if (found === null || isRefused(found.refused, target.commit)) return hide();
      if (!access.readsAll) {
        const chunk = (found.number / packagesPerChunk) | 0;
        const bitmap = await store.get('v/' + slug + '/' + access.principal + '/' + chunk);
        if (!hasBit(bitmap, found.number % packagesPerChunk)) return hide();
      }
      uri = '/' + slug + '/' + found.number + '/' + target.file;
    } else {
      if (!access.readsAll) await store.get('v/' + slug + '/' + access.principal + '/0');
      dropConditions(request);
      if (target.file === 'search') {
        // To the function that searches, which trusts the path to say who asks.
        uri = '/' + slug + '/' + access.principal;
        query = searchedFor(request.querystring);
      } else uri = '/' + slug + '/roots/' + access.principal + '.json';
    }

    // Checked last, so that only clients that would be served are told.
    refuse = accessIsStopped;
    if (!access.isOld) await store.get('o/' + slug);
    return forward(request, uri, query);
  } catch {
    return refuse();
  }
}
