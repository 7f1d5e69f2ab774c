/** Reads the operator's secret with the integrations. */
import {
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
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
  /** They were changed just now: whoever asks next gets them read again. */
  changed(): void;
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

  return {
    current: () => within(currentMs),
    newest: () => within(newestMs),
    changed() {
      askedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function secretText(): () => Promise<string> {
  const client = new SecretsManagerClient({});
  return () => readSecret(client, required('integrationsSecretArn'));
}

/** The label of a version that is about to become the current one. */
const pendingLabel = 'REPERTOIRE_PENDING';

/**
 * The operator's secret itself, for adding an integration to it. A new version is stored beside the current one first. Then the label of the
 * current version is moved to it, which Secrets Manager refuses when the label is not where it was read:
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function integrationsSecret(client = new SecretsManagerClient({})): IntegrationsSecret {
  const read: IntegrationsSecret['read'] = async () => {
    const { SecretString: text, VersionId: version } = await client.send(
      new GetSecretValueCommand({ SecretId: required('integrationsSecretArn') }),
    );
    if (text === undefined || version === undefined) {
      throw new Error('the secret of the integrations has no string');
    }
    return { text, version };
  };
  return {
    read,
    async replace(text, version) {
      const SecretId = required('integrationsSecretArn');
      const { VersionId: added } = await client.send(
        new PutSecretValueCommand({ SecretId, SecretString: text, VersionStages: [pendingLabel] }),
      );
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage: 'AWSCURRENT',
            RemoveFromVersionId: version,
            MoveToVersionId: added,
          }),
        );
        return true;
      } catch (error) {
        // Another write has moved the label, or is about to: what it moved the pending label from may be gone.
        const isOvertaken =
          error instanceof ResourceNotFoundException ||
          (error instanceof InvalidParameterException && (await read()).version !== version);
        if (isOvertaken) {
          return false;
        }
        throw error;
      }
    },
  };
}
