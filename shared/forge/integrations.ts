/** Parses the integrations, the forges of this installation, from the operator's secret. */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import { ForgeError } from './errors.ts';
import { integrationKeyOf } from './integration-key.ts';
import type { Integration } from './module.ts';
import { findModule, modules } from './modules.ts';

/** One entry of the JSON list. The forge's module has the schemas of `settings` and `secrets`. */
const Entry = z.strictObject({ forge: z.string(), settings: z.unknown(), secrets: z.unknown() });

/** An entry that cannot be used. Contains no secret. */
export interface InvalidIntegration {
  /** Counts from 1; undefined when the whole text is not a list. */
  readonly entry?: number | undefined;
  /** The fields that could be read. */
  readonly forge?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** What is wrong, as text for the operator. */
  readonly problem: string;
}

/** The parsed secret. An invalid entry does not affect the others. */
export interface Integrations {
  readonly valid: readonly Integration[];
  readonly invalid: readonly InvalidIntegration[];
  /** As they were before the last change, if that is less than an hour ago: deliveries may still be signed with their secrets. */
  readonly replaced?: readonly Integration[];
}

/** The operator's secret itself: a JSON list. */
export interface IntegrationsSecret {
  /** The text with the name of its version. */
  read(): Promise<{ readonly text: string; readonly version: string }>;
  /**
   * Writes the text in the place of the version that was read.
   *
   * @returns false, with nothing changed, when another version was written since
   */
  replace(text: string, version: string): Promise<boolean>;
}

/** The whole text cannot be parsed. */
export class IntegrationsError extends Error {
  override readonly name = 'IntegrationsError';
}

type ParsedEntry = { readonly entry: number } & (
  | { readonly integration: Integration }
  | { readonly invalid: InvalidIntegration }
);

/**
 * Parses the operator's text.
 *
 * @throws IntegrationsError when it is not a list; the message contains no secret
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

/** zod's messages contain paths and types, never values. */
function problemsOf(what: string, { issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`);
  return `${what}: ${problems.join('; ')}`;
}

/**
 * Finds a conflict with another entry of the same forge. Of two for one host the first is used. Of two with the same webhook secret neither
 * is used: a delivery could be attributed to the other host.
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

/** The secrets that deliveries to the integration itself may be signed with: the current one first, then the previous one. */
function webhookSecretsOf({ secrets }: Pick<Integration, 'secrets'>): readonly string[] {
  return [secrets.webhookSecret, secrets.previousWebhookSecret].filter((secret) => secret !== undefined);
}

/**
 * The secrets that a delivery to the integration may be signed with now. One that was replaced by the last change counts too, for an hour,
 * unless another integration of the forge has it now.
 */
export function acceptedWebhookSecrets(
  { valid, replaced = [] }: Pick<Integrations, 'valid' | 'replaced'>,
  integration: Integration,
): readonly string[] {
  const sameForge = ({ forge }: Integration): boolean => forge === integration.forge;
  const others = valid.filter((one) => one !== integration && sameForge(one)).flatMap(webhookSecretsOf);
  const before = replaced
    .filter((one) => sameForge(one) && one.settings.baseUrl === integration.settings.baseUrl)
    .flatMap(webhookSecretsOf)
    .filter((secret) => !others.includes(secret));
  return [...new Set([...webhookSecretsOf(integration), ...before])];
}

/**
 * The integration of a forge's host.
 *
 * @throws ForgeError `credential-rejected` when there is none, or its entry cannot be used; the message says which
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

/** The valid integration with this key (`integrationKeyOf`). */
export const findIntegration = ({ valid }: Integrations, key: string): Integration | undefined =>
  valid.find(({ forge, settings }) => integrationKeyOf({ forge, baseUrl: settings.baseUrl }) === key);

/** The entry and what is wrong with it, as text. */
export const invalidText = ({ entry, forge, problem }: InvalidIntegration): string =>
  entry === undefined ? problem : `entry ${entry}${forge === undefined ? '' : ` (${forge})`}: ${problem}`;
