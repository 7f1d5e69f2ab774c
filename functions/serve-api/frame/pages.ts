/** Lists in pages: a cursor says where the next one begins, and counts for the same list with the same filter only. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../../shared/domain/parse-json.ts';
import { ProblemError } from '../../../shared/runtime/problem-details.ts';

/** The largest page, and the one that whoever does not say gets. */
const limits = { max: 100, usual: 50 } as const;

const digits = z.string().regex(/^\d{1,3}$/, `has to be a number from 1 to ${limits.max}`);

/** The part of a list's query that says which page. */
export const pageQuery = {
  limit: digits
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= limits.max, `has to be from 1 to ${limits.max}`)
    .optional()
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: limits.max,
      description: `Entries of a page, 1 to ${limits.max}; ${limits.usual} if left out.`,
    }),
  cursor: z.string().max(1000).optional().meta({ description: '`next` of the page before.' }),
} as const;

/** A page of a list. One that is short is not the last: only one without `next` is. */
export const pageOf = <Entry extends z.ZodType>(entry: Entry) =>
  z.object({
    items: z.array(entry),
    next: z
      .string()
      .optional()
      .meta({ description: 'The cursor of the next page; missing on the last one.' }),
  });

export const limitOf = ({ limit = limits.usual }: { readonly limit?: number | undefined }): number => limit;

/** What a cursor counts for. */
export interface PagedList {
  readonly route: string;
  /** Whose it is, and what it is filtered by. */
  readonly filter: unknown;
}

const Cursor = z.tuple([z.string(), z.string()]);

/** @param place of the last entry of this page, as the store names it; undefined on the last page */
export const cursorFor = (list: PagedList, place: string | undefined): string | undefined =>
  place === undefined
    ? undefined
    : Buffer.from(JSON.stringify([bindingOf(list), place])).toString('base64url');

/**
 * @returns the place that the cursor names, which the store checks to be one of the list
 * @throws ProblemError when it is none, or one of another list
 */
export function placeOf(list: PagedList, cursor: string | undefined): string | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const parsed = Cursor.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success || parsed.data[0] !== bindingOf(list)) {
    throw new ProblemError({
      status: 422,
      code: 'invalid',
      detail: 'The query is not valid.',
      errors: [{ parameter: 'cursor', detail: 'is no cursor of this list' }],
    });
  }
  return parsed.data[1];
}

const bindingOf = (list: PagedList): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);
