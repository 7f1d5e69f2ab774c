/** Adds an integration to the operator's secret, beside whatever others write there. */
import { isDeepStrictEqual } from 'node:util';
import { CallerError } from '../domain/caller-error.ts';
import type { ForgeHost } from '../domain/synchronization.ts';
import {
  type Integrations,
  IntegrationsError,
  type IntegrationsSecret,
  parseIntegrations,
} from '../forge/integrations.ts';
import type { Integration } from '../forge/module.ts';
import type { RegisteredIntegration } from '../forge/registration.ts';

interface SecretDependencies {
  readonly integrationsSecret: IntegrationsSecret;
}

/** Tries, while others write the secret. */
const triesMax = 8;

/** @throws CallerError `conflict` when there is an integration for the host, or the secret is no list: nothing of it is written over */
export async function checkFree({ integrationsSecret }: SecretDependencies, host: ForgeHost): Promise<void> {
  if (isTaken(parsed((await integrationsSecret.read()).text), host)) {
    throw taken(host);
  }
}

/**
 * Adds the entry. One that is there already, as after a request that died, is not added again.
 *
 * @throws CallerError as `checkFree`, or when others write the secret again and again
 */
export async function addIntegration(
  { integrationsSecret }: SecretDependencies,
  host: ForgeHost,
  { settings, secrets }: RegisteredIntegration,
): Promise<Integration> {
  const entry = { forge: host.forge, settings, secrets };
  for (let tries = 0; tries < triesMax; tries++) {
    const { text, version } = await integrationsSecret.read();
    const integrations = parsed(text);
    // `parsed` has made sure that it is a list.
    const entries = JSON.parse(text) as readonly unknown[];
    if (!entries.some((one) => isDeepStrictEqual(one, entry))) {
      if (isTaken(integrations, host)) {
        throw taken(host);
      }
      if (!(await integrationsSecret.replace(JSON.stringify([...entries, entry]), version))) {
        continue;
      }
    }
    const [integration] = parseIntegrations(JSON.stringify([entry])).valid;
    if (integration === undefined) {
      throw new CallerError('conflict', `what ${host.baseUrl} registered cannot be used`);
    }
    return integration;
  }
  throw new CallerError('too-early', 'the integrations are being changed by others; try again');
}

function parsed(text: string): Integrations {
  try {
    return parseIntegrations(text);
  } catch (error) {
    throw error instanceof IntegrationsError
      ? new CallerError('conflict', `the operator has to mend the integrations: ${error.message}`, {
          cause: error,
        })
      : error;
  }
}

const isTaken = ({ valid, invalid }: Integrations, { forge, baseUrl }: ForgeHost): boolean =>
  valid.some((one) => one.forge === forge && one.settings.baseUrl === baseUrl) ||
  invalid.some((one) => one.forge === forge && one.baseUrl === baseUrl);

const taken = ({ baseUrl }: ForgeHost): CallerError =>
  new CallerError('conflict', `there is an integration for ${baseUrl} already`);
