/** Which synchronization something is about. */
export interface OfSynchronization {
  /** Of the organization. */
  readonly slug: string;
  readonly id: string;
  readonly login: string;
}
