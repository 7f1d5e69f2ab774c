/** Reads secrets that may be rotated while functions run: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html */
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../runtime/clock.ts';
import { isSameSecret } from '../runtime/constant-time.ts';

/** How long after a rotation the secret before it is accepted, so that both sides need not change at once; milliseconds. */
const previousAcceptedMs = 60 * 60_000;

/** A secret's text, and the one before it for as long as that is accepted. */
export interface SecretVersions {
  readonly current: string;
  readonly previous?: { readonly text: string; readonly until: number } | undefined;
}

/** One request, and another in the first hour of a version. @throws Error when the secret cannot be read, or has no string */
export async function readSecretVersions(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  now: number,
): Promise<SecretVersions> {
  const { SecretString: current, CreatedDate: since } = await client.send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  if (current === undefined) {
    throw new Error('a secret has no string');
  }
  const until = (since?.getTime() ?? 0) + previousAcceptedMs;
  const text = now < until ? await previousOf(client, arn) : undefined;
  return { current, previous: text === undefined ? undefined : { text, until } };
}

async function previousOf(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
): Promise<string | undefined> {
  try {
    const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPREVIOUS' });
    return (await client.send(command)).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

/** How long what was read is used. */
const usedMs = 5 * 60_000;
/** The shortest time between two reads because something was refused: requests of strangers cause them. */
const betweenRefusalsMs = 60_000;

/** Whether a text is the secret, compared in constant time. @throws Error when the secret cannot be read, and never could be */
export type SecretCheck = (given: string) => Promise<boolean>;

/**
 * Checks what callers show. Reads the secret again after five minutes, and before something is refused, at most once a minute for that.
 * Goes on with what it knows while the secret cannot be read.
 *
 * @param acceptsPrevious whether the secret before a rotation is accepted for an hour
 */
export function createSecretCheck(
  read: () => Promise<SecretVersions>,
  clock: Clock,
  { acceptsPrevious = true }: { readonly acceptsPrevious?: boolean } = {},
): SecretCheck {
  let known: SecretVersions | undefined;
  let readAt = 0;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<SecretVersions> | undefined;

  function readAgain(): Promise<SecretVersions> {
    reading ??= read()
      .catch((error: unknown) => {
        if (known === undefined) {
          throw error;
        }
        return known;
      })
      .then((versions) => {
        known = versions;
        readAt = clock.now();
        return versions;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  const isOneOf = ({ current, previous }: SecretVersions, given: string): boolean => {
    const isCurrent = isSameSecret(given, current);
    const isPrevious =
      acceptsPrevious &&
      previous !== undefined &&
      clock.now() < previous.until &&
      isSameSecret(given, previous.text);
    return isCurrent || isPrevious;
  };

  return async (given) => {
    if (given === '') {
      return false;
    }
    if (known === undefined || clock.now() >= readAt + usedMs) {
      return isOneOf(await readAgain(), given);
    }
    if (isOneOf(known, given)) {
      return true;
    }
    if (reading === undefined) {
      if (clock.now() < refusedAt + betweenRefusalsMs) {
        return false;
      }
      refusedAt = clock.now();
    }
    return isOneOf(await readAgain(), given);
  };
}
