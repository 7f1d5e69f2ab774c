import { CallerError, type CallerErrorCode } from '../domain/caller-error.ts';
import type { ForgeError, ForgeErrorCode } from '../forge/errors.ts';

const codes: Readonly<Record<ForgeErrorCode, CallerErrorCode>> = {
  'credential-rejected': 'forbidden',
  'insufficient-scope': 'forbidden',
  'sso-required': 'forbidden',
  'rate-limited': 'too-early',
  unavailable: 'too-early',
  incomplete: 'too-early',
  'not-found': 'not-found',
  'organization-not-found': 'not-found',
  gone: 'conflict',
  unexpected: 'conflict',
};

/** Turns the forge's error into a CallerError for the caller to read. @param what was to be read */
export function forgeFailure(what: string, { code, message, notBefore }: ForgeError): CallerError {
  const until = notBefore === undefined ? '' : `; not before ${new Date(notBefore).toISOString()}`;
  return new CallerError(codes[code], `${what} could not be read: ${code}: ${message}${until}`, {
    notBefore,
  });
}
