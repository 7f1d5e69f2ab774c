/** The item of a connection's credential, as it is stored. */
import { z } from 'zod';
import type { ConnectionId } from '../domain/ids.ts';
import { credentialStates } from '../domain/synchronization.ts';
import { EncryptedText, type EncryptionContext } from '../runtime/cipher.ts';

/** Times in milliseconds since the epoch. `expiresAt` would have the table delete the item. */
export const CredentialItem = z.object({
  version: z.number(),
  encrypted: EncryptedText,
  issuedAt: z.number(),
  validUntil: z.number().optional(),
  renews: z.boolean().default(true),
  /** As `ConnectionNotes`; what is issued later may do the same. */
  scopes: z.array(z.string()).default([]),
  limits: z.array(z.string()).default([]),
  unneeded: z.array(z.string()).default([]),
  /** The worker that exchanges the value now. */
  leaseId: z.string().optional(),
  leaseUntil: z.number().default(0),
  /** After a failed exchange: no retry before this time. */
  renewAfter: z.number().default(0),
  /** Whether the forge refused that exchange, and since when it does. */
  renewalRefused: z.boolean().default(false),
  renewalRefusedSince: z.number().optional(),
  /** The forge's rejection of the value, and until when it is believed. */
  rejectedAs: z.enum(credentialStates).exclude(['working']).optional(),
  rejectedUntil: z.number().default(0),
  /** Whether the value has a token of its own for contents. */
  readsContents: z.boolean().default(false),
  /** The forge's rejection of that token, and until when it is believed. A renewal does not change it. */
  contentsRejectedAt: z.number().optional(),
  contentsRejectedUntil: z.number().optional(),
});
export type CredentialItem = z.infer<typeof CredentialItem>;

/** Binds an encrypted value to its connection's item. */
export const credentialContext = (connection: ConnectionId): EncryptionContext => ({
  connection,
  purpose: 'credential',
});
