/** Changes of what others may have changed since it was read: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
import { createHash } from 'node:crypto';
import { refuse } from '../../../shared/runtime/problem-details.ts';

export const ifMatchHeader = 'if-match';

/** The headers of an answer with a strong validator of what it shows. @param shown a number that counts changes, or what is shown itself */
export const taggedAs = (shown: unknown): { readonly etag: string } => ({ etag: etagOf(shown) });

function etagOf(shown: unknown): string {
  return typeof shown === 'number'
    ? `"${shown}"`
    : `"${createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 22)}"`;
}

/**
 * Refuses the change unless the caller read what is there, or says with `*` that anything will do, or nothing.
 *
 * @param shown as `taggedAs` had it
 * @throws ProblemError 412 when it is something else
 */
export function checkUnchanged(headers: Headers, shown: unknown): void {
  const expected = headers.get(ifMatchHeader);
  if (expected === null || expected.trim() === '*') {
    return;
  }
  const etag = etagOf(shown);
  if (!expected.split(',').some((one) => one.trim() === etag)) {
    refuse('precondition-failed', 'It was changed since you read it; read it again.', { headers: { etag } });
  }
}

/** @throws ProblemError 428 where nothing says what the caller read */
export function requireIfMatch(headers: Headers): void {
  if (!headers.has(ifMatchHeader)) {
    refuse('precondition-required', 'Send If-Match with the ETag of what you read.');
  }
}
