/** Counts what the sequences of a run met: documented exceptions, and events without which the model proves nothing. */
export const nothingMet = {
  /** Runs that removed something. */
  removals: 0,
  /** Changes deferred because the forge's reads may lag behind. */
  deferred: 0,
  /** Sequences in which the removal guard held something. */
  held: 0,
  saidYes: 0,
  saidNo: 0,
  /** Stored plans whose worker died midway, and that another worker finished. */
  resumedPlans: 0,
  deaths: 0,
  /** Deliveries recovered from the forge's log. */
  recovered: 0,
  /** Runs undone. */
  undone: 0,
  previews: 0,
  /** Sequences in which access was suspended because nothing had been read for a week. */
  suspended: 0,
  /** Sequences that ended without a delivery about an App that was installed again. */
  unheard: 0,
  /** Checks during which a claim was open. */
  claims: 0,
  /** Rights that a late event withdrew wrongly. */
  lateEvents: 0,
  /** Deliveries repeated under another id. */
  repeated: 0,
  /** Tags that moved; their versions keep the first commit. */
  movedTags: 0,
  /** Repositories without a name at the end. */
  unnamed: 0,
};
export type Met = typeof nothingMet;

export function addMet(to: Met, more: Met): void {
  for (const name of Object.keys(nothingMet) as (keyof Met)[]) {
    to[name] += more[name];
  }
}
