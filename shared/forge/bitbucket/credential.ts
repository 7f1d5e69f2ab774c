/** The secret of a connection: a grant that an owner gave, or a token that an owner entered; and perhaps another for contents. */
import { z } from 'zod';

/**
 * An access token of the workspace, a project or a repository. It may not ask for permissions, and has limits of its own.
 * https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/
 */
const contents = { contentsToken: z.string().min(1).optional() };

/** Whose it is: Bitbucket counts requests by account. Missing in credentials from before this was kept. */
const owner = { account: z.string().min(1).optional() };

export const credential = z.discriminatedUnion('kind', [
  z.object({
    ...{ kind: z.literal('oauth'), accessToken: z.string().min(1), refreshToken: z.string().min(1) },
    ...owner,
    ...contents,
  }),
  /** An API token of a person, with the e-mail address that it is used with. */
  z.object({
    ...{ kind: z.literal('api-token'), email: z.string().min(1), token: z.string().min(1) },
    ...owner,
    ...contents,
  }),
]);
export type BitbucketCredential = z.infer<typeof credential>;

/** The header that requests are sent with. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication */
export function authorizationOf(held: BitbucketCredential): string {
  return held.kind === 'oauth'
    ? `Bearer ${held.accessToken}`
    : `Basic ${Buffer.from(`${held.email}:${held.token}`).toString('base64')}`;
}

export const contentsAuthorizationOf = ({ contentsToken }: { readonly contentsToken: string }): string =>
  `Bearer ${contentsToken}`;
