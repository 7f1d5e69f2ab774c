/** What went wrong with a request, as the API says it: problem details of RFC 9457. https://www.rfc-editor.org/rfc/rfc9457 */

export interface FieldProblem {
  /** Into the body: https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer?: string;
  /** In the query. */
  readonly parameter?: string;
  readonly detail: string;
}

interface Details {
  /** 0 if there was no answer. */
  readonly status: number;
  /** `unreachable` if there was no answer, `unreadable` if it was none of the API's. */
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
  /** Whole seconds. */
  readonly retryAfter: number | undefined;
}

/** Thrown by every request that fails. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly retryAfter: number | undefined;

  constructor({ status, code, detail, errors, retryAfter }: Details) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** Nobody answered. */
export const unreachable = (): ApiProblem =>
  new ApiProblem({ status: 0, code: 'unreachable', detail: '', errors: [], retryAfter: undefined });

/** As the API answers whoever is not signed in. */
export const unauthenticated = (): ApiProblem =>
  new ApiProblem({ status: 401, code: 'unauthenticated', detail: '', errors: [], retryAfter: undefined });

/** The problem that a refusal or a failure describes. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  const { code, detail, errors } = isDetails(body) ? body : { code: 'unreadable', detail: '', errors: [] };
  return new ApiProblem({
    status: response.status,
    code,
    detail,
    errors: errors ?? [],
    retryAfter: Number.isFinite(seconds) ? seconds : undefined,
  });
}

function isDetails(
  body: unknown,
): body is { readonly code: string; readonly detail: string; readonly errors?: readonly FieldProblem[] } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  );
}

/** Whether the error is that problem of the API. @param code as the API has it, such as `not-found` */
export const isProblem = (error: unknown, code: string): error is ApiProblem =>
  error instanceof ApiProblem && error.code === code;

/** Whether it is gone, or nothing for this person: what was shown of it before may not stay. */
export const isDenial = (error: unknown): error is ApiProblem =>
  isProblem(error, 'forbidden') || isProblem(error, 'not-found');
