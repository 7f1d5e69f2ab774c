/**
 * Creations that can be repeated: a request with the same `Idempotency-Key` gets the first one's answer.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { createHash } from 'node:crypto';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { ProblemError, refuse } from '../../../shared/runtime/problem-details.ts';
import {
  beginRequest,
  forgetRequest,
  prepareAnswer,
  type RepeatableRequest,
} from '../../../shared/store/answer-store.ts';
import { ConflictError, type Table } from '../../../shared/store/table.ts';
import type { Caller } from './access.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { AnyAnswer } from './route.ts';

export const idempotencyHeader = 'idempotency-key';

const sha256 = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const nameOf = (caller: Caller): string => {
  switch (caller.kind) {
    case 'user':
      return `user.${caller.user}`;
    case 'key':
      return `key.${caller.key.id}`;
    case 'operator':
      return 'operator';
  }
};

interface Repeatable {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * Carries the work out once for the key that the request has; always, for a request that has none.
 *
 * A request that failed may be repeated if it wrote nothing, and if it was refused for what passes (`CallerError.isTransient`) or for what is
 * not in the request (`ProblemError`): such a refusal says that nothing was created. One that was refused otherwise after it wrote something is
 * refused again in the same words. After any other failure nobody knows whether something was created: then a repetition is refused until the key
 * is forgotten, because a second creation is worse than a look at the list.
 *
 * @param work given the table to work with
 */
export async function onceFor(
  dependencies: ApiDependencies,
  key: string | undefined,
  { caller, method, path, body }: Repeatable,
  work: (table: Table) => Promise<AnyAnswer>,
): Promise<AnyAnswer> {
  const { table, clock } = dependencies;
  if (key === undefined) {
    return work(table);
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    refuse('malformed', 'Idempotency-Key has to be 1 to 255 printable characters.');
  }
  const request: RepeatableRequest = {
    caller: nameOf(caller),
    keyHash: sha256(key),
    requestHash: sha256(method, path, body),
  };
  const attempt = sha256(Buffer.from(dependencies.randomBytes(16)).toString('hex'));
  const before = await beginRequest(dependencies, request, attempt, clock.now());
  switch (before.is) {
    case 'answered':
      return answerOf(JSON.parse(before.answer) as Kept);
    case 'other':
      throw new CallerError('invalid', 'another request had this Idempotency-Key');
    case 'at-work':
      throw new CallerError('conflict', 'the same request is being carried out; ask again');
    case 'unanswered':
      throw new CallerError(
        'conflict',
        `an earlier request with this Idempotency-Key ended without an answer; look whether ${method} ${path} was carried out, and send it with another key if not`,
      );
    case 'first':
      return firstAnswer(dependencies, request, path, work);
  }
}

/** Carries the work out, and keeps what comes of it. */
async function firstAnswer(
  dependencies: ApiDependencies,
  request: RepeatableRequest,
  path: string,
  work: (table: Table) => Promise<AnyAnswer>,
): Promise<AnyAnswer> {
  const { table, clock, logger } = dependencies;
  const watched = watchWrites(table);
  let answer: AnyAnswer;
  let keepAnswer: Awaited<ReturnType<typeof prepareAnswer>> | undefined;
  const keep = async (kept: Kept): Promise<void> => {
    try {
      await keepAnswer?.(JSON.stringify(kept), clock.now());
    } catch (error) {
      // The caller has the answer, and what it made is there.
      logger.error('the answer to a creation could not be kept', { path, error });
    }
  };
  try {
    keepAnswer = await prepareAnswer(dependencies, request);
    answer = await work(watched.table);
  } catch (error) {
    if (!watched.mayHaveWritten() || passes(error)) {
      await forgetRequest(dependencies, request);
    } else if (error instanceof CallerError) {
      await keep({ refused: { code: error.code, message: error.message, errors: error.errors } });
    }
    throw error;
  }
  await keep(answer);
  return answer;
}

/** What is kept of a request: its answer, or why it was refused. */
type Kept =
  | AnyAnswer
  | {
      readonly refused: Pick<CallerError, 'code' | 'message'> & Partial<Pick<CallerError, 'errors'>>;
    };

/** Whether the same request may be carried out later. */
const passes = (error: unknown): boolean =>
  error instanceof ProblemError || (error instanceof CallerError && error.isTransient);

function answerOf(kept: Kept): AnyAnswer {
  if ('refused' in kept) {
    const { code, message, errors } = kept.refused;
    throw new CallerError(code, message, { errors });
  }
  return kept;
}

/** The same table, and whether anything may have been written to it: a write fails for certain only by its condition. */
function watchWrites(table: Table): { readonly table: Table; mayHaveWritten(): boolean } {
  let hasWritten = false;
  const watched =
    <Parameters extends readonly unknown[], Result>(write: (...given: Parameters) => Promise<Result>) =>
    async (...given: Parameters): Promise<Result> => {
      try {
        const result = await write(...given);
        hasWritten = true;
        return result;
      } catch (error) {
        hasWritten ||= !(error instanceof ConflictError);
        throw error;
      }
    };
  return {
    table: { ...table, update: watched(table.update), transact: watched(table.transact) },
    mayHaveWritten: () => hasWritten,
  };
}
