/** What several resources of the API have in common. The schemas are the documentation's, too. */
import { z } from 'zod';

export const Time = z.iso.datetime().meta({ description: 'A moment in UTC, ISO 8601.' });

/** @param at milliseconds since the epoch */
export const timeOf = (at: number): string => new Date(at).toISOString();

export const Role = z.enum(['owner', 'member', 'outside']).meta({
  id: 'Role',
  description: '`outside`: a collaborator on some repositories who is no member.',
});

/** An id of ours in a path or a body. */
export const Id = z.string().regex(/^[a-z0-9]{1,32}$/, 'is no id');

/** A reason, for the history. One line that a terminal shows as it was written. */
export const Why = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'has to be one line of text')
  .meta({ description: 'The reason, for the history.' });
