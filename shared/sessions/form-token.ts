/**
 * Proof that a form comes from a page of ours: bound to the session, and with the origin check what keeps other sites from acting as the person.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#employing-hmac-csrf-tokens
 */
import { createHmac } from 'node:crypto';
import type { SessionId } from '../domain/ids.ts';
import { isSameSecret } from '../runtime/constant-time.ts';
import { currentKey, keyNamed, type SessionDependencies, type SessionKey } from './session-keys.ts';

/** The token for the forms of the session's pages. It counts as long as the session. */
export async function formTokenFor(dependencies: SessionDependencies, session: SessionId): Promise<string> {
  return tokenBy(await currentKey(dependencies, 'form-token'), session);
}

/** Whether the token is one of that session's. */
export async function isFormToken(
  dependencies: SessionDependencies,
  session: SessionId,
  token: string,
): Promise<boolean> {
  const key = await keyNamed(dependencies, token.split('.')[0], 'form-token');
  return key !== undefined && isSameSecret(token, tokenBy(key, session));
}

const tokenBy = ({ id, bytes }: SessionKey, session: SessionId): string =>
  `${id}.${createHmac('sha256', bytes).update(session).digest('base64url')}`;
