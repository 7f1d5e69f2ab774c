import { describe, expect, it } from 'vitest';
import { readFlags, simpleCommands } from './calls.ts';
import { simpleText } from './simple-text.ts';

const text = (command: string, answer: unknown, ...args: string[]) =>
  simpleText[command]?.('acme', answer, readFlags(args).values);

it('has a text for each command, also where the API answers without a body', () => {
  expect(Object.keys(simpleText).sort()).toEqual(Object.keys(simpleCommands).sort());
  expect(text('stop-access', undefined)).toEqual([
    'access to acme is stopped; npm run admin -- allow-access acme --by NAME --why TEXT restores it',
  ]);
  expect(text('allow-access', undefined)?.join()).toContain('access to acme is allowed again');
});

describe('connect', () => {
  it('warns when no vendor is owned', () => {
    expect(text('connect', {})).toContain(
      'no vendor is owned, so nothing is published: npm run admin -- vendors acme --vendors acme',
    );
    expect(text('connect', {}, '--vendors', 'acme')?.join()).not.toContain('no vendor');
  });
});

describe('a secret', () => {
  it('of Composer is printed alone, then in the lines to paste', () => {
    const made = { id: 't1', token: 'rprt_t_1', user: 'token', url: 'https://registry.example/acme' };
    expect(text('token', made)).toEqual([
      'rprt_t_1',
      '',
      'token t1, without an expiry; it is shown this once. In the folder of a project:',
      '',
      '  composer config repositories.acme composer https://registry.example/acme',
      '  composer config --global http-basic.registry.example token rprt_t_1',
    ]);
    const local = text('token', { ...made, url: 'http://127.0.0.1:7420/acme' });
    expect(local?.filter((line) => line.startsWith('  composer'))).toEqual([
      expect.stringContaining('composer config secure-http false '),
      '  composer config repositories.acme composer http://127.0.0.1:7420/acme',
      '  composer config --global http-basic.127.0.0.1:7420 token rprt_t_1',
    ]);
  });

  it('of the API is printed with its scopes and its end', () => {
    const made = { id: 'k1', secret: 'rprt_k_1', scopes: ['read'], expiresAt: '2027-01-01T00:00:00.000Z' };
    const lines = text('api-key', made);
    expect(lines?.[0]).toBe('rprt_k_1');
    expect(lines?.[2]).toContain('API key k1 of acme with the scopes read, expires 2027-01-01 00:00:00 UTC');
  });

  it('of the API is listed with its end and its last use, without itself', () => {
    const key = { id: 'k1', description: 'ci', scopes: ['read', 'tokens'], madeBy: 'operator' };
    const used = { ...key, id: 'k2', lastUsedAt: '2026-11-01T00:00:00.000Z' };
    expect(text('api-keys', { items: [key, used] })).toEqual([
      '2 API keys of acme',
      '  k1  ci, made by operator',
      '    read, tokens; without an expiry; not used yet',
      '  k2  ci, made by operator',
      '    read, tokens; without an expiry; last used 2026-11-01 00:00:00 UTC',
    ]);
  });
});
