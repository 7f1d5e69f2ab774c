/** The operator's secret of integrations. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Integrations, IntegrationsError, parseIntegrations } from '../forge/integrations.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { required } from '../runtime/config.ts';
import type { Logger } from '../runtime/logger.ts';
import { readSecret } from './clients.ts';

/** The secret as this process knows it. */
export interface IntegrationsReader {
  /** @throws Error when it cannot be read, and never was */
  current(): Promise<Integrations>;
  /** As it was some seconds ago at the most: for whoever is about to refuse something. @throws as `current` */
  newest(): Promise<Integrations>;
}

/** A changed secret is seen after so long by everybody, … */
const currentMs = 60_000;
/** … and by whoever would refuse a delivery for it; milliseconds. */
const newestMs = 5_000;

export interface IntegrationsDependencies {
  readonly logger: Pick<Logger, 'error'>;
  readonly clock?: Clock;
  /** Reads the secret's text. */
  readonly read?: () => Promise<string>;
}

/** Keeps what was read last when the secret cannot be read, or is no list. */
export function createIntegrations({
  logger,
  clock = systemClock,
  read = secretText(),
}: IntegrationsDependencies): IntegrationsReader {
  let known: { readonly text: string | undefined; readonly integrations: Integrations } | undefined;
  let askedAt = 0;
  let asking: Promise<Integrations> | undefined;

  async function readAgain(): Promise<Integrations> {
    try {
      const text = await read();
      if (known?.text !== text) {
        known = { text, integrations: parseIntegrations(text) };
        for (const invalid of known.integrations.invalid) {
          logger.error('an integration entry cannot be used', { ...invalid });
        }
      }
      return known.integrations;
    } catch (error) {
      logger.error('the integrations secret cannot be read', { error });
      if (known === undefined && error instanceof IntegrationsError) {
        known = { text: undefined, integrations: { valid: [], invalid: [{ problem: error.message }] } };
      }
      if (known === undefined) {
        throw error;
      }
      return known.integrations;
    }
  }

  async function within(ageMaxMs: number): Promise<Integrations> {
    const now = clock.now();
    if (known !== undefined && now < askedAt + ageMaxMs) {
      return known.integrations;
    }
    if (asking === undefined) {
      askedAt = now;
      asking = readAgain().finally(() => {
        asking = undefined;
      });
    }
    return asking;
  }

  return { current: () => within(currentMs), newest: () => within(newestMs) };
}

function secretText(): () => Promise<string> {
  const client = new SecretsManagerClient({});
  return () => readSecret(client, required('integrationsSecretArn'));
}
