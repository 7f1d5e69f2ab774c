import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { App } from '../state.ts';
import type { Refusal } from './http.ts';

const MAX_LIFETIME_SECONDS = 600;
const publicKeys = new Map<string, KeyObject>();

function publicKeyOf(app: App): KeyObject {
  const known = publicKeys.get(app.privateKey);
  if (known !== undefined) return known;
  const key = createPublicKey(app.privateKey);
  publicKeys.set(app.privateKey, key);
  return key;
}

function decode(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a credential has the form of a JWT, which means that the app authenticates as itself. */
export function looksLikeJwt(token: string): boolean {
  return !token.startsWith('gh') && token.split('.').length === 3;
}

/**
 * Checks the JWT by which an app authenticates as itself: RS256, `iss` the app's id or client id, `exp` at most ten minutes ahead. Rules:
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app.
 * The messages are those that `@octokit/auth-app` recognises as clock skew.
 *
 * @param now milliseconds
 */
export function refuseAppJwt(jwt: string, app: App, now: number): Refusal | undefined {
  const undecodable = { status: 401, message: 'A JSON web token could not be decoded' };
  const [header, payload, signature] = jwt.split('.');
  const claims = decode(payload);
  if (claims === undefined || decode(header)?.alg !== 'RS256') return undecodable;
  if (`${claims.iss}` !== `${app.id}` && claims.iss !== app.clientId) {
    return { status: 404, message: 'Integration not found' };
  }
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, publicKeyOf(app), Buffer.from(signature ?? '', 'base64url')))
    return undecodable;
  const { exp, iat } = claims;
  const seconds = Math.floor(now / 1000);
  if (typeof exp !== 'number' || exp <= seconds) {
    return {
      status: 401,
      message:
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    };
  }
  if (exp > seconds + MAX_LIFETIME_SECONDS) {
    return { status: 401, message: "'Expiration time' claim ('exp') is too far in the future" };
  }
  if (typeof iat !== 'number' || iat > seconds) {
    return {
      status: 401,
      message:
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    };
  }
  return undefined;
}
