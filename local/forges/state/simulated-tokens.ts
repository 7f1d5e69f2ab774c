/** The tokens that every user of a simulated code host has, for git and its API. */
import { createHmac, randomBytes } from 'node:crypto';
import { isSameSecret } from '../../../shared/runtime/constant-time.ts';

/** What of a state decides the tokens. */
export interface TokenKey {
  /**
   * The tokens' last part depends on it and the user. Without it everybody can make one, as tests do: any text is a last part then.
   */
  tokenKey?: string | undefined;
}

/** What follows the user's name in his token. */
export function tokenEnding({ tokenKey }: TokenKey, login: string): string {
  return tokenKey === undefined
    ? 'simulated'
    : createHmac('sha256', tokenKey).update(login.toLowerCase()).digest('hex').slice(0, 32);
}

/** Whether a token of that user may end like this. */
export function isTokenEnding(key: TokenKey, login: string, ending: string): boolean {
  return key.tokenKey === undefined || isSameSecret(ending, tokenEnding(key, login));
}

/** From now on nobody guesses a token; those of an earlier run stay. */
export async function makeTokensRandom(of: {
  readonly state: TokenKey;
  save(): Promise<void>;
}): Promise<void> {
  if (of.state.tokenKey === undefined) {
    of.state.tokenKey = randomBytes(24).toString('hex');
    await of.save();
  }
}
