/** Resolves which integration a command refers to. */
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import { BaseUrl } from '../forge/base-url.ts';
import { type Integrations, invalidText } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';

/**
 * The integration of the given forge and host; either may be left out if only one integration fits.
 *
 * @throws CallerError when none fits, or more than one; it lists the candidates
 */
export function chooseIntegration(
  { valid, invalid }: Integrations,
  { forge, baseUrl }: Partial<{ [Key in keyof ForgeHost]: ForgeHost[Key] | undefined }>,
): Integration {
  const host = baseUrl === undefined ? undefined : (BaseUrl.safeParse(baseUrl).data ?? baseUrl);
  const fitting = valid.filter(
    (one) =>
      (forge === undefined || one.forge === forge) && (host === undefined || one.settings.baseUrl === host),
  );
  const [found, ...others] = fitting;
  if (found !== undefined && others.length === 0) {
    return found;
  }
  const list = (some: readonly Integration[]): string =>
    some.map((one) => `${one.forge} at ${one.settings.baseUrl}`).join(', ');
  if (found !== undefined) {
    throw new CallerError('invalid', `several integrations match; choose one: ${list(fitting)}`);
  }
  const broken = invalid.length === 0 ? '' : `; invalid: ${invalid.map(invalidText).join('; ')}`;
  throw new CallerError(
    'not-found',
    valid.length === 0
      ? `no forge is configured yet: add an integration to the integrations secret${broken}`
      : `unknown integration; configured: ${list(valid)}${broken}`,
  );
}
