/** A forge's token endpoint, with the rules that forges have for refresh tokens: https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2 */
import { z } from 'zod';
import type { Credential, IssuedCredential } from '../../shared/forge/credential.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { Secret } from '../../shared/runtime/secret.ts';

export const TokenPair = z.object({ access: z.string(), refresh: z.string() });
export type TokenPair = z.infer<typeof TokenPair>;

/**
 * When a refresh token becomes invalid: at its first use (`strict`), ten minutes after it (`grace`, as Bitbucket), or when the access token
 * that it was exchanged for is used (`at-successor`).
 */
export type RefreshManner = 'strict' | 'grace' | 'at-successor';

export const lifeMs = 2 * 3600_000;
const graceMs = 10 * 60_000;

export interface TokenForge {
  /** How often a refresh token was exchanged. */
  exchanges: number;
  /** Called after the forge has invalidated the token, before it answers; may throw. */
  beforeAnswer: () => void | Promise<void>;
  issue(): IssuedCredential<TokenPair>;
  exchange(outdated: Credential<TokenPair>): Promise<IssuedCredential<TokenPair>>;
  /** Revokes everything that was issued. */
  revoke(): void;
  /** Whether the access token is accepted. */
  takes(credential: Credential<TokenPair>): boolean;
}

export function createTokenForge(manner: RefreshManner, clock: { now(): number }): TokenForge {
  const refreshTokens = new Map<string, { spentAt?: number; gave: string[] }>();
  const accessTokens = new Map<string, { readonly until: number; used: boolean }>();
  let count = 0;
  const isSpent = ({ spentAt, gave }: { spentAt?: number; gave: string[] }): boolean => {
    if (spentAt === undefined) {
      return false;
    }
    return {
      strict: true,
      grace: clock.now() > spentAt + graceMs,
      'at-successor': gave.some((access) => accessTokens.get(access)?.used),
    }[manner];
  };
  const forge: TokenForge = {
    exchanges: 0,
    beforeAnswer: () => {},
    issue() {
      count += 1;
      const pair = { access: `access-${count}`, refresh: `refresh-${count}` };
      const until = clock.now() + lifeMs;
      accessTokens.set(pair.access, { until, used: false });
      refreshTokens.set(pair.refresh, { gave: [] });
      return { secret: new Secret(pair), validUntil: until };
    },
    async exchange(outdated) {
      forge.exchanges += 1;
      const token = refreshTokens.get(outdated.secret.reveal().refresh);
      if (token === undefined || isSpent(token)) {
        throw new ForgeError('credential-rejected', 'invalid_grant');
      }
      token.spentAt ??= clock.now();
      const issued = forge.issue();
      token.gave.push(issued.secret.reveal().access);
      await forge.beforeAnswer();
      return issued;
    },
    revoke() {
      refreshTokens.clear();
      accessTokens.clear();
    },
    takes(credential) {
      const token = accessTokens.get(credential.secret.reveal().access);
      if (token === undefined || token.until <= clock.now()) {
        return false;
      }
      token.used = true;
      return true;
    },
  };
  return forge;
}
