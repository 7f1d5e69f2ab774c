/** The operator's secret of integrations. */
import { parseIntegrations } from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import { required } from '../runtime/config.ts';
import { createSecretReader } from './clients.ts';

/** Reads it once per execution environment; a failed read is tried again by the next caller. */
export function createIntegrations(): () => Promise<readonly Integration[]> {
  const secret = createSecretReader();
  let known: Promise<readonly Integration[]> | undefined;
  return () => {
    known ??= secret(required('integrationsSecretArn')).then(parseIntegrations);
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}
