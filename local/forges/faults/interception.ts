/** A fault that a test's code decides on for each request. */
export interface Interception {
  /** Whether the connection breaks before the request takes effect or after; the caller never gets the whole answer. */
  readonly when: 'before' | 'after';
  /** Runs before the connection breaks, while the caller still waits; it may for example end the caller. */
  readonly act?: () => Promise<unknown>;
}

/** Decides on every request to the API and the archive host, by the properties that faults can be aimed at. */
export type Intercept = (match: Readonly<Record<string, string>>) => Interception | undefined;
