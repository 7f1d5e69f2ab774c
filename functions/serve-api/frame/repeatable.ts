/**
 * Creations that can be repeated: a request with the same `Idempotency-Key` gets the first one's answer.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { createHash } from 'node:crypto';
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import {
  beginRequest,
  forgetRequest,
  keepAnswer,
  type RepeatableRequest,
} from '../../../shared/store/answer-store.ts';
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

/** Carries the work out once for the key that the request has; always, for a request that has none. */
export async function onceFor(
  dependencies: ApiDependencies,
  key: string | undefined,
  { caller, method, path, body }: Repeatable,
  work: () => Promise<AnyAnswer>,
): Promise<AnyAnswer> {
  if (key === undefined) {
    return work();
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    refuse('malformed', 'Idempotency-Key has to be 1 to 255 printable characters.');
  }
  const request: RepeatableRequest = {
    caller: nameOf(caller),
    keyHash: sha256(key),
    requestHash: sha256(method, path, body),
  };
  const { clock } = dependencies;
  const before = await beginRequest(dependencies, request, clock.now());
  switch (before.is) {
    case 'answered':
      return JSON.parse(before.answer) as AnyAnswer;
    case 'other':
      throw new CallerError('invalid', 'another request had this Idempotency-Key');
    case 'at-work':
      throw new CallerError('conflict', 'the same request is being carried out; ask again');
    case 'first':
      break;
  }
  let answer: AnyAnswer;
  try {
    answer = await work();
  } catch (error) {
    await forgetRequest(dependencies, request);
    throw error;
  }
  await keepAnswer(dependencies, request, JSON.stringify(answer), clock.now());
  return answer;
}
