/**
 * The secret part of a connection, with which it reads the forge. Tokens expire and are renewed by one worker for all, since some refresh
 * tokens may be used only once. Their form is a schema of the forge's adapter (`ForgeModule.credential`).
 *
 * An adapter calls `readyCredential` with its `Exchange` before each request, and keeps no token between requests. If the forge refuses an
 * access token that has not expired, the adapter calls `rotate` with `isRefused` if a new token may help, else `reject`, and throws what
 * that returns. It neither stores nor locks nor encrypts. A token that never expires has no exchange; it can only be rejected.
 */
import type { CredentialState } from '../domain/synchronization.ts';
import type { Secret } from '../runtime/secret.ts';
import { ForgeError } from './errors.ts';

/** Why a credential does not work. */
export type CredentialFault = Exclude<CredentialState, 'working'>;

/** A newly issued credential: the result of an exchange, or of an owner's connecting. */
export interface IssuedCredential<Value> {
  readonly secret: Secret<Value>;
  /** When it expires, in milliseconds since the epoch; undefined when the forge states no expiry. */
  readonly validUntil: number | undefined;
  /** Whether it is renewed by itself before; default true. */
  readonly renews?: boolean | undefined;
  /** Whether it has a token of its own for contents; default false. */
  readonly readsContents?: boolean | undefined;
}

/** A stored credential. */
export interface Credential<Value> extends IssuedCredential<Value> {
  /** Counts the values of one connection. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** The token for contents is not used before; milliseconds since the epoch. */
  readonly contentsRejectedUntil?: number | undefined;
}

/**
 * Requests a new credential from the forge. The request is not repeated, because the refresh token may be spent even if the response is
 * lost. Times out by itself, well below `exchangeMaxMs`.
 *
 * @throws ForgeError `credential-rejected` or another word about the credential when the forge does not renew it; any other when the outcome
 * is unknown
 */
export type Exchange<Value> = (credential: Credential<Value>) => Promise<IssuedCredential<Value>>;

/** How long an exchange may take before another worker may try; milliseconds. */
export const exchangeMaxMs = 60_000;

/** The credential of one connection, shared by all workers. */
export interface CredentialSource<Value> {
  /**
   * The newest value, whichever this worker had before. It may have expired: `readyCredential` renews it.
   *
   * @param use `contents`: its token for contents, which works although the other one was rejected
   * @throws ForgeError with the code that the credential was rejected with, or `credential-rejected` when there is none
   */
  current(use?: 'contents'): Promise<Credential<Value>>;
  /**
   * Replaces the value. Only one worker calls `exchange`; the others keep using `outdated` until the result is stored. The old value stays
   * until then, so that the exchange can be tried again if the worker dies.
   *
   * @param outdated the value to replace; if it has been replaced already, the new one is returned
   * @param options.isRefused the forge no longer accepts `outdated`, even if it has not expired: no worker keeps using it
   * @throws ForgeError if `outdated` is unusable: `unavailable` with `notBefore` while another worker exchanges it, else the error of
   * `exchange`
   */
  rotate(
    exchange: Exchange<Value>,
    outdated: Credential<Value>,
    options?: { readonly isRefused?: boolean },
  ): Promise<Credential<Value>>;
  /**
   * Records that the forge does not accept this value and it cannot be renewed. No worker uses it for some minutes; then one may try,
   * because a forge with an outage refuses valid credentials too.
   *
   * @returns the error to throw: with this code, or `unavailable` when the value was replaced meanwhile or is being replaced
   */
  reject(code: CredentialFault, rejected: Credential<Value>): Promise<ForgeError>;
  /**
   * Records whether the forge accepts the token for contents (`readsContents`). Once it does not, contents are read with the other one for some
   * minutes. Left out where there is no such token.
   */
  noteContents?(used: Credential<Value>, isAccepted: boolean): Promise<void>;
}

/**
 * A credential that is not stored yet, for asking the forge before it is. Nothing renews it.
 *
 * @param now milliseconds since the epoch
 */
export function unstoredCredential<Value>(
  issued: IssuedCredential<Value>,
  now: number,
): CredentialSource<Value> {
  const refusal = (code: CredentialFault): ForgeError =>
    new ForgeError(code, 'the forge does not accept the credential');
  return {
    current: async () => ({ ...issued, version: 0, issuedAt: now }),
    async rotate() {
      throw refusal('credential-rejected');
    },
    reject: async (code) => refusal(code),
  };
}

/** A margin before the expiry for clock skew and the duration of a request; milliseconds. */
const marginMs = 60_000;
/** Tokens that live for months are renewed this long before they expire; milliseconds. */
const earlyMaxMs = 7 * 24 * 3600_000;

interface Ending {
  readonly validUntil?: number | undefined;
}

/** Until when requests may be sent with it; milliseconds since the epoch, undefined for always. */
export const usableUntil = ({ validUntil }: Ending): number | undefined =>
  validUntil && validUntil - marginMs;

/** Whether a request may still be sent with it. @param now milliseconds since the epoch */
export function isUsable(credential: Ending, now: number): boolean {
  const end = usableUntil(credential);
  return end === undefined || now < end;
}

/**
 * Whether it is time to renew: half of the lifetime is over, or a week is left of a long one. This leaves time to notice a refusal, and to
 * wait out an outage, before the old value expires.
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
 * Whether an owner has to be told that a credential ends which nothing renews: a week before. Until then others that live as long are renewed.
 *
 * @param now milliseconds since the epoch
 */
export const endsSoon = (endsAt: number | undefined, now: number): endsAt is number =>
  endsAt !== undefined && endsAt - earlyMaxMs <= now;

/**
 * The credential to send a request with, renewed if due. An adapter calls this before each request.
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
