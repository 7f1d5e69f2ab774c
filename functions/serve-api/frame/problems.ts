/** What the API answers to requests that it does not carry out. */
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { ApiKeyScope } from '../../../shared/domain/api-key.ts';
import { callerErrorOf } from '../../../shared/domain/conflict-error.ts';
import {
  callerProblem,
  type FieldError,
  internalProblem,
  type Problem,
  ProblemError,
  problemAnswer,
  requestProblemStatuses,
} from '../../../shared/runtime/problem-details.ts';
import type { Refusal } from './access.ts';

/** The same for what does not exist, what is hidden and what no route names. */
export const notFoundProblem: Problem = {
  status: 404,
  code: 'not-found',
  detail: 'There is nothing here, or nothing that you may see.',
};

export const refusalProblems: Readonly<Record<Exclude<Refusal, 'missing-scope'>, Problem>> = {
  unauthenticated: {
    status: requestProblemStatuses.unauthenticated,
    code: 'unauthenticated',
    detail: 'Sign in, or send an API key as a bearer token.',
    // https://www.rfc-editor.org/rfc/rfc6750#section-3
    headers: { 'www-authenticate': 'Bearer realm="repertoire"' },
  },
  hidden: notFoundProblem,
  waiting: {
    status: 403,
    code: 'forbidden',
    detail: 'You wait for an owner of this organization to activate you. Until then you read nothing of it.',
  },
  forbidden: { status: 403, code: 'forbidden', detail: 'Your role does not allow this.' },
  'reauthentication-required': {
    status: requestProblemStatuses['reauthentication-required'],
    code: 'reauthentication-required',
    detail: 'Sign in again: this needs a sign-in within the last 15 minutes.',
  },
};

/** Of whoever sent something that is no key, or none any more; https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
const unknownKey: Problem = {
  ...refusalProblems.unauthenticated,
  detail:
    'This API key is not known, was revoked or has ended. It is sent as `Authorization: Bearer KEY`; tokens for Composer are no API keys.',
  headers: { 'www-authenticate': 'Bearer realm="repertoire", error="invalid_token"' },
};

/**
 * @param scope what the operation needs
 * @param hasKey whether the request came with what should be a key
 */
export const problemOfRefusal = (refusal: Refusal, scope: ApiKeyScope | 'none', hasKey: boolean): Problem => {
  if (refusal === 'unauthenticated' && hasKey) {
    return unknownKey;
  }
  return refusal === 'missing-scope'
    ? {
        status: 403,
        code: 'forbidden',
        detail:
          scope === 'none'
            ? 'API keys cannot use this operation; sign in.'
            : `This key needs the scope ${scope}.`,
      }
    : refusalProblems[refusal];
};

export function problemResponse(problem: Problem): Response {
  const { status, headers, body } = problemAnswer(problem);
  return new Response(body ?? null, { status, headers: { ...headers } });
}

/** @returns undefined for an error of ours */
export function problemOf(error: unknown, now: number): Problem | undefined {
  if (error instanceof ProblemError) {
    return error.problem;
  }
  if (error instanceof HTTPException && error.status === 400) {
    return { status: requestProblemStatuses.malformed, code: 'malformed', detail: 'The body is not JSON.' };
  }
  const callerError = callerErrorOf(error);
  return callerError && callerProblem(callerError, now);
}

export { internalProblem };

type RequestPart = 'param' | 'query' | 'json';

/** What was wrong in a part of the request; a wrong identifier in the path names nothing. */
export function invalidProblem(part: string, { issues }: Pick<z.ZodError, 'issues'>): Problem {
  if (part === ('param' satisfies RequestPart)) {
    return notFoundProblem;
  }
  return {
    status: 422,
    code: 'invalid',
    detail: part === ('query' satisfies RequestPart) ? 'The query is not valid.' : 'The body is not valid.',
    errors: issues.flatMap((issue) => fieldErrors(part, issue)).slice(0, errorsMax),
  };
}

/** An answer names no more; the rest shows once these are right. */
const errorsMax = 20;

function fieldErrors(part: string, issue: z.core.$ZodIssue): readonly FieldError[] {
  const paths =
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  const detail = issue.code === 'unrecognized_keys' ? 'there is no such field' : issue.message;
  return paths.map((path) =>
    part === 'query'
      ? { parameter: String(path[0] ?? ''), detail }
      : { pointer: path.map((step) => `/${escapeStep(String(step))}`).join(''), detail },
  );
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const escapeStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');
