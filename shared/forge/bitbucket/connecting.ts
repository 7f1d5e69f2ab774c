/** Connecting a workspace: with its administrator's grant, or with an API token of an administrator. */
import { Secret } from '../../runtime/secret.ts';
import type { Connecting } from '../connecting.ts';
import type { BitbucketCredential } from './credential.ts';
import type { BitbucketSecrets, BitbucketSettings } from './settings.ts';

export const connecting: Connecting<BitbucketSettings, BitbucketSecrets, BitbucketCredential> = {
  ofGrant({ accessToken, refreshToken, expiresAt: validUntil, account }) {
    if (refreshToken === undefined) {
      throw new RangeError('a grant without a refresh token cannot be renewed');
    }
    return { secret: new Secret({ kind: 'oauth', accessToken, refreshToken, account }), validUntil };
  },

  grantOf: (held) =>
    held.kind === 'oauth' ? { accessToken: held.accessToken, refreshToken: held.refreshToken } : undefined,

  tokenForm: 'the e-mail address of the account, a colon and its API token',

  async checkGrant(integration, grant, organization, services) {
    const { checkGrant } = await import('./entered-token.ts');
    return checkGrant(integration, grant, organization, services);
  },

  async checkToken(integration, token, organization, services) {
    const { checkToken } = await import('./entered-token.ts');
    return checkToken(integration, token, organization, services);
  },

  async addContentsToken(integration, credential, token, organization, services) {
    const { addContentsToken } = await import('./entered-token.ts');
    return addContentsToken(integration, credential, token, organization, services);
  },
};
