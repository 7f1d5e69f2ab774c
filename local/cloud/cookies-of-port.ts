import type { HttpHandler } from './runtime/listen.ts';

/**
 * Keeps the cookies of several local clouds on one machine apart. Browsers have them by host, whatever the port, so a person who signed in at
 * one would be signed out of the other: the name of each gets the port. A deployment has a host name of its own.
 *
 * https://www.rfc-editor.org/rfc/rfc6265#section-8.5
 */
export const withCookiesOfPort =
  (port: number, handle: HttpHandler): HttpHandler =>
  async (request) => {
    const suffix = `~${port}`;
    const own = (request.headers.get('cookie') ?? [])
      .flatMap((header) => header.split(';'))
      .flatMap((pair) => {
        const [name = '', ...value] = pair.trim().split('=');
        if (name.endsWith(suffix)) {
          return [`${name.slice(0, -suffix.length)}=${value.join('=')}`];
        }
        // Of another port, or of a client that writes its cookies itself.
        return /~\d+$/.test(name) ? [] : [pair.trim()];
      });
    const headers = new Map(request.headers);
    headers.delete('cookie');
    const answer = await handle({
      ...request,
      headers: own.length === 0 ? headers : headers.set('cookie', [own.join('; ')]),
    });
    const set = answer.headers.get('set-cookie');
    return set === undefined
      ? answer
      : {
          ...answer,
          headers: new Map(answer.headers).set(
            'set-cookie',
            set.map((cookie) => cookie.replace('=', `${suffix}=`)),
          ),
        };
  };
