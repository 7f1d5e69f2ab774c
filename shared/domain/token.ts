/**
 * Tokens that Composer sends us: `rprt_u_` (a user's, made by that person: rights in every organization), `rprt_m_` (a member's,
 * made by an owner: rights in that organization only), `rprt_t_` (team), `rprt_o_` (organization), then 60 random hex digits and
 * 8 digits of the CRC-32 of everything before, so that secret scanners can recognize them. Shown once; only the hash is stored.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const tokenKinds = { user: 'u', member: 'm', team: 't', organization: 'o' } as const;
export type TokenKind = keyof typeof tokenKinds;

/** @param randomBytes returns that many bytes from a cryptographic source */
export const makeToken = (kind: TokenKind, randomBytes: (count: number) => Uint8Array): string =>
  withChecksum(`rprt_${tokenKinds[kind]}_`, randomBytes);

/** Whether the text has the form and checksum of our tokens. It need not be a known one. */
export const isToken = (text: string): boolean => /^rprt_[umto]_/.test(text) && isWithChecksum(text);

/** A new secret: the prefix, 60 random hex digits and the CRC-32 of all before it in 8. */
export function withChecksum(prefix: string, randomBytes: (count: number) => Uint8Array): string {
  const head = `${prefix}${Buffer.from(randomBytes(30)).toString('hex')}`;
  return `${head}${checksum(head)}`;
}

/** Whether it is formed like one of our secrets, of whatever kind. */
export const isWithChecksum = (text: string): boolean =>
  /^rprt_[a-z]_[0-9a-f]{68}$/.test(text) && checksum(text.slice(0, -8)) === text.slice(-8);

/** The hash that is stored instead of the token: base64url of its SHA-256. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
