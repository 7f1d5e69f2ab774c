/**
 * Requests for contents, where a connection has an access token of its own for them: that of a project or repository sees only a part, and what it
 * does not see is asked for with the other credential.
 */

import type { Clock } from '../../runtime/clock.ts';
import type { CredentialSource } from '../credential.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import type { BitbucketCredential } from './credential.ts';
import { contentsAuthorizationOf } from './credential.ts';
import { createRequests, type Requests, type RequestsOptions } from './requests.ts';
import type { Tokens } from './tokens.ts';

type Source = CredentialSource<BitbucketCredential>;

/** The token for contents of one client, which lives for one run. */
export interface ContentsToken {
  /** Whether there is one that Bitbucket accepts, as far as is known. Read once. */
  isUsable(): Promise<boolean>;
  /** It is not used any more. */
  giveUp(): void;
  readonly tokens: Tokens;
}

export function contentsTokenOf(source: Source, clock: Clock): ContentsToken {
  let known: Promise<boolean> | undefined;
  const read = async (): Promise<boolean> => {
    const { secret, contentsRejectedUntil = 0 } = await source.current('contents');
    return secret.reveal().contentsToken !== undefined && contentsRejectedUntil <= clock.now();
  };
  return {
    isUsable() {
      known ??= read();
      return known;
    },
    giveUp() {
      known = Promise.resolve(false);
    },
    tokens: contentsTokens(source),
  };
}

/** What the token for contents is refused for, although the other credential may do it. */
const ofToken: ReadonlySet<ForgeErrorCode> = new Set([
  'credential-rejected',
  'insufficient-scope',
  'not-found',
]);

/**
 * @param options of the requests with the connection's main credential
 * @param name of the token in budgets: Bitbucket counts its requests apart
 */
export function createContentsRequests(
  token: ContentsToken,
  options: RequestsOptions,
  name: string,
): Requests {
  const main = createRequests(options);
  const own = createRequests({ ...options, name: async () => name, tokens: token.tokens });

  async function either<Answer>(ask: (requests: Requests) => Promise<Answer>): Promise<Answer> {
    if (!(await token.isUsable())) {
      return ask(main);
    }
    try {
      return await ask(own);
    } catch (error) {
      if (!(error instanceof ForgeError && ofToken.has(error.code))) {
        throw error;
      }
      if (error.code === 'credential-rejected') {
        token.giveUp();
      }
      return ask(main);
    }
  }

  return {
    get: (route, schema) => either((requests) => requests.get(route, schema)),
    list(what, route, item, key) {
      const listOf = (requests: Requests) => requests.list(what, route, item, key);
      return {
        ...listOf(main),
        read: (size, after) => either((requests) => listOf(requests).read(size, after)),
      };
    },
    write: main.write,
    file: (route) => either((requests) => requests.file(route)),
    download: (path, signal) => either((requests) => requests.download(path, signal)),
    check: (route) => either((requests) => requests.check(route)),
    count: () => main.count() + own.count(),
  };
}

/** The token for contents, which nothing renews. */
function contentsTokens(source: Source): Tokens {
  const reject = async (held: Awaited<ReturnType<Source['current']>>): Promise<ForgeError> => {
    await source.noteContents?.(held, false);
    return new ForgeError('credential-rejected', 'Bitbucket does not accept the token for contents');
  };
  return {
    async ready() {
      const held = await source.current('contents');
      const { contentsToken } = held.secret.reveal();
      if (contentsToken === undefined) {
        throw new ForgeError('credential-rejected', 'the connection has no token for contents');
      }
      return { held, authorization: contentsAuthorizationOf({ contentsToken }) };
    },
    async renew(held) {
      throw await reject(held);
    },
    reject,
    async accepted(held) {
      if (held.contentsRejectedUntil !== undefined) {
        await source.noteContents?.(held, true);
      }
    },
  };
}
