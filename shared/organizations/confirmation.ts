/** Confirmation of what cannot be undone: the caller types the name of what is to be deleted. Without it he is only shown what would be. */
import { CallerError } from '../domain/caller-error.ts';
import type { Accountable } from './owner-act.ts';

export interface Confirmation extends Partial<Accountable> {
  readonly confirm?: string | undefined;
}

/**
 * Who confirms the command, and why; undefined when the caller only asks what it would delete.
 *
 * @param name what `confirm` has to be
 * @throws CallerError when `confirm` is something else, or when `by` or `why` is missing
 */
export function confirmed(
  { confirm, by, why, actor, from }: Confirmation,
  name: string,
): Accountable | undefined {
  if (confirm === undefined) {
    return undefined;
  }
  if (confirm !== name) {
    throw new CallerError('invalid', `this cannot be undone: confirm with ${name}, not ${confirm}`);
  }
  if (by === undefined || why === undefined) {
    throw new CallerError('invalid', 'a name and a reason are required: both are logged');
  }
  return { by, why, actor, from };
}
