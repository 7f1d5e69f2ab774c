/** Keys that machines use the API with. Each belongs to one organization and may do what its scopes name. */
import { isWithChecksum, withChecksum } from './token.ts';

export const apiKeyScopes = [
  /** Reads everything of the organization but people, what they did and from where, and what is secret. */
  'read',
  'packages',
  /** People and teams, and the history, which says who did what from which address. */
  'members',
  'tokens',
  'settings',
  'synchronizations',
  /** What a person has to prove again for who he is: the emergency stop, deletions, keys. */
  'danger',
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

const prefix = 'rprt_k_';

/** A new key's secret, formed as tokens are. @param randomBytes gives that many bytes from a cryptographic source */
export const makeApiKey = (randomBytes: (count: number) => Uint8Array): string =>
  withChecksum(prefix, randomBytes);

/** Whether the text is a key that we may have made: form and checksum. Says nothing of its being known. */
export const isApiKey = (text: string): boolean => text.startsWith(prefix) && isWithChecksum(text);
