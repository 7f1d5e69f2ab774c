/** The toy forge's sign-in: its page, codes and tokens. */
import { randomUUID } from 'node:crypto';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { ToyPeople } from './toy-forge/api.ts';

export const toyClient = { id: 'a client', secret: 'a client secret' };
export const codeLifeMs = 60_000;
const tokenLifeMs = 2 * 3600_000;

interface People {
  readonly clock: { now(): number };
  /** Counts a request. @throws injected faults */
  request(asked: string): void;
  organizationsOf(account: string): ReturnType<ToyPeople['organizationsOf']>;
}

export function createToyPeople({ clock, request, organizationsOf }: People) {
  const codes = new Map<
    string,
    { readonly account: string; readonly redirectUri: string; readonly until: number }
  >();
  const tokens = new Map<string, string>();
  function accountOf(token: string, asked: string): string {
    request(asked);
    const account = tokens.get(token);
    if (account === undefined) throw new ForgeError('credential-rejected', 'no such token');
    return account;
  }
  const people: ToyPeople = {
    exchangeCode(client, code, redirectUri) {
      request('token');
      if (client.id !== toyClient.id || client.secret !== toyClient.secret)
        return { error: 'invalid_client' };
      const found = codes.get(code);
      codes.delete(code);
      if (found?.redirectUri !== redirectUri || found.until <= clock.now()) return { error: 'invalid_grant' };
      const token = randomUUID();
      tokens.set(token, found.account);
      return { token, expiresInMs: tokenLifeMs };
    },
    person(token) {
      const account = accountOf(token, 'person');
      return { id: account, login: account };
    },
    organizationsOf: (token) => organizationsOf(accountOf(token, 'organizations')),
  };
  return {
    ...people,
    /** The person consents on the page, or declines if undefined. @returns the query of the callback */
    visit(address: string, account: string | undefined): URLSearchParams {
      const { searchParams } = new URL(address);
      const state = searchParams.get('state') ?? '';
      if (account === undefined) return new URLSearchParams({ state, error: 'access_denied' });
      const code = randomUUID();
      const redirectUri = searchParams.get('redirect') ?? '';
      codes.set(code, { account, redirectUri, until: clock.now() + codeLifeMs });
      return new URLSearchParams({ state, code });
    },
    endGrants(account: string): void {
      for (const [token, holder] of tokens) if (holder === account) tokens.delete(token);
    },
  };
}
