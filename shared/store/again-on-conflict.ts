import { ConflictError } from '../domain/conflict-error.ts';

/**
 * Makes a change again when somebody else changed the same items meanwhile: two browsers of one person, two reads of one repository.
 *
 * @param change reads what it decides by, each time
 * @throws ConflictError after three tries
 */
export async function againOnConflict<Result>(change: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === 3) {
        throw error;
      }
    }
  }
}
