/** The settings and secrets of an integration with one GitLab host. */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { BaseUrl } from '../base-url.ts';
import type { Integration } from '../module.ts';

export const publicHost = 'https://gitlab.com';

/** Addresses that are not public: https://www.iana.org/assignments/iana-ipv4-special-registry and the same for IPv6 */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix);
}
privateNetworks.addAddress('::1', 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');
privateNetworks.addSubnet('fe80::', 10, 'ipv6');

/** Whether the host is named by a private address, or as this machine. A name that leads to one is the operator's choice. */
function isPrivate(baseUrl: string): boolean {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return family === 0
    ? /(^|\.)localhost$/.test(host)
    : privateNetworks.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

export const settings = z
  .strictObject({
    /** A relative URL root is part of it: https://docs.gitlab.com/install/relative_url/ */
    baseUrl: BaseUrl.default(publicHost),
    /** Of the OAuth application. With `clientSecret` people can sign in, and owners can connect groups. */
    clientId: z.string().min(1).optional(),
    /** Whether the host may be in a private network. */
    allowsPrivateNetwork: z.boolean().default(false),
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
  }))
  .refine(({ allowsPrivateNetwork, baseUrl }) => allowsPrivateNetwork || !isPrivate(baseUrl), {
    path: ['baseUrl'],
    message: 'the host is in a private network, which `allowsPrivateNetwork` has to allow',
  });
export type GitLabSettings = z.infer<typeof settings>;

export const secrets = z.strictObject({
  clientSecret: z.string().min(1).optional(),
});
export type GitLabSecrets = z.infer<typeof secrets>;

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
