/** Connecting a group: with its owner's grant, or with a token of the group, of a service account or of a person. */

import { Secret } from '../../runtime/secret.ts';
import type { Connecting } from '../connecting.ts';
import type { GitLabCredential } from './credential.ts';
import type { GitLabSecrets, GitLabSettings } from './settings.ts';

export const connecting: Connecting<GitLabSettings, GitLabSecrets, GitLabCredential> = {
  ofGrant({ accessToken, refreshToken, expiresAt: validUntil }, redirectUri) {
    if (refreshToken === undefined) {
      throw new RangeError('a grant without a refresh token cannot be renewed');
    }
    return { secret: new Secret({ kind: 'oauth', accessToken, refreshToken, redirectUri }), validUntil };
  },

  grantOf: (held) =>
    held.kind === 'oauth' ? { accessToken: held.accessToken, refreshToken: held.refreshToken } : undefined,

  async checkToken(integration, token, organization, services) {
    const { checkToken } = await import('./entered-token.ts');
    return checkToken(integration, token, organization, services);
  },
};
