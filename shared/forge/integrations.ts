/** The forges that this installation knows, as its operator wrote them down in one secret. */
import { z } from 'zod';
import type { Integration } from './module.ts';
import { findModule, modules } from './modules.ts';

/** JSON: a list of `{"forge", "settings", "secrets"}`; what the latter two hold is the forge's own. */
const Entries = z.array(z.strictObject({ forge: z.string(), settings: z.unknown(), secrets: z.unknown() }));

/**
 * Reads the operator's text.
 *
 * @throws Error that says which entry is wrong and where; it holds nothing of what is secret
 */
export function parseIntegrations(text: string): readonly Integration[] {
  const entries = checked(Entries, parseJson(text), 'the list');
  const integrations = entries.map((entry, place) => {
    const name = `entry ${place + 1} (${entry.forge})`;
    const module = findModule(entry.forge);
    if (module === undefined) {
      const known = modules.map(({ id }) => id).join(', ');
      throw new Error(`the integrations cannot be read: ${name} is no forge; there are: ${known}`);
    }
    return {
      forge: entry.forge,
      settings: checked(module.settings, entry.settings, `the settings of ${name}`),
      secrets: checked(module.secrets, entry.secrets, `the secrets of ${name}`),
    };
  });
  for (const [place, { forge, settings }] of integrations.entries()) {
    const twin = integrations.findIndex(
      (other) => other.forge === forge && other.settings.baseUrl === settings.baseUrl,
    );
    if (twin !== place) {
      throw new Error(
        `the integrations cannot be read: entries ${twin + 1} and ${place + 1} are both ${forge} at ${settings.baseUrl}`,
      );
    }
  }
  return integrations;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw new Error('the integrations cannot be read: the secret is no JSON');
  }
}

/** zod's messages name places and kinds, never values. */
function checked<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`);
    throw new Error(`the integrations cannot be read: ${what}: ${problems.join('; ')}`);
  }
  return result.data;
}

/** The integration of a forge's host. */
export function integrationOf(
  integrations: readonly Integration[],
  { forge, baseUrl }: { readonly forge: string; readonly baseUrl: string },
): Integration | undefined {
  return integrations.find((one) => one.forge === forge && one.settings.baseUrl === baseUrl);
}
