/** What several resources of the API have in common. The schemas are the documentation's, too. */
import { z } from 'zod';

export const Time = z.iso.datetime().meta({ description: 'A moment in UTC, ISO 8601.' });

/** @param at milliseconds since the epoch */
export const timeOf = (at: number): string => new Date(at).toISOString();

/** @param at milliseconds since the epoch */
export const optionalTimeOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : timeOf(at);

/** When something is to end: milliseconds since the epoch, `never` for null, or undefined where nothing is said. */
export const askedTime = (text: string | null | undefined): number | 'never' | undefined =>
  text === null ? 'never' : text === undefined ? undefined : Date.parse(text);

export const Role = z.enum(['owner', 'member', 'outside']).meta({
  id: 'Role',
  description: '`outside`: a collaborator on some repositories who is no member.',
});

/** An id of ours in a path or a body. */
export const Id = z.string().regex(/^[a-z0-9]{1,32}$/, 'is no id');

/** Control and format characters, and separators of lines: the inside of a class of an expression. */
const invisible = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}`;
const line = `^[^${invisible}]*$`;

/** Each character that a line of text does not have. */
export const unprintable = new RegExp(`[${invisible}]`, 'gu');

/** One line of text that a terminal shows as it was written. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(new RegExp(line, 'u'), 'has to be one line of text')
    // The generator of the document would write the expression's flag into it.
    .meta({ pattern: line });

/** What somebody entered into a field of a page, as a `Line` or an empty text: what a line does not have is a space. */
export const enteredLine = (text: string | null, max: number): string =>
  (text ?? '').replaceAll(unprintable, ' ').trim().slice(0, max).trim();

/** What an emergency needs to say. */
export const Reason = z
  .strictObject({ why: Line(500).meta({ description: 'For the history.' }) })
  .meta({ id: 'Reason' });

/** The fields of a body that asks for what cannot be undone. */
export const confirmable = {
  confirm: z.string().max(10_000).optional().meta({
    description:
      'What is to be deleted, as the operation says. Without it nothing changes: the answer has `done: false` and says what would be deleted.',
  }),
  why: Line(500).meta({ description: 'For the history.' }),
} as const;
