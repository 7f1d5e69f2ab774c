/** Pages of the API itself, which are none of the console's. */
export const apiAddresses = {
  reference: '/api/v1/docs',
  document: '/api/v1/openapi.json',
} as const;

/** What lists packages, for a shell. @param origin of the console */
export const firstCall = (origin: string, slug: string, secret: string): string =>
  [
    'curl --silent --show-error --fail-with-body \\',
    `  --header "Authorization: Bearer ${secret}" \\`,
    `  "${origin}/api/v1/organizations/${slug}/packages?limit=10"`,
  ].join('\n');
