/** Gives requests their token, and renews it: one worker for all, since Bitbucket's refresh tokens rotate. */
import { Secret } from '../../runtime/secret.ts';
import { type Credential, type CredentialSource, type Exchange, readyCredential } from '../credential.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeServices } from '../module.ts';
import { authorizationOf, type BitbucketCredential } from './credential.ts';
import { refreshGrant } from './oauth.ts';
import type { BitbucketIntegration } from './settings.ts';

type Held = Credential<BitbucketCredential>;

export interface Tokens {
  /** What to send a request with. @throws ForgeError as `readyCredential` */
  ready(): Promise<{ readonly held: Held; readonly authorization: string }>;
  /** Gets one in place of a token that Bitbucket refused. @throws ForgeError when there is none */
  renew(refused: Held): Promise<unknown>;
  /** Records that Bitbucket refuses the token even so. @returns the error to throw */
  reject(refused: Held): Promise<ForgeError>;
  /** Bitbucket has accepted it. */
  accepted?(used: Held): Promise<void>;
}

export function createTokens(
  integration: BitbucketIntegration,
  source: CredentialSource<BitbucketCredential>,
  services: ForgeServices,
): Tokens {
  const exchange: Exchange<BitbucketCredential> = async ({ secret }) => {
    const held = secret.reveal();
    if (held.kind !== 'oauth') {
      throw new ForgeError('credential-rejected', 'an API token cannot be renewed');
    }
    const grant = await refreshGrant(integration, held.refreshToken, services);
    const { accessToken, refreshToken, expiresAt: validUntil } = grant;
    return { secret: new Secret({ ...held, accessToken, refreshToken }), validUntil };
  };
  const isGrant = ({ secret }: Held): boolean => secret.reveal().kind === 'oauth';
  return {
    async ready() {
      const current = await source.current();
      const held = isGrant(current) ? await readyCredential(source, exchange, services.clock.now()) : current;
      return { held, authorization: authorizationOf(held.secret.reveal()) };
    },
    async renew(refused) {
      if (!isGrant(refused)) {
        throw await source.reject('credential-rejected', refused);
      }
      return source.rotate(exchange, refused, { isRefused: true });
    },
    reject: (refused) => source.reject('credential-rejected', refused),
  };
}
