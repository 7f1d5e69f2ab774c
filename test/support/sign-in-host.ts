/** A code host that believes whoever brings a code. */
import { asId, type ForgeAccountId } from '../../shared/domain/ids.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { type SignIn, SignInError, s256 } from '../../shared/forge/sign-in.ts';

export interface SignInHost {
  readonly signIn: SignIn;
  readonly faults: {
    /** What goes wrong there. */
    fault: Error | undefined;
    /** What it says to people that they read. */
    readable(): Promise<undefined>;
  };
  /** Where it sends somebody back to who signs in with that account at the address that we led to. */
  back(authorizeUrl: string, account: string): string;
}

export function createSignInHost(): SignInHost {
  const codes = new Map<string, { account: string; codeChallenge: string; redirectUri: string }>();
  const faults: SignInHost['faults'] = { fault: undefined, readable: async () => undefined };
  const nobodyAsks = () => Promise.reject(new ForgeError('unexpected', 'nobody asks here'));
  const signIn: SignIn = {
    isOffered: () => true,
    authorizeUrl: (_, request) =>
      `https://code.example.com/authorize?${new URLSearchParams({ ...request, selectAccount: String(request.selectAccount), forConnecting: String(request.forConnecting) })}`,
    async exchange(_, { callback, state, redirectUri, codeVerifier }) {
      if (callback.get('error') !== null) {
        throw new SignInError('denied', 'declined');
      }
      const code = codes.get(callback.get('code') ?? '');
      if (callback.get('state') !== state) {
        throw new SignInError('state-mismatch', 'another state');
      }
      codes.delete(callback.get('code') ?? '');
      if (code?.codeChallenge !== s256(codeVerifier) || code.redirectUri !== redirectUri) {
        throw new SignInError('bad-code', 'no such code');
      }
      return { accessToken: `secret-of-${code.account}` };
    },
    async identity(_, { accessToken }) {
      if (faults.fault !== undefined) {
        throw faults.fault;
      }
      const id = accessToken.replace('secret-of-', '');
      return { account: asId<ForgeAccountId>(id), login: `user-${id}`, name: `User <${id}>` };
    },
    installUrl: (_, { state }) => `https://code.example.com/install?state=${state}`,
    ownedOrganizations: nobodyAsks,
    owns: nobodyAsks,
    readable: () => faults.readable(),
  };
  return {
    signIn,
    faults,
    back(authorizeUrl, account) {
      const { searchParams } = new URL(authorizeUrl);
      const read = (name: string): string => searchParams.get(name) ?? '';
      const code = `code-${codes.size}-${read('state').slice(0, 8)}`;
      codes.set(code, { account, codeChallenge: read('codeChallenge'), redirectUri: read('redirectUri') });
      return `${read('redirectUri')}?${new URLSearchParams({ code, state: read('state') })}`;
    },
  };
}
