/** The settings and secrets of an integration with Bitbucket Cloud. */
import { z } from 'zod';
import { BaseUrl } from '../base-url.ts';
import type { IntegrationSecrets } from '../integration.ts';
import type { Integration } from '../module.ts';

export const publicHost = 'https://bitbucket.org';
const publicApi = 'https://api.bitbucket.org';

export const settings = z
  .strictObject({
    baseUrl: BaseUrl.default(publicHost),
    /** Where the API is, if not at api.bitbucket.org. */
    apiUrl: BaseUrl.default(publicApi),
    /** The key of the OAuth consumer. With `clientSecret` people can sign in, and owners can connect workspaces. */
    clientId: z.string().min(1).optional(),
  })
  .readonly();
export type BitbucketSettings = z.infer<typeof settings>;

export const secrets = z.strictObject({
  clientSecret: z.string().min(1).optional(),
});
export type BitbucketSecrets = z.infer<typeof secrets> & IntegrationSecrets;

export type BitbucketIntegration = Integration<BitbucketSettings, BitbucketSecrets>;

export interface OAuthConsumer {
  readonly key: string;
  readonly secret: string;
}

/** @throws RangeError if the integration lacks one of them */
export function consumerOf({ settings, secrets }: BitbucketIntegration): OAuthConsumer {
  const { clientId: key } = settings;
  const { clientSecret: secret } = secrets;
  if (key === undefined || secret === undefined) {
    throw new RangeError(
      `nobody can sign in at ${settings.baseUrl}: the consumer's key or secret is missing`,
    );
  }
  return { key, secret };
}
