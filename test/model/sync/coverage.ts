/** What the sequences of a run met: the promised exceptions, and what has to happen at all for the model to mean something. */
export const nothingMet = {
  /** Runs that took something away. */
  removals: 0,
  /** Changes put off, because the forge's reads may lag behind. */
  deferred: 0,
  /** Sequences in which the brake held something. */
  held: 0,
  saidYes: 0,
  saidNo: 0,
  /** Stored plans whose worker died in their midst, and that somebody else finished. */
  resumedPlans: 0,
  deaths: 0,
  /** Deliveries taken from the forge's log. */
  recovered: 0,
  /** Runs taken back. */
  undone: 0,
  previews: 0,
  /** Sequences in which rights rested because nothing had been read for a week. */
  suspended: 0,
  /** Sequences at whose end nothing had been heard of an app that was installed again. */
  unheard: 0,
  /** Looks at which something was claimed by an event and not yet answered. */
  claims: 0,
  /** Rights that an event took by mistake, because it came late. */
  lateWords: 0,
  /** Deliveries that came once more under another id. */
  repeated: 0,
  /** Tags that moved, and stand for their first commit. */
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
