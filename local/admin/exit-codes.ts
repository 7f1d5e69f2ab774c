/** The exit codes of `npm run admin`. */
import type { CallerErrorCode } from '../../shared/domain/caller-error.ts';
import { AdminError } from '../start/admin-error.ts';

export const exitCodes = {
  done: 0,
  /** The function failed, or could not be invoked. */
  failed: 1,
  /** The command line is invalid; nothing was invoked. */
  usage: 2,
  'not-found': 3,
  conflict: 4,
  invalid: 5,
  forbidden: 6,
  'too-early': 7,
  /** Lists of the code host could not be read, or the work goes on after the command. */
  incomplete: 8,
} as const satisfies Record<CallerErrorCode, number> & Record<string, number>;

/** @param error what a command threw: an AdminError of the function, or a UsageError */
export const exitCodeOf = (error: Error): number =>
  error instanceof AdminError ? exitCodes[error.code ?? 'failed'] : exitCodes.usage;
