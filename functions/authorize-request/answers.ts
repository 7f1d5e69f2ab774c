/** The responses that the edge function creates itself. Written in the JavaScript subset described in authorize.ts. */

/** The request in CloudFront's event; header names are lower case. */
export interface EdgeRequest {
  readonly method: string;
  uri: string;
  querystring: Record<string, { value: string } | undefined>;
  headers: Record<string, { value: string } | undefined>;
  cookies: Record<string, unknown>;
}

export interface EdgeResponse {
  statusCode: number;
  statusDescription: string;
  headers: Record<string, { value: string }>;
  body: { encoding: 'text'; data: string };
}

const createAnother = 'Create a new one on the console of this registry, at /tokens.';

export function noTokenWasSent(): EdgeResponse {
  return unauthorized(
    'No token was sent. Create one on the console of this registry, at /tokens, and save it: composer config --auth http-basic.<host> token <token>',
  );
}

export function tokenIsUnknown(): EdgeResponse {
  return unauthorized('The token is unknown or was revoked. ' + createAnother);
}

/** Of a person's own token: it reads every organization but those that it names. */
export function tokenWasTakenOut(): EdgeResponse {
  return unauthorized(
    'The token was revoked for this organization by an owner, or made without it. ' + createAnother,
  );
}

/** @param expiry seconds since the epoch */
export function tokenHasExpired(expiry: number): EdgeResponse {
  return unauthorized(`The token expired on ${new Date(expiry * 1000).toISOString()}. ` + createAnother);
}

export function accessIsStopped(): EdgeResponse {
  return unauthorized(
    'An owner has stopped all access to this organization for now. Keep the token: it works again once access is allowed.',
  );
}

/** Composer prints `warning` only if the content type is exactly this, without a charset. */
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

/** Identical for hidden and non-existent packages. No `warning`: a 404 only sends Composer to its next repository. */
export function notFound(): EdgeResponse {
  return missing('{"error":"not found"}');
}

/** Identical for hidden and non-existent archives. Composer asks only for those in a lock file, and would say no more than that it goes on with git. */
export function archiveNotFound(): EdgeResponse {
  return missing(
    JSON.stringify({
      warning:
        'There is no such archive, or your token does not read its package any more. If it should, ask an owner of the organization.',
    }),
  );
}

function missing(data: string): EdgeResponse {
  return {
    statusCode: 404,
    statusDescription: 'Not Found',
    headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
    body: { encoding: 'text', data: data },
  };
}
