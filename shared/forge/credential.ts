/**
 * The secret part of a connection: what it is allowed to see of a forge, it sees with this. Tokens end, are renewed by one worker for all, and some
 * refresh tokens may be used only once; a forge's own shape of them is a schema of its adapter (`ForgeModule.credential`).
 *
 * An adapter asks for `readyCredential` before each request, gives it its `Exchange`, and keeps no token between requests. Where the forge refuses
 * an access token in spite of its time, the adapter calls `rotate` with `isRefused` if a successor may help, or `reject`, and throws
 * what that returns. Storing, locking and encrypting are not its business. A token without an end has no exchange; it is only rejected.
 */
import type { CredentialState } from '../domain/synchronization.ts';
import type { Secret } from '../runtime/secret.ts';
import type { ForgeError } from './errors.ts';

/** What may be wrong with a credential. */
export type CredentialFault = Exclude<CredentialState, 'working'>;

/** What a forge just issued: what an exchange gives, and what is stored when an owner connects. */
export interface IssuedCredential<Value> {
  readonly secret: Secret<Value>;
  /** When its access ends, in milliseconds since the epoch; undefined when the forge names no end. */
  readonly validUntil: number | undefined;
}

/** A credential as it is stored. */
export interface Credential<Value> extends IssuedCredential<Value> {
  /** Counts the values of one connection. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/**
 * Asks the forge for a successor, with one request that is not repeated: the refresh token may be spent whether or not the answer comes.
 * Bounded in time by itself, well below `exchangeMaxMs`.
 *
 * @throws ForgeError `credential-rejected` when the forge takes the refresh token no more; any other when nothing is known
 */
export type Exchange<Value> = (credential: Credential<Value>) => Promise<IssuedCredential<Value>>;

/** Whoever exchanges has so long until another worker may try; milliseconds. */
export const exchangeMaxMs = 60_000;

/** The credential of one connection, shared by all workers. */
export interface CredentialSource<Value> {
  /**
   * The newest value, whatever this worker had before. It may be over by now: `readyCredential` renews it.
   *
   * @throws ForgeError as the credential was rejected, or `credential-rejected` when there is none
   */
  current(): Promise<Credential<Value>>;
  /**
   * Replaces the value. Of all workers one calls `exchange`; the others get its result once it is stored, and go on with `outdated` until then. The
   * old value stays until the new one is stored: a worker that dies in between leaves what can be tried again.
   *
   * @param outdated the value to replace; when it has been replaced already, its successor is returned
   * @param options.isRefused the forge does not take `outdated` any more, whatever its time: nobody goes on with it
   * @throws ForgeError `unavailable` with `notBefore` when another worker is at it and `outdated` is over; the error of `exchange` when
   *   `outdated` is over
   */
  rotate(
    exchange: Exchange<Value>,
    outdated: Credential<Value>,
    options?: { readonly isRefused?: boolean },
  ): Promise<Credential<Value>>;
  /**
   * Notes that the forge does not take this value, nor can it be renewed. For some minutes nobody asks with it; then one may try, because
   * a forge in trouble refuses good credentials too.
   *
   * @returns what the caller throws: an error of this code, or `unavailable` when the value was replaced meanwhile or is being so
   */
  reject(code: CredentialFault, rejected: Credential<Value>): Promise<ForgeError>;
}

/** Clocks differ, and a request takes its time; milliseconds. */
const marginMs = 60_000;
/** Tokens that live for months are renewed so long before their end; milliseconds. */
const earlyMaxMs = 7 * 24 * 3600_000;

/** Whether a request may still be sent with it. @param now milliseconds since the epoch */
export function isUsable({ validUntil }: { readonly validUntil?: number | undefined }, now: number): boolean {
  return validUntil === undefined || now < validUntil - marginMs;
}

/**
 * Whether it is time to renew: half of the life is over, or a week is left of a long one. So a refusal is noticed, and an outage over, long before the
 * old value ends.
 *
 * @param now milliseconds since the epoch
 */
export function isDue(
  { issuedAt, validUntil }: Pick<Credential<unknown>, 'issuedAt' | 'validUntil'>,
  now: number,
): boolean {
  return validUntil !== undefined && now >= validUntil - Math.min((validUntil - issuedAt) / 2, earlyMaxMs);
}

/**
 * The credential to send a request with, renewed when that is due. What an adapter asks for before it reads.
 *
 * @param now milliseconds since the epoch
 * @throws ForgeError as `current` and `rotate`
 */
export async function readyCredential<Value>(
  source: CredentialSource<Value>,
  exchange: Exchange<Value>,
  now: number,
): Promise<Credential<Value>> {
  const current = await source.current();
  return isDue(current, now) ? source.rotate(exchange, current) : current;
}
