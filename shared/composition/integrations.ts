/** Reads the operator's secret with the integrations. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  type Integrations,
  IntegrationsError,
  type IntegrationsSecret,
  parseIntegrations,
} from '../forge/integrations.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { required } from '../runtime/config.ts';
import type { Logger } from '../runtime/logger.ts';
import { readSecret } from './clients.ts';

/** The integrations as this process knows them. */
export interface IntegrationsReader {
  /** @throws Error when they cannot be read, and never could be */
  current(): Promise<Integrations>;
  /** At most a few seconds old: to be checked before something is refused. @throws as `current` */
  newest(): Promise<Integrations>;
}

/** The longest time until a changed secret is noticed, … */
const currentMs = 60_000;
/** … and before a delivery is refused; milliseconds. */
const newestMs = 5_000;

export interface IntegrationsDependencies {
  readonly logger: Pick<Logger, 'error'>;
  readonly clock?: Clock;
  /** Reads the secret's text. */
  readonly read?: () => Promise<string>;
}

/** Keeps the last valid integrations when the secret cannot be read, or is not a list. */
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

/** The operator's secret itself, for adding an integration to it. */
export function integrationsSecret(): IntegrationsSecret {
  const client = new SecretsManagerClient({});
  return {
    read: () => readSecret(client, required('integrationsSecretArn')),
    async write(text) {
      const SecretId = required('integrationsSecretArn');
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: text }));
    },
  };
}
