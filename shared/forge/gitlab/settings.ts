/** The settings and secrets of an integration with one GitLab host. */
import { z } from 'zod';
import { BaseUrl } from '../base-url.ts';
import type { IntegrationSecrets } from '../integration.ts';
import type { Integration } from '../module.ts';

export const publicHost = 'https://gitlab.com';

export const settings = z
  .strictObject({
    /** A relative URL root is part of it: https://docs.gitlab.com/install/relative_url/ */
    baseUrl: BaseUrl.default(publicHost),
    /** Of the OAuth application. With `clientSecret` people can sign in, and owners can connect groups. */
    clientId: z.string().min(1).optional(),
    /**
     * Whether the instance may have external users, who do not read internal projects; GitLab.com has neither. If so, an internal project
     * is read by its members only, since lists of members do not show who is external.
     */
    hasExternalUsers: z.boolean().optional(),
  })
  .transform(({ hasExternalUsers, ...rest }) => ({
    ...rest,
    apiUrl: `${rest.baseUrl}/api/v4`,
    hasExternalUsers: hasExternalUsers ?? true,
  }));
export type GitLabSettings = z.infer<typeof settings>;

export const secrets = z.strictObject({
  clientSecret: z.string().min(1).optional(),
});
export type GitLabSecrets = z.infer<typeof secrets> & IntegrationSecrets;

export type GitLabIntegration = Integration<GitLabSettings, GitLabSecrets>;

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** @throws RangeError if the integration lacks one of them */
export function clientOf({ settings, secrets }: GitLabIntegration): OAuthClient {
  const { clientId: id } = settings;
  const { clientSecret: secret } = secrets;
  if (id === undefined || secret === undefined) {
    throw new RangeError(`nobody can sign in at ${settings.baseUrl}: the client id or its secret is missing`);
  }
  return { id, secret };
}
