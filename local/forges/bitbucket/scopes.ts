/** Scopes of OAuth consumers and access tokens. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#scopes */
export const scopes = [
  ...(['account', 'email', 'project', 'project:admin'] as const),
  ...(['repository', 'repository:write', 'repository:admin', 'webhook'] as const),
] as const;
export type Scope = (typeof scopes)[number];

/** Scopes of API tokens, of which none implies another. https://support.atlassian.com/bitbucket-cloud/docs/api-token-permissions/ */
export const apiScopes = [
  ...(['read:user:bitbucket', 'read:workspace:bitbucket', 'read:project:bitbucket'] as const),
  ...(['read:repository:bitbucket', 'write:repository:bitbucket', 'read:permission:bitbucket'] as const),
  ...(['admin:repository:bitbucket', 'admin:project:bitbucket', 'admin:workspace:bitbucket'] as const),
  ...(['read:webhook:bitbucket', 'write:webhook:bitbucket', 'delete:webhook:bitbucket'] as const),
] as const;
export type ApiScope = (typeof apiScopes)[number];

/** What a scope brings along: `project` reads repositories; the `:admin` ones bring nothing. */
const implied: Partial<Record<Scope, readonly Scope[]>> = {
  project: ['repository'],
  'repository:write': ['repository'],
};

/** The scopes with those that they imply. */
export function withImplied(given: readonly Scope[]): ReadonlySet<Scope> {
  const all = new Set(given);
  for (const scope of given) for (const more of implied[scope] ?? []) all.add(more);
  return all;
}
