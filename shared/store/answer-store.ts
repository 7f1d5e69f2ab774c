/** Answers to creations, kept for whoever repeats the request because the answer was lost. Encrypted: some hold a secret that is shown once. */
import { z } from 'zod';
import { type Cipher, EncryptedText } from '../runtime/cipher.ts';
import { absent, any, equal, missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

/** How long a request is remembered, … */
const keptMs = 24 * 3600_000;
/** … and may be at work: longer than its function may take. Milliseconds. */
const workMs = 60_000;

const AnswerItem = z.object({
  requestHash: z.string(),
  /** Milliseconds since the epoch. */
  until: z.number(),
  /** Missing in items of earlier versions, which remember a request only while it is at work. */
  workUntil: z.number().optional(),
  answer: EncryptedText.optional(),
});

/** A request, as whoever sends it names it. */
export interface RepeatableRequest {
  readonly caller: string;
  /** Hash of the key that the caller gave it. */
  readonly keyHash: string;
  /** Hash of what it says. */
  readonly requestHash: string;
}

export type Repetition =
  /** Nobody sent it before: it is to be carried out. */
  | { readonly is: 'first' }
  | { readonly is: 'answered'; readonly answer: string }
  /** It is being carried out. */
  | { readonly is: 'at-work' }
  /** It ended without an answer: whether it was carried out is not known. */
  | { readonly is: 'unanswered' }
  /** Another request had the same key. */
  | { readonly is: 'other' };

interface Dependencies {
  readonly table: Table;
  readonly cipher: Cipher;
}

const contextOf = ({ caller, keyHash }: RepeatableRequest) => ({ purpose: 'answer', caller, key: keyHash });

/**
 * Notes that the request is being carried out, unless it was before. One write, or one more read. A request that never gets its answer is
 * remembered as long as one that does, since it may have been carried out: only `forgetRequest` lets it be sent again.
 *
 * @param attempt unique: the client repeats a write whose answer was lost, and that is the same attempt
 * @param now milliseconds since the epoch
 */
export async function beginRequest(
  { table, cipher }: Dependencies,
  request: RepeatableRequest,
  attempt: string,
  now: number,
): Promise<Repetition> {
  const key = keys.repetition(request.caller, request.keyHash);
  try {
    await table.update(
      {
        key,
        set: { requestHash: request.requestHash, attempt, workUntil: now + workMs, ...until(now + keptMs) },
        remove: ['answer'],
      },
      any(absent, missingOrLess('until', now + 1), equal('attempt', attempt)),
    );
    return { is: 'first' };
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
  const item = await table.get(key);
  if (item === undefined) {
    return { is: 'at-work' };
  }
  const { requestHash, answer, workUntil = Number.POSITIVE_INFINITY } = AnswerItem.parse(item);
  if (requestHash !== request.requestHash) {
    return { is: 'other' };
  }
  if (answer === undefined) {
    return { is: now < workUntil ? 'at-work' : 'unanswered' };
  }
  return { is: 'answered', answer: await cipher.decrypt(answer, contextOf(request)) };
}

/**
 * Gets what the answer is encrypted with, before there is one: then only the write can fail.
 *
 * @returns keeps the answer for 24 hours; `now` in milliseconds since the epoch
 */
export async function prepareAnswer(
  { table, cipher }: Dependencies,
  request: RepeatableRequest,
): Promise<(answer: string, now: number) => Promise<void>> {
  const encrypt = await cipher.prepare(contextOf(request));
  return async (answer, now) => {
    await table.update({
      key: keys.repetition(request.caller, request.keyHash),
      set: { requestHash: request.requestHash, answer: encrypt(answer), ...until(now + keptMs) },
    });
  };
}

/** Nothing came of the request: it may be sent again at once. */
export async function forgetRequest(
  { table }: Pick<Dependencies, 'table'>,
  request: RepeatableRequest,
): Promise<void> {
  await table.transact([{ delete: keys.repetition(request.caller, request.keyHash) }]);
}

const until = (at: number) => ({ until: at, [tableKeys.expiry]: Math.ceil(at / 1000) });
