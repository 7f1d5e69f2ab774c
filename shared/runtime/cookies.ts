/** Cookies as a browser is told of them. */

/**
 * A cookie of this host alone, whichever page sets it, and of no script: `__Host-` has browsers refuse one that another host or an
 * unencrypted page wants to set. `Lax`: the code host's redirect back to us is to bring it, a form of another site is not.
 *
 * https://www.rfc-editor.org/rfc/rfc6265 and its successor, section 4.1.3.2:
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2
 *
 * @param name begins with `__Host-`
 * @param value of characters that need no encoding
 * @param maxAgeMs rounded down to seconds
 */
export function hostCookie(name: `__Host-${string}`, value: string, maxAgeMs: number): string {
  const maxAge = Math.max(0, Math.floor(maxAgeMs / 1000));
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Lax`;
}

/** Has the browser forget the cookie. */
export const forgottenCookie = (name: `__Host-${string}`): string => hostCookie(name, '', 0);
