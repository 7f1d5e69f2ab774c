import { RefusalError } from '../../server/reply.ts';

interface Details {
  readonly detail?: unknown;
  readonly data?: unknown;
  readonly fields?: unknown;
}

/** `{"type": "error", "error": {"message": …}}`: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#standardized-error-responses */
export const refused = (status: number, message: string, more: Details = {}): RefusalError =>
  new RefusalError({ status, json: { type: 'error', error: { message, ...more } } });

export const notFound = (message = 'Resource not found'): RefusalError => refused(404, message);

/** One answer for what does not exist and for what may not be seen. */
export const noRepository = (): RefusalError =>
  notFound(
    'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
  );

export const forbidden = (message = 'Forbidden'): RefusalError => refused(403, message);

/** gildas/bitbucket-cli#56, backstage/backstage#22383 */
export const lacksScopes = (required: readonly string[], granted: readonly string[]): RefusalError =>
  refused(403, 'Your credentials lack one or more required privilege scopes.', {
    detail: { required, granted },
  });

/** avivsinai/bitbucket-cli#30 */
export const invalidToken = (): RefusalError =>
  refused(401, 'Token is invalid, expired, or not supported for this endpoint.');

/** woodpecker-ci/woodpecker#6034 */
export const expiredToken = (): RefusalError =>
  refused(401, 'OAuth2 access token expired. Use your refresh token to obtain a new access token.');

/** An API that was removed is told by the address of its announcement. */
export const removedApi = (announcement: string): RefusalError =>
  refused(410, 'This API has been removed.', {
    detail: 'This resource is no longer available.',
    data: { announcement_url: announcement },
  });

/** The other meaning of 410: the account was taken for spam, and all that it owns with it. */
export const takenForSpam = (): RefusalError => refused(410, 'This account has been marked as spam.');

/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/#uri-uuid: a request that takes too long answers 555. */
export const timedOut = (): RefusalError => refused(555, 'The request timed out.');
