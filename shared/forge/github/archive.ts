/** Downloads an archive from where the API says it is. */
import { Readable } from 'node:stream';
import { ForgeError } from '../errors.ts';
import type { GitHubApp } from './app.ts';
import { type Failure, failureOf, forgeErrorOf } from './http.ts';

const what = 'the download of an archive';
const redirectsMax = 3;

/**
 * Starts the download; the bytes come as they are asked for, of any number. The address may hold a secret of its own and is on
 * another host: our credential does not go there, and the address into no message.
 *
 * @throws ForgeError of what the host answers; the stream fails with `unavailable` when it breaks off
 * @throws the signal's reason when the caller aborted
 */
export async function readArchiveStream(
  app: GitHubApp,
  address: URL,
  signal: AbortSignal,
): Promise<Readable> {
  let target = address;
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    // A host without encryption is taken only from an API without.
    if (target.protocol !== 'https:' && target.protocol !== new URL(app.baseUrl).protocol) {
      throw new ForgeError('unexpected', `GitHub redirects ${what} to ${target.protocol}//${target.host}`);
    }
    const response = await open(app, target, signal);
    if (response.ok && response.body !== null) {
      return Readable.from(chunksOf(response.body, signal), { objectMode: false });
    }
    await response.body?.cancel();
    const location = response.headers.get('location');
    const next = location === null ? null : URL.parse(location, target.href);
    if (response.status < 300 || response.status >= 400 || next === null) {
      throw refusal(response, app.clock.now());
    }
    target = next;
  }
  throw new ForgeError('unexpected', `GitHub redirects ${what} too many times`);
}

/** The API has granted it, so what this host refuses says nothing about our credential or our permissions. */
function refusal(response: Response, now: number): ForgeError {
  const headers: Failure['headers'] = Object.fromEntries(response.headers);
  const failure = { status: response.status, headers, message: '', timedOut: false, tokenRequest: false };
  const error = forgeErrorOf(failure, what, now);
  return error.code === 'not-found' || error.code === 'rate-limited'
    ? error
    : new ForgeError('unavailable', error.message);
}

/** GitHub builds archives when they are asked for, and some are large: only the caller knows how long it can wait. */
async function open(app: GitHubApp, target: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await app.fetch(target.href, { redirect: 'manual', signal });
  } catch (error) {
    signal.throwIfAborted();
    throw forgeErrorOf(
      failureOf(error, () => 'the connection failed'),
      what,
      app.clock.now(),
    );
  }
}

async function* chunksOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw new ForgeError('unavailable', `${what} was interrupted`, { cause: error });
  }
}
