/**
 * Names of what is asked of the API. Everything of an organization begins with `organization(slug)`, so that a change can refresh one thing or
 * all of it.
 */
export const queryKeys = {
  me: ['me'],
  organizations: ['organizations'],
  integrations: ['integrations'],
  signInHosts: ['sign-in-hosts'],
  organization: (slug: string) => ['organization', slug],
  of: (slug: string, ...parts: readonly unknown[]) => ['organization', slug, ...parts],
} as const;
