import { describe, expect, it } from 'vitest';
import { refusalOf } from './http.ts';
import { checkedNext } from './requests.ts';

const now = Date.UTC(2026, 0, 1);
const refusal = (status: number, body?: unknown) => refusalOf(status, {}, 'GET /2.0/user', now, body);

describe("Bitbucket's failures", () => {
  it('R34: 410 is an account taken for spam where it says so, and else a removed API', () => {
    const data = { announcement_url: 'https://developer.atlassian.com/cloud/bitbucket/changelog/' };
    for (const body of [undefined, { error: { message: 'Gone', data } }, { error: { message: 'Gone' } }]) {
      expect(refusal(410, body).code).toBe('gone');
    }
    const spam = { error: { message: 'This account has been marked as spam.' } };
    expect(refusal(410, spam).code).toBe('credential-rejected');
  });

  it.each([
    [401, 'credential-rejected'],
    [403, 'insufficient-scope'],
    [404, 'not-found'],
    [408, 'unavailable'],
    [500, 'unavailable'],
    [555, 'unavailable'],
    [405, 'unexpected'],
  ] as const)('%i is %s', (status, code) => {
    expect(refusal(status).code).toBe(code);
  });

  it('a limit without a stated end is waited for a minute', () => {
    expect(refusal(429)).toMatchObject({ code: 'rate-limited', notBefore: now + 60_000 });
  });

  it('the scopes that a credential lacks are named, and nothing else of the answer', () => {
    const detail = { required: ['account', 'repository'], granted: ['repository'] };
    const { message } = refusal(403, { error: { message: 'a secret', detail } });
    expect(message).toBe('Bitbucket answered GET /2.0/user with 403: the credential lacks account');
  });
});

describe('the address of the next page', () => {
  const api = 'https://api.bitbucket.org';

  it('is taken as it is within the API', () => {
    const next = `${api}/2.0/workspaces/acme/permissions?page=opaque`;
    expect(checkedNext(next, api)).toBe(next);
  });

  it.each(['https://evil.example/2.0/x', 'http://api.bitbucket.org/2.0/x', '/2.0/x', 'nonsense'])(
    'R37: is refused elsewhere: %s',
    (next) => {
      expect(() => checkedNext(next, api)).toThrow(expect.objectContaining({ code: 'unexpected' }));
    },
  );
});
