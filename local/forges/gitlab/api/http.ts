import { parseFields, RefusalError, type Reply } from '../../server/reply.ts';

const refusal = (status: number, json: unknown, headers: Reply['headers'] = {}): RefusalError =>
  new RefusalError({ status, json, headers });

/** `{"message": …}` with GitLab's words (lib/api/helpers.rb). */
export const refused = (status: number, message: unknown): RefusalError => refusal(status, { message });

/** What is not visible does not exist. @param what such as `Project` */
export const notFound = (what?: string): RefusalError =>
  refused(404, what === undefined ? '404 Not found' : `404 ${what} Not Found`);

export const unauthorized = (): RefusalError => refused(401, '401 Unauthorized');

export const forbidden = (reason?: string): RefusalError =>
  refused(403, reason === undefined ? '403 Forbidden' : `403 Forbidden - ${reason}`);

/** Invalid parameters, in the words of the Grape library. */
export const invalid = (error: string): RefusalError => refusal(400, { error });

/** RFC 6750, section 3.1 (lib/api/api_guard.rb). */
export const invalidToken = (description: string): RefusalError =>
  refusal(
    401,
    { error: 'invalid_token', error_description: description },
    {
      'www-authenticate': `Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="${description}"`,
    },
  );

export const insufficientScope = (scopes: readonly string[]): RefusalError =>
  refusal(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: scopes.join(' '),
  });

export const movedProject = (): RefusalError =>
  refused(405, 'Non GET methods are not allowed for moved projects');

/** A record that does not pass its validations. */
export const unprocessable = (errors: Readonly<Record<string, readonly string[]>>): RefusalError =>
  refused(422, errors);

/** Reads a body that is JSON or a form; an empty one is an empty object. */
export function parseBody(body: Buffer, contentType: string): Record<string, unknown> {
  const fields = parseFields(body, contentType);
  if (fields === undefined) throw refusal(400, { error: 'Problems parsing JSON' });
  return fields;
}
