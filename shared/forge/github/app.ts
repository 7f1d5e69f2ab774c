/** The GitHub App: its identity, and the tokens for reading its installations. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { App } from '@octokit/app';
import { Octokit, type OctokitOptions } from '@octokit/core';
import type { InstallationId } from '../../domain/ids.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type BudgetOf, createMemoryBudgets } from '../budget.ts';
import { ForgeError } from '../errors.ts';
import { createApiFetch } from '../http.ts';
import { createLimits, type Limits, type ReserveShares } from '../limits.ts';
import { budgetHeaders } from './http.ts';

export interface GitHubAppOptions {
  readonly appId: string;
  /** PEM: PKCS#1, as GitHub issues it, or PKCS#8. */
  readonly privateKey: string;
  /** The URL of the REST API, without a trailing slash: `https://api.github.com`, or `https://<host>/api/v3` of an Enterprise Server. */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Budgets that all workers share. Default: budgets of this process. */
  readonly budgets?: BudgetOf | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}

export interface GitHubApp {
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Sends requests with the installation's token, and those under `/app` with the app's own JWT. */
  octokit(installation: InstallationId): Promise<Octokit>;
  /** The limits of an installation's credential, or of the app's own, freshly read. */
  limits(credential: InstallationId | 'app'): Limits;
  /** The text with our credentials removed, found by value since the format of tokens changes. */
  redact(text: string): string;
}

/** Tokens live an hour; the margin covers the longest function. */
const tokenLifetimeMs = 50 * 60 * 1000;
/** Missed deliveries are recovered on the same budget as owners look at its log: half of it is kept for that. */
const ofApp: ReserveShares = { log: 0.5 };
/** How many credentials are kept for redaction: the newest, which can still be valid. */
const credentialsKept = 100;

/**
 * Creates the client of our app on one GitHub host.
 *
 * octokit's own JWT and token cache read the process's clock; ours is passed in, so we supply both. octokit does the rest (when to use
 * which credential, retries while a new token is not known everywhere yet).
 *
 * @throws ForgeError `credential-rejected` when the private key cannot be parsed; the message does not contain it
 */
export function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { appId, privateKey, baseUrl, fetch, clock } = options;
  const { budgets = createMemoryBudgets(), random = Math.random } = options;
  const limits = new Map<string, ReturnType<typeof createLimits>>();
  const key = readPrivateKey(privateKey);
  const knownSecrets: string[] = [];
  const hold = (credential: string): void => {
    if (credential !== '' && !knownSecrets.includes(credential)) {
      knownSecrets.push(credential);
      knownSecrets.splice(0, knownSecrets.length - credentialsKept);
    }
  };
  const createJwt = async (): Promise<{ jwt: string; expiresAt: string }> => {
    const made = signJwt(appId, key, clock.now());
    hold(made.jwt);
    return made;
  };
  const cache = createTokenCache(clock, hold);
  const ignore = (): void => {};

  const app = new App({
    appId,
    privateKey: '(not used: createJwt signs)',
    Octokit: Octokit.defaults((options: OctokitOptions): OctokitOptions => {
      const { privateKey: _, ...auth } = options.auth;
      return {
        ...options,
        baseUrl,
        userAgent: 'repertoire',
        // octokit's warnings contain URLs.
        log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
        request: { fetch: createApiFetch(fetch), redirect: 'manual' },
        auth: { ...auth, createJwt, cache },
      };
    }),
  });
  return {
    baseUrl,
    clock,
    fetch,
    limits(credential) {
      const known =
        limits.get(credential) ??
        createLimits(budgets(credential), {
          ...{ clock, random, headerPrefix: budgetHeaders },
          reserveShares: credential === 'app' ? ofApp : undefined,
        });
      limits.set(credential, known);
      known.refresh();
      return known;
    },
    octokit: (installation) => app.getInstallationOctokit(Number(installation)),
    redact: (text) =>
      knownSecrets.reduce((redacted, credential) => redacted.replaceAll(credential, '[redacted]'), text),
  };
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new ForgeError(
      'credential-rejected',
      'the private key of the GitHub App is not a PEM key that Node can read',
    );
  }
}

/**
 * The JWT that authenticates the app itself: RS256, issued a minute ago to allow for clock skew, valid for at most 10 minutes.
 *
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function signJwt(appId: string, key: KeyObject, now: number): { jwt: string; expiresAt: string } {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - 60, exp: seconds + 9 * 60, iss: appId };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url');
  return { jwt: `${signed}.${signature}`, expiresAt: new Date(claims.exp * 1000).toISOString() };
}

/** octokit's token cache: one string per installation, which begins with the token and a vertical bar. */
function createTokenCache(clock: Clock, hold: (credential: string) => void) {
  const entries = new Map<string, { readonly value: string; readonly until: number }>();
  return {
    get(key: string): string {
      const entry = entries.get(key);
      return entry !== undefined && entry.until > clock.now() ? entry.value : '';
    },
    set(key: string, value: string): void {
      hold(value.split('|')[0] ?? '');
      entries.set(key, { value, until: clock.now() + tokenLifetimeMs });
    },
  };
}
