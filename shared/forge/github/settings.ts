/** The settings and secrets of a GitHub App integration. */
import { z } from 'zod';
import { BaseUrl } from '../base-url.ts';

export const publicHost = 'https://github.com';

/** https://docs.github.com/en/enterprise-server@latest/rest/enterprise-admin: an Enterprise Server has its API under `/api/v3`. */
export const apiUrlOf = (baseUrl: string): string =>
  baseUrl === publicHost ? 'https://api.github.com' : `${baseUrl}/api/v3`;

export const settings = z
  .strictObject({
    appId: z.union([z.string().min(1), z.int().positive().transform(String)]),
    baseUrl: BaseUrl.default(publicHost),
    /** The URL of the REST API. */
    apiUrl: BaseUrl.optional(),
    /** The URL of the pages that people are sent to, where it is another one than the host that stands in keys. */
    webUrl: BaseUrl.optional(),
    /** Of the App. With `clientSecret` people can sign in. */
    clientId: z.string().min(1).optional(),
    /** The App's name in its address, `https://github.com/apps/<slug>`. The link to its installation page needs it. */
    appSlug: z
      .string()
      .regex(/^[\w-]+$/)
      .optional(),
  })
  .transform(({ appId, baseUrl, apiUrl, webUrl, ...signIn }) => ({
    ...signIn,
    appId,
    baseUrl,
    apiUrl: apiUrl ?? apiUrlOf(baseUrl),
    webUrl: webUrl ?? baseUrl,
  }));
export type GitHubSettings = z.infer<typeof settings>;

export const secrets = z.strictObject({
  /** PEM: PKCS#1, as GitHub issues it, or PKCS#8. */
  privateKey: z.string().min(1),
  webhookSecret: z.string().min(1),
  previousWebhookSecret: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
});
export type GitHubSecrets = z.infer<typeof secrets>;
