/** Takes credentials out of what programs print. */
import type { Secret } from '../runtime/secret.ts';

const hidden = '[redacted]';

/** Shorter ones would take harmless text with them, and no secret is as short. */
const shortest = 4;

/** The text without the secrets, as they are, in base64, escaped for URLs; and without user names and passwords of URLs. */
export function scrub(text: string, secrets: readonly Secret<string>[]): string {
  const forms = secrets
    .flatMap((secret) => formsOf(secret.reveal()))
    .filter(({ length }) => length >= shortest)
    // The longest first: one may contain another.
    .sort((one, other) => other.length - one.length);
  return forms
    .reduce((rest, form) => rest.replaceAll(form, hidden), text)
    .replace(/(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '');
}

const formsOf = (secret: string): string[] => [
  ...new Set([
    secret,
    ...secret.split('\n').map((line) => line.trim()),
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
  ]),
];
