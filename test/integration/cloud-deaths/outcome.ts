/** How a life ended. */
export interface End {
  /** All that is stored and all that Composer reads, without what may differ. */
  readonly state: ReadonlyMap<string, string>;
  /** Dead letters, messages or work that never come to an end, and changes that no run has recorded. */
  readonly leftovers: readonly string[];
  /** Minutes of the cloud's time until everything was at rest. */
  readonly minutes: number;
  /** The last that was given to a package. */
  readonly lastPackageNumber: number;
}
