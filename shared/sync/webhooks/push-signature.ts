/** Whether a delivery to the hook of a repository at a URL has the hook's secret. Pure. */
import { createHmac } from 'node:crypto';
import { isSameSecret } from '../../runtime/constant-time.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** The header of ours in which a script sends the secret itself, as `curl` of a `post-receive` hook does. */
export const secretHeader = 'x-repertoire-secret';

/** Headers with the HMAC-SHA256 of the raw body in hex, and what stands before it. */
const signatures: readonly (readonly [header: string, prefix: string])[] = [
  // https://forgejo.org/docs/latest/user/webhooks/
  ['x-forgejo-signature', ''],
  // https://docs.gitea.com/usage/webhooks
  ['x-gitea-signature', ''],
  // Gitea and Forgejo send it too, and others send it alone.
  ['x-hub-signature-256', 'sha256='],
];

/**
 * The first header that is there decides: a wrong one is not made up for by another.
 *
 * @param body as it came, byte by byte
 */
export function hasPushSecret(body: Uint8Array, headers: Headers, secret: string): boolean {
  for (const [header, prefix] of signatures) {
    const given = headers[header];
    if (given !== undefined) {
      return isSameSecret(given, prefix + createHmac('sha256', secret).update(body).digest('hex'));
    }
  }
  const given = headers[secretHeader];
  return given !== undefined && isSameSecret(given, secret);
}
