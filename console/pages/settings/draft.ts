/** What was entered and not saved yet, in the memory of the browser's tab. */

export interface Draft<Values> {
  /** Of what was changed. */
  readonly etag: string;
  /** What was there of it then. */
  readonly before: Partial<Values>;
  readonly changes: Partial<Values>;
}

/** What was read last. */
export interface Stored<Values> {
  readonly data: Values;
  readonly etag: string;
}

const key = (name: string): string => `entered ${name}`;

export const keepDraft = <Values>(name: string, draft: Draft<Values>): void =>
  sessionStorage.setItem(key(name), JSON.stringify(draft));

export const forgetDraft = (name: string): void => sessionStorage.removeItem(key(name));

export function readDraft<Values>(name: string): Draft<Values> | undefined {
  const kept = sessionStorage.getItem(key(name));
  return kept === null ? undefined : (JSON.parse(kept) as Draft<Values>);
}

/** Nothing and null are alike: the API leaves out what there is not, and null takes it away. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** The draft with one more change. */
export function changed<Values extends object>(
  draft: Draft<Values> | undefined,
  { data, etag }: Stored<Values>,
  entered: Partial<Values>,
): Draft<Values> {
  const there = Object.keys(entered).map((field) => [field, data[field as keyof Values]]);
  return {
    etag: draft?.etag ?? etag,
    before: { ...(Object.fromEntries(there) as Partial<Values>), ...draft?.before },
    changes: { ...draft?.changes, ...entered },
  };
}

/** What was entered, and is different from what is stored. */
export const changesOf = <Values extends object>(
  draft: Draft<Values> | undefined,
  { data }: Stored<Values>,
): Partial<Values> =>
  Object.fromEntries(
    Object.entries(draft?.changes ?? {}).filter(
      ([field, value]) => !isSame(value, data[field as keyof Values]),
    ),
  ) as Partial<Values>;

/**
 * The state that the changes are made to, for `If-Match`. The ETag is that of a whole resource, of which others may change parts that the draft does
 * not touch: that is no conflict, and it counts as begun with what is there now.
 */
export function etagOf<Values extends object>(
  draft: Draft<Values> | undefined,
  { data, etag }: Stored<Values>,
): string {
  const touched = Object.keys(draft?.changes ?? {}) as (keyof Values)[];
  const isAsBefore = touched.every((field) => isSame(draft?.before[field], data[field]));
  return draft === undefined || isAsBefore ? etag : draft.etag;
}
