/** Answers to creations, kept for whoever repeats the request because the answer was lost. Encrypted: some hold a secret that is shown once. */
import { z } from 'zod';
import { type Cipher, EncryptedText } from '../runtime/cipher.ts';
import { absent, any, missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

/** How long an answer is kept, … */
const keptMs = 24 * 3600_000;
/** … and a request without one: it died, or is still at work. Longer than its function may take. Milliseconds. */
const workMs = 60_000;

const AnswerItem = z.object({
  requestHash: z.string(),
  /** Milliseconds since the epoch. */
  until: z.number(),
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
  /** Another request had the same key. */
  | { readonly is: 'other' };

interface Dependencies {
  readonly table: Table;
  readonly cipher: Cipher;
}

const contextOf = ({ caller, keyHash }: RepeatableRequest) => ({ purpose: 'answer', caller, key: keyHash });

/**
 * Notes that the request is being carried out, unless it was before. One write, or one more read.
 *
 * @param now milliseconds since the epoch
 */
export async function beginRequest(
  { table, cipher }: Dependencies,
  request: RepeatableRequest,
  now: number,
): Promise<Repetition> {
  const key = keys.repetition(request.caller, request.keyHash);
  try {
    await table.update(
      { key, set: { requestHash: request.requestHash, ...until(now + workMs) }, remove: ['answer'] },
      any(absent, missingOrLess('until', now + 1)),
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
  const { requestHash, answer } = AnswerItem.parse(item);
  if (requestHash !== request.requestHash) {
    return { is: 'other' };
  }
  return answer === undefined
    ? { is: 'at-work' }
    : { is: 'answered', answer: await cipher.decrypt(answer, contextOf(request)) };
}

/** Keeps the answer for 24 hours. @param now milliseconds since the epoch */
export async function keepAnswer(
  { table, cipher }: Dependencies,
  request: RepeatableRequest,
  answer: string,
  now: number,
): Promise<void> {
  const encrypt = await cipher.prepare(contextOf(request));
  await table.update({
    key: keys.repetition(request.caller, request.keyHash),
    set: { requestHash: request.requestHash, answer: encrypt(answer), ...until(now + keptMs) },
  });
}

/** Nothing came of the request: it may be sent again at once. */
export async function forgetRequest(
  { table }: Pick<Dependencies, 'table'>,
  request: RepeatableRequest,
): Promise<void> {
  await table.transact([{ delete: keys.repetition(request.caller, request.keyHash) }]);
}

const until = (at: number) => ({ until: at, [tableKeys.expiry]: Math.ceil(at / 1000) });
