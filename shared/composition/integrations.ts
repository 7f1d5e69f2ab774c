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
import { readSecretVersions, type SecretVersions } from './secret-versions.ts';

/** The integrations as this process knows them. */
export interface IntegrationsReader {
  /** @throws Error when they cannot be read, and never could be */
  current(): Promise<Integrations>;
  /** At most a few seconds old: before a person is told that there is none. @throws as `current` */
  newest(): Promise<Integrations>;
  /** Read again before a delivery is refused, but only once a minute, since anybody can send deliveries. @throws as `current` */
  beforeRefusal(): Promise<Integrations>;
  /** They were changed just now: whoever asks next gets them read again. */
  changed(): void;
}

/** The longest time until a changed secret is noticed, … */
const currentMs = 60_000;
/** … before a person is told that there is no such integration, … */
const newestMs = 5_000;
/** … and between two reads because of refused deliveries; milliseconds. */
const betweenRefusalsMs = 60_000;

export interface IntegrationsDependencies {
  readonly logger: Pick<Logger, 'error'>;
  readonly clock?: Clock;
  /** Reads the secret's text, and the one before it. */
  readonly read?: () => Promise<SecretVersions>;
}

/** Keeps the last valid integrations when the secret cannot be read, or is not a list. */
export function createIntegrations({
  logger,
  clock = systemClock,
  read = secretText(clock),
}: IntegrationsDependencies): IntegrationsReader {
  let known: Known | undefined;
  let askedAt = 0;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<Integrations> | undefined;

  async function readAgain(): Promise<Integrations> {
    try {
      const { current: text, previous } = await read();
      const replaced = replacedBy(previous);
      if (known?.text === text) {
        known = { ...known, replaced };
      } else {
        known = { text, integrations: parseIntegrations(text), replaced };
        for (const invalid of known.integrations.invalid) {
          logger.error('an integration entry cannot be used', { ...invalid });
        }
      }
      return known.integrations;
    } catch (error) {
      logger.error('the integrations secret cannot be read', { error });
      if (known === undefined && error instanceof IntegrationsError) {
        const integrations = { valid: [], invalid: [{ problem: error.message }] };
        known = { text: undefined, integrations, replaced: undefined };
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

  /** With what was replaced less than an hour ago. */
  async function withReplaced(integrations: Promise<Integrations>): Promise<Integrations> {
    const found = await integrations;
    const replaced = known?.replaced;
    return replaced === undefined || clock.now() >= replaced.until
      ? found
      : { ...found, replaced: replaced.valid };
  }

  return {
    current: () => withReplaced(within(currentMs)),
    newest: () => withReplaced(within(newestMs)),
    async beforeRefusal() {
      const isDue = clock.now() >= refusedAt + betweenRefusalsMs;
      if (isDue) {
        refusedAt = clock.now();
      }
      return withReplaced(within(isDue ? 0 : currentMs));
    },
    changed() {
      askedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

interface Known {
  /** Undefined for one that is no list. */
  readonly text: string | undefined;
  readonly integrations: Integrations;
  readonly replaced: { readonly valid: Integrations['valid']; readonly until: number } | undefined;
}

/** What the text before was; nothing if it was no list. */
function replacedBy(previous: SecretVersions['previous']): Known['replaced'] {
  try {
    return previous && { valid: parseIntegrations(previous.text).valid, until: previous.until };
  } catch {
    return undefined;
  }
}

function secretText(clock: Clock): () => Promise<SecretVersions> {
  const client = new SecretsManagerClient({});
  return () => readSecretVersions(client, required('integrationsSecretArn'), clock.now());
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
