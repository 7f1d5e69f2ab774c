/** Gives requests their token, and renews it: one worker for all, since GitLab's refresh tokens are good for one use. */
import { z } from 'zod';
import { Secret } from '../../runtime/secret.ts';
import {
  type Credential,
  type CredentialSource,
  type Exchange,
  type IssuedCredential,
  readyCredential,
} from '../credential.ts';
import type { ForgeError } from '../errors.ts';
import { createApiFetch, parseAnswer } from '../http.ts';
import type { ForgeServices } from '../module.ts';
import type { RenewableGrant } from '../oauth-flow.ts';
import type { GitLabCredential } from './credential.ts';
import { noAnswer, refusalOf } from './http.ts';
import { refreshGrant } from './oauth.ts';
import type { GitLabIntegration } from './settings.ts';

type Held = Credential<GitLabCredential>;
type Issued = IssuedCredential<GitLabCredential>;

export interface Tokens {
  /** The token to send a request with. @throws ForgeError as `readyCredential` */
  ready(): Promise<Held>;
  /** Gets one in place of a token that GitLab refused. @throws ForgeError when there is none */
  renew(refused: Held): Promise<unknown>;
  /** Records that GitLab refuses the token even so. @returns the error to throw */
  reject(refused: Held): Promise<ForgeError>;
}

export function createTokens(
  integration: GitLabIntegration,
  source: CredentialSource<GitLabCredential>,
  services: ForgeServices,
): Tokens {
  const exchange: Exchange<GitLabCredential> = async (outdated) => {
    const held = outdated.secret.reveal();
    return held.kind === 'oauth'
      ? issuedGrant(held, await refreshGrant(integration, held, services))
      : rotate(integration, held, services);
  };
  const canRenew = ({ secret }: Held): boolean => {
    const held = secret.reveal();
    return held.kind === 'oauth' || held.rotates;
  };
  return {
    async ready() {
      const current = await source.current();
      return canRenew(current) ? readyCredential(source, exchange, services.clock.now()) : current;
    },
    async renew(refused) {
      // A token rotates itself only while it is valid; a grant can be renewed after its token has ended.
      if (refused.secret.reveal().kind !== 'oauth') {
        throw await source.reject('credential-rejected', refused);
      }
      return source.rotate(exchange, refused, { isRefused: true });
    },
    reject: (refused) => source.reject('credential-rejected', refused),
  };
}

type Grant = Extract<GitLabCredential, { kind: 'oauth' }>;

const issuedGrant = (held: Grant, { accessToken, refreshToken, expiresAt }: RenewableGrant): Issued => ({
  secret: new Secret({ ...held, accessToken, refreshToken }),
  validUntil: expiresAt,
});

const rotatedSchema = z.object({ token: z.string().min(1), expires_at: z.iso.date().nullable() });

/** https://docs.gitlab.com/api/personal_access_tokens/#self-rotate; for tokens of groups and projects too. */
async function rotate(
  { settings }: GitLabIntegration,
  held: Extract<GitLabCredential, { kind: 'token' }>,
  { fetch, clock }: ForgeServices,
): Promise<Issued> {
  const what = 'the rotation of the access token';
  const send = createApiFetch(fetch);
  const response = await send(`${settings.apiUrl}/personal_access_tokens/self/rotate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${held.accessToken}`, accept: 'application/json' },
  }).catch((error: unknown) => {
    throw noAnswer(error, what);
  });
  if (response.status !== 200) {
    throw refusalOf(response.status, Object.fromEntries(response.headers), what, clock.now());
  }
  const body = await response.json().catch(() => undefined);
  const { token, expires_at: expiresAt } = parseAnswer(rotatedSchema, body, `GitLab's answer to ${what}`);
  return {
    secret: new Secret({ ...held, accessToken: token }),
    validUntil: expiresAt === null ? undefined : Date.parse(expiresAt),
  };
}
