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
import { ForgeError } from '../errors.ts';
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
      : rotate(integration, held, lifeOf(outdated), services);
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

const dayMs = 24 * 3600_000;
/** The longest that GitLab lets a token live, unless it is configured otherwise. https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-expiration */
const mostDays = 365;

/** How many days the successor of a token is to live; undefined for one without an end. */
function lifeOf({ secret, issuedAt, validUntil }: Held): number | undefined {
  const held = secret.reveal();
  const days =
    (held.kind === 'token' ? held.lifeDays : undefined) ??
    (validUntil && Math.ceil((validUntil - issuedAt) / dayMs));
  return days && Math.min(days, mostDays);
}

const rotatedSchema = z.object({ token: z.string().min(1), expires_at: z.iso.date().nullable() });

/** Of an answer that means that nothing was rotated, and that the same request will not be answered otherwise. */
const refusals: readonly number[] = [400, 403, 404, 405, 422];

/**
 * https://docs.gitlab.com/api/personal_access_tokens/#self-rotate; for tokens of groups and projects too. Without `expires_at` the successor lives for
 * a week. An instance that allows less than was asked for answers 400, and the old token stays: gitlabhq:
 * app/services/personal_access_tokens/rotate_service.rb
 *
 * @param days how long the successor is to live
 * @throws ForgeError `credential-rejected` also when GitLab does not let the token rotate itself
 */
async function rotate(
  integration: GitLabIntegration,
  held: Extract<GitLabCredential, { kind: 'token' }>,
  days: number | undefined,
  services: ForgeServices,
): Promise<Issued> {
  const now = services.clock.now();
  const wanted = days && new Date(now + days * dayMs).toISOString().slice(0, 10);
  const asked = await sendRotation(integration, held, wanted ? { expires_at: wanted } : {}, services);
  const response =
    asked.status === 400 && wanted ? await sendRotation(integration, held, {}, services) : asked;
  if (refusals.includes(response.status)) {
    throw new ForgeError('credential-rejected', `GitLab answered ${rotation} with ${response.status}`);
  }
  if (response.status !== 200) {
    throw refusalOf(response.status, Object.fromEntries(response.headers), rotation, now);
  }
  const body = await response.json().catch(() => undefined);
  const { token, expires_at: end } = parseAnswer(rotatedSchema, body, `GitLab's answer to ${rotation}`);
  return {
    secret: new Secret({ ...held, accessToken: token, ...(days && { lifeDays: days }) }),
    validUntil: end === null ? undefined : Date.parse(end),
  };
}

const rotation = 'the rotation of the access token';

const sendRotation = (
  { settings }: GitLabIntegration,
  { accessToken }: GitLabCredential,
  body: { readonly expires_at?: string },
  { fetch }: ForgeServices,
): Promise<Response> =>
  createApiFetch(fetch)(`${settings.apiUrl}/personal_access_tokens/self/rotate`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw noAnswer(error, rotation);
  });
