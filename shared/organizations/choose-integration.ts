/** Which integration somebody means. */
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import type { Integration } from '../forge/module.ts';

/**
 * The integration of the forge and host, or the only one that fits what was said.
 *
 * @throws CallerError when none fits, or more than one; it names those that there are
 */
export function chooseIntegration(
  integrations: readonly Integration[],
  { forge, baseUrl }: Partial<{ [Key in keyof ForgeHost]: ForgeHost[Key] | undefined }>,
): Integration {
  const fitting = integrations.filter(
    (one) =>
      (forge === undefined || one.forge === forge) &&
      (baseUrl === undefined || one.settings.baseUrl === baseUrl.replace(/\/+$/, '')),
  );
  const [found, ...others] = fitting;
  if (found !== undefined && others.length === 0) {
    return found;
  }
  const list = (some: readonly Integration[]): string =>
    some.map((one) => `${one.forge} at ${one.settings.baseUrl}`).join(', ');
  if (found !== undefined) {
    throw new CallerError('invalid', `say which forge: ${list(fitting)}`);
  }
  throw new CallerError(
    'not-found',
    integrations.length === 0
      ? 'this installation knows no forge yet: its operator writes an integration into the secret of integrations'
      : `there is no such integration; there are: ${list(integrations)}`,
  );
}
