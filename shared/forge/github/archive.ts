/** Downloads an archive from the URL that the API redirects to. */
import { Readable } from 'node:stream';
import { ForgeError } from '../errors.ts';
import { chunksOf } from '../http.ts';
import type { GitHubApp } from './app.ts';
import { type Failure, failureOf, forgeErrorOf } from './http.ts';

const what = 'the download of an archive';
const redirectsMax = 3;

/**
 * Starts the download and streams it, at any size. The URL is on another host and may contain a secret: our credential is not sent there,
 * and the URL appears in no message.
 *
 * @throws ForgeError for an error response; the stream fails with `unavailable` when it is cut off
 * @throws the signal's reason when the caller aborted
 */
export async function readArchiveStream(
  app: GitHubApp,
  address: URL,
  signal: AbortSignal,
): Promise<Readable> {
  let target = address;
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    // Plain HTTP is accepted only if the API itself uses it.
    if (target.protocol !== 'https:' && target.protocol !== new URL(app.baseUrl).protocol) {
      throw new ForgeError('unexpected', `GitHub redirects ${what} to ${target.protocol}//${target.host}`);
    }
    const response = await open(app, target, signal);
    if (response.ok && response.body !== null) {
      return Readable.from(chunksOf(response.body, signal, what), { objectMode: false });
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

/** The API has granted access, so a refusal by this host says nothing about our credential or permissions. */
function refusal(response: Response, now: number): ForgeError {
  const headers: Failure['headers'] = Object.fromEntries(response.headers);
  const failure = { status: response.status, headers, message: '', timedOut: false, tokenRequest: false };
  const error = forgeErrorOf(failure, what, now);
  return error.code === 'not-found' || error.code === 'rate-limited'
    ? error
    : new ForgeError('unavailable', error.message);
}

/** Opens the download. GitHub builds archives on request, and some are large, so the caller decides how long to wait. */
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
