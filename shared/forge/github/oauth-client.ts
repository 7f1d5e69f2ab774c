/** The App's OAuth client credentials. */
import type { Integration } from '../module.ts';
import type { GitHubSecrets, GitHubSettings } from './settings.ts';

export type GitHubIntegration = Integration<GitHubSettings, GitHubSecrets>;

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** @throws RangeError if the integration lacks one of them */
export function clientOf({ settings, secrets }: GitHubIntegration): OAuthClient {
  const { clientId: id } = settings;
  const { clientSecret: secret } = secrets;
  if (id === undefined || secret === undefined) {
    throw new RangeError(`nobody can sign in at ${settings.baseUrl}: the client id or its secret is missing`);
  }
  return { id, secret };
}
