/** Where the API begins on the console host. */
export const basePath = '/api/v1';

/**
 * The header that says where to ask for the progress of what was accepted: https://www.rfc-editor.org/rfc/rfc9110#section-15.3.3
 *
 * @param path below the API's, with a query
 */
export const monitoredAt = (path: `/${string}`): { readonly location: string } => ({
  location: `${basePath}${path}`,
});
