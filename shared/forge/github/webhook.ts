/** Verifies and parses GitHub's deliveries. */
import { verify } from '@octokit/webhooks-methods';
import { z } from 'zod';
import { asId, type InstallationId } from '../../domain/ids.ts';
import { WebhookFormatError, type WebhookReader } from '../forge.ts';
import { forgeNumber } from './schema.ts';
import { eventName, rowOf } from './webhook-table.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const actionSchema = z.object({ action: z.string() });
const installationIdSchema = z.object({
  installation: z.object({ id: forgeNumber.transform((id) => asId<InstallationId>(id)) }).optional(),
});

export const webhooks: WebhookReader = {
  async verify(body, headers, secret) {
    const signature = headers['x-hub-signature-256'];
    const text = decode(body);
    if (!signature || !text) {
      return false;
    }
    return verify(secret, text, signature);
  },

  parse(body, headers) {
    const event = required(headers, 'x-github-event');
    const deliveryId = required(headers, 'x-github-delivery');
    const payload = parseJson(body, event);
    const action = actionSchema.safeParse(payload).data?.action;
    const row = rowOf(event, action);
    try {
      return {
        deliveryId,
        event: eventName(event, action),
        installation: installationIdSchema.parse(payload).installation?.id,
        removals: 'read' in row ? (row.removed?.(payload) ?? []) : [],
        arrivals: 'read' in row ? (row.added?.(payload) ?? []) : [],
        ...('read' in row && row.deleted ? { deleted: row.deleted(payload) } : {}),
        hints: 'read' in row ? row.read(payload) : [],
      };
    } catch (error) {
      if (!(error instanceof z.ZodError)) {
        throw error;
      }
      const places = error.issues.map((issue) => issue.path.join('.') || '(the whole)');
      throw new WebhookFormatError(`a ${event} event lacks ${places.join(', ')}`);
    }
  },
};

function required(headers: Headers, name: string): string {
  const value = headers[name];
  if (!value) {
    throw new WebhookFormatError(`a delivery lacks the header ${name}`);
  }
  return value;
}

/** The raw bytes as text, so that signing the text signs the bytes; undefined if they are not UTF-8. */
function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function parseJson(body: Uint8Array, event: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new WebhookFormatError(`a ${event} event is not JSON`);
  }
}
