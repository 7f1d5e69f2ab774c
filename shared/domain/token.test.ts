import { describe, expect, it } from 'vitest';
import { isToken, makeToken, tokenHash } from './token.ts';

const zeros = (count: number): Uint8Array => new Uint8Array(count);

describe('tokens', () => {
  it.each([
    ['user', 'rprt_u_'],
    ['member', 'rprt_m_'],
    ['team', 'rprt_t_'],
    ['organization', 'rprt_o_'],
  ] as const)('of the kind %s begin with %s and have 68 hex digits', (kind, prefix) => {
    const token = makeToken(kind, zeros);
    expect(token).toMatch(new RegExp(`^${prefix}0{60}[0-9a-f]{8}$`));
    expect(isToken(token)).toBe(true);
  });

  it('end in the standard CRC-32, so that secret scanners can check it', () => {
    // Python: '%08x' % zlib.crc32(b'rprt_u_' + b'0' * 60)
    expect(makeToken('user', zeros).slice(-8)).toBe('a8454ba9');
  });

  it('are rejected when a digit is changed', () => {
    const token = makeToken('user', zeros);
    expect(isToken(token.replace('_0', '_1'))).toBe(false);
    expect(isToken(`${token}0`)).toBe(false);
    expect(isToken('')).toBe(false);
  });

  it('hash to 43 characters of base64url', () => {
    expect(tokenHash('rprt_u_')).toMatch(/^[\w-]{43}$/);
  });
});
