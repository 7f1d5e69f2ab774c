/**
 * Requests without `Sec-Fetch-*` headers. Node's own fetch always sends `sec-fetch-mode: cors`, and overwrites one that is set by hand; some
 * code hosts refuse archives to that, to prevent hot-linking.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';

/** Responses with these statuses have no body: https://fetch.spec.whatwg.org/#null-body-status */
const withoutBody = new Set([204, 205, 304]);

/**
 * Like fetch, for requests to code hosts: no redirect is followed, and the response is not decompressed, so none is asked for that would
 * have to be.
 *
 * @throws TypeError when the connection fails, with the reason as its cause; the signal's reason when it aborts
 */
export async function plainFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { signal } = request;
  signal.throwIfAborted();
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  const url = new URL(request.url);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(signal.aborted ? signal.reason : new TypeError('fetch failed', { cause }));
    const sent = send(
      url,
      { method: request.method, headers: headersOf(request, body), signal },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const headers = new Headers();
        for (const [name, values] of Object.entries(answer.headersDistinct)) {
          for (const value of values ?? []) {
            headers.append(name, value);
          }
        }
        if (withoutBody.has(status)) {
          answer.resume();
        }
        try {
          const stream = withoutBody.has(status) ? null : (Readable.toWeb(answer) as ReadableStream);
          resolve(new Response(stream, { status, headers }));
        } catch (error) {
          // A status outside of what a Response may have.
          answer.destroy();
          fail(error);
        }
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}

const headersOf = (request: Request, body: Buffer | undefined): Record<string, string> => ({
  ...Object.fromEntries(request.headers),
  ...(body !== undefined && { 'content-length': String(body.byteLength) }),
});
