/** What was entered and not saved yet, in the memory of the browser's tab. */

export interface Draft<Values> {
  /** Of what was changed. */
  readonly etag: string;
  readonly changes: Partial<Values>;
}

const key = (name: string): string => `draft ${name}`;

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
