/** The forges that this installation knows, as its operator wrote them down in one secret. */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from './errors.ts';
import { integrationKeyOf } from './integration-key.ts';
import type { Integration } from './module.ts';
import { findModule, modules } from './modules.ts';

/** JSON: a list of `{"forge", "settings", "secrets"}`; what the latter two hold is the forge's own. */
const Entry = z.strictObject({ forge: z.string(), settings: z.unknown(), secrets: z.unknown() });

/** An entry of the secret that cannot be used. It holds nothing of what is secret. */
export interface InvalidIntegration {
  /** Counts from 1; undefined when the whole text is no list. */
  readonly entry?: number | undefined;
  /** As far as they could be read. */
  readonly forge?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** What is wrong, for the operator. */
  readonly problem: string;
}

/** What the secret says. An entry that is wrong stands in the way of no other. */
export interface Integrations {
  readonly valid: readonly Integration[];
  readonly invalid: readonly InvalidIntegration[];
}

/** The whole text is none. */
export class IntegrationsError extends Error {
  override readonly name = 'IntegrationsError';
}

type ParsedEntry = { readonly entry: number } & (
  | { readonly integration: Integration }
  | { readonly invalid: InvalidIntegration }
);

/**
 * Reads the operator's text.
 *
 * @throws IntegrationsError when it is no list; it holds nothing of what is secret
 */
export function parseIntegrations(text: string): Integrations {
  const list = z.array(z.unknown()).safeParse(parseJson(text));
  if (!list.success) {
    throw new IntegrationsError('the secret is not a list');
  }
  const parsed = list.data.map((value, place) => parseEntry(value, place + 1));
  const valid: Integration[] = [];
  const invalid: InvalidIntegration[] = [];
  for (const one of parsed) {
    const problem = 'invalid' in one ? one.invalid : clashOf(one, parsed);
    if (problem !== undefined) {
      invalid.push(problem);
    } else if ('integration' in one) {
      valid.push(one.integration);
    }
  }
  return { valid, invalid };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new IntegrationsError('the secret is not JSON');
  }
}

function parseEntry(value: unknown, entry: number): ParsedEntry {
  const shape = Entry.safeParse(value);
  if (!shape.success) {
    const forge = z.object({ forge: z.string() }).safeParse(value).data?.forge;
    return { entry, invalid: { entry, forge, problem: problemsOf('the entry', shape.error) } };
  }
  const { forge } = shape.data;
  const module = findModule(forge);
  if (module === undefined) {
    const known = modules.map(({ id }) => id).join(', ');
    return { entry, invalid: { entry, forge, problem: `unknown forge; known forges: ${known}` } };
  }
  const settings = module.settings.safeParse(shape.data.settings);
  if (!settings.success) {
    return { entry, invalid: { entry, forge, problem: problemsOf('the settings', settings.error) } };
  }
  const secrets = module.secrets.safeParse(shape.data.secrets);
  if (!secrets.success) {
    const { baseUrl } = settings.data;
    return { entry, invalid: { entry, forge, baseUrl, problem: problemsOf('the secrets', secrets.error) } };
  }
  return { entry, integration: { forge, settings: settings.data, secrets: secrets.data } };
}

/** zod's messages name places and kinds, never values. */
function problemsOf(what: string, { issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`);
  return `${what}: ${problems.join('; ')}`;
}

/**
 * What an entry may not have in common with another of its forge. Of two for one host the first is used. Of two with the same webhook secret neither is:
 * a delivery would be taken for the other host's.
 */
function clashOf(one: ParsedEntry, all: readonly ParsedEntry[]): InvalidIntegration | undefined {
  if (!('integration' in one)) {
    return undefined;
  }
  const { entry, integration } = one;
  const { forge, settings } = integration;
  for (const other of all) {
    if (other === one || !('integration' in other) || other.integration.forge !== forge) {
      continue;
    }
    const named = { entry, forge, baseUrl: settings.baseUrl };
    if (other.integration.settings.baseUrl === settings.baseUrl) {
      if (other.entry < entry) {
        return { ...named, problem: `entry ${other.entry} is for the same host` };
      }
    } else if (
      webhookSecretsOf(other.integration).some((secret) => webhookSecretsOf(integration).includes(secret))
    ) {
      return { ...named, problem: `entry ${other.entry} has the same webhook secret` };
    }
  }
  return undefined;
}

/** The secrets that deliveries to the integration itself may be signed with: the current one first, then the one before it. */
export function webhookSecretsOf({ secrets }: Pick<Integration, 'secrets'>): readonly string[] {
  return [secrets.webhookSecret, secrets.previousWebhookSecret].filter((secret) => secret !== undefined);
}

/**
 * The integration of a forge's host.
 *
 * @throws ForgeError `credential-rejected` when there is none, or its entry cannot be used; it says which
 */
export function integrationOf({ valid, invalid }: Integrations, { forge, baseUrl }: ForgeHost): Integration {
  const found = valid.find((one) => one.forge === forge && one.settings.baseUrl === baseUrl);
  if (found !== undefined) {
    return found;
  }
  const reasons = invalid
    .filter((one) => (one.forge ?? forge) === forge && (one.baseUrl ?? baseUrl) === baseUrl)
    .map(invalidText);
  throw new ForgeError(
    'credential-rejected',
    reasons.length === 0
      ? `the integration for ${forge} at ${baseUrl} was removed`
      : `the integration for ${forge} at ${baseUrl} is invalid: ${reasons.join('; ')}`,
  );
}

/** The integration that an address names by its key, if it can be used. */
export const findIntegration = ({ valid }: Integrations, key: string): Integration | undefined =>
  valid.find(({ forge, settings }) => integrationKeyOf({ forge, baseUrl: settings.baseUrl }) === key);

/** The entry and what is wrong with it, for people. */
export const invalidText = ({ entry, forge, problem }: InvalidIntegration): string =>
  entry === undefined ? problem : `entry ${entry}${forge === undefined ? '' : ` (${forge})`}: ${problem}`;
