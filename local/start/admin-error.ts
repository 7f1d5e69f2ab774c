import type { CallerErrorCode } from '../../shared/domain/caller-error.ts';

/** A command was refused (`code` says why), failed, or could not be sent. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  /** What the caller can do about it; undefined when it failed. */
  readonly code: CallerErrorCode | undefined;

  constructor(message: string, code?: CallerErrorCode) {
    super(message);
    this.code = code;
  }
}
