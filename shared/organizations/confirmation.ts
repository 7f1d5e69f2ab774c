/** What cannot be undone is done only when the caller types the name of what goes; before that he is shown what would. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import { type Accountable, accountable } from './owner-act.ts';

/** The part of a command's input that confirms it. Without `confirm` nothing is done. */
export const confirmable = {
  confirm: z.string().exactOptional(),
  by: accountable.by.exactOptional(),
  why: accountable.why.exactOptional(),
} as const;

export interface Confirmation {
  readonly confirm?: string;
  readonly by?: string;
  readonly why?: string;
}

/**
 * Who confirms it, and why; undefined while the caller only asks what would go.
 *
 * @param name what has to be typed
 * @throws CallerError when something else was typed, or when nobody accounts for it
 */
export function confirmed({ confirm, by, why }: Confirmation, name: string): Accountable | undefined {
  if (confirm === undefined) {
    return undefined;
  }
  if (confirm !== name) {
    throw new CallerError('invalid', `this cannot be undone: confirm it with ${name}, not ${confirm}`);
  }
  if (by === undefined || why === undefined) {
    throw new CallerError('invalid', 'this is logged: say who does it, and why');
  }
  return { by, why };
}
