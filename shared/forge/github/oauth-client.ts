/** What the App proves itself with where people sign in. */
import type { Integration } from '../module.ts';
import type { GitHubSecrets, GitHubSettings } from './settings.ts';

export type GitHubIntegration = Integration<GitHubSettings, GitHubSecrets>;

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
}

/** @throws RangeError where the integration lacks what sign-in needs */
export function clientOf({ settings, secrets }: GitHubIntegration): OAuthClient {
  const { clientId: id } = settings;
  const { clientSecret: secret } = secrets;
  if (id === undefined || secret === undefined) {
    throw new RangeError(`nobody can sign in at ${settings.baseUrl}: the client id or its secret is missing`);
  }
  return { id, secret };
}
