/** Changes of what others may have changed since it was read: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1 */
import { refuse } from '../../../shared/runtime/problem-details.ts';

export const ifMatchHeader = 'if-match';

/** A strong validator of what has a version. */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * Refuses the change unless the caller read the very version that is there, or says with `*` that any will do.
 *
 * @throws ProblemError 428 without `If-Match`, 412 when it is another
 */
export function matches(headers: Headers, version: number): void {
  const expected = headers.get(ifMatchHeader);
  if (expected === null) {
    refuse('precondition-required', 'Send If-Match with the ETag of what you read.');
  }
  if (expected.trim() !== '*' && expected.trim() !== etagOf(version)) {
    refuse('precondition-failed', 'It was changed since you read it; read it again.', {
      headers: { etag: etagOf(version) },
    });
  }
}
