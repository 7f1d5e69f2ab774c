/** A fault that a test's own code decides on, request by request. */
export interface Interception {
  /** Whether the request was answered before the connection breaks; the caller never gets the end of the answer. */
  readonly when: 'before' | 'after';
  /** Done before the connection breaks, while the caller still waits, for example its end. */
  readonly act?: () => Promise<unknown>;
}

/** Decides on every request to the API and the archives, by what faults can be aimed at. */
export type Intercept = (match: Readonly<Record<string, string>>) => Interception | undefined;
