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
 * @throws UnusableIntegrationError when it cannot be used: nothing is written
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
    if (entries.some((one) => isDeepStrictEqual(one, entry))) {
      return usable(integrations, integrations, host);
    }
    if (isTaken(integrations, host)) {
      throw taken(host);
    }
    const changed = JSON.stringify([...entries, entry]);
    // Before it is written: what a code host answers must not put others out of use.
    const integration = usable(parsed(changed), integrations, host);
    if (await integrationsSecret.replace(changed, version)) {
      return integration;
    }
  }
  throw new CallerError('too-early', 'the integrations are being changed by others; try again');
}

/** What a code host registered is no valid integration here, and never will be. */
export class UnusableIntegrationError extends CallerError {}

/**
 * The integration for the host.
 *
 * @throws UnusableIntegrationError when it is invalid in the changed list, or one that was valid before is not any more
 */
function usable(changed: Integrations, before: Integrations, host: ForgeHost): Integration {
  const at = ({ forge, baseUrl }: ForgeHost) =>
    changed.valid.find((one) => one.forge === forge && one.settings.baseUrl === baseUrl);
  const integration = at(host);
  const isLost = before.valid.some(
    ({ forge, settings }) => at({ forge, baseUrl: settings.baseUrl }) === undefined,
  );
  if (integration !== undefined && !isLost) {
    return integration;
  }
  const problems = changed.invalid.slice(before.invalid.length).map(({ problem }) => problem);
  const text = `what ${host.baseUrl} registered cannot be used; begin again: ${problems.join('; ')}`;
  throw new UnusableIntegrationError('conflict', text);
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
