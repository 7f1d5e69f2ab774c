/** The secret of a connection: a grant that an owner gave, or an access token that an owner entered. */
import { z } from 'zod';

export const credential = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('oauth'),
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1),
    /** The address that the grant was given with: a renewal has to name it. */
    redirectUri: z.url(),
  }),
  z.object({
    kind: z.literal('token'),
    accessToken: z.string().min(1),
    /** Whether it may rotate itself, by the scope `api` or `self_rotate`. */
    rotates: z.boolean(),
    /** How long its owner let it live, in days; its successors live as long. Missing where it has no end, and in what was stored before. */
    lifeDays: z.int().positive().optional(),
  }),
]);
export type GitLabCredential = z.infer<typeof credential>;
