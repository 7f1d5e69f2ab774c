/** Verifies and parses GitLab's deliveries. https://docs.gitlab.com/user/project/integrations/webhooks/ */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { WebhookFormatError, type WebhookReader } from '../forge.ts';
import { rowOf } from './webhook-table.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const eventSchema = z.object({ event_name: z.string().optional(), object_kind: z.string().optional() });

/** An event as its payload calls it, such as `user_add_to_group`; undefined where it does not. */
export function eventName(payload: unknown): string | undefined {
  const { event_name: name, object_kind: kind } = eventSchema.safeParse(payload).data ?? {};
  return name ?? kind;
}

const isSame = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

const isSigned = (headers: Headers): boolean => headers['webhook-signature'] !== undefined;

/**
 * The signatures that the header lists, of Standard Webhooks: HMAC-SHA256 over id, time and body, since GitLab 19.0. The key is the base64
 * after `whsec_`. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function hasSignature(body: Uint8Array, headers: Headers, secret: string): boolean {
  const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']];
  const key = /^whsec_([A-Za-z0-9+/=]+)$/.exec(secret)?.[1];
  if (id === undefined || time === undefined || key === undefined) {
    return false;
  }
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const wanted = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest();
  return (headers['webhook-signature'] ?? '')
    .split(' ')
    .map((one) => /^v1,(.+)$/.exec(one)?.[1])
    .some((given) => given !== undefined && isSame(Buffer.from(given, 'base64'), wanted));
}

export const webhooks: WebhookReader = {
  /** A hook has one secret for both: the signing token where GitLab signs, else sent along as it is. */
  async verify(body, headers, secret) {
    if (isSigned(headers)) {
      return hasSignature(body, headers, secret);
    }
    const token = headers['x-gitlab-token'];
    return token !== undefined && isSame(Buffer.from(token), Buffer.from(secret));
  },

  parse(body, headers) {
    const payload = parseJson(body);
    const event = eventName(payload) ?? 'unnamed';
    const row = rowOf(event);
    try {
      const { removed, added, deleted, read } = 'read' in row ? row : {};
      return {
        deliveryId: deliveryIdOf(headers),
        event,
        installation: undefined,
        ...happenedAt(headers),
        removals: removed === undefined ? [] : [{ key: removed(payload), expect: 'gone' as const }],
        arrivals: added === undefined ? [] : [{ key: added(payload), expect: 'there' as const }],
        ...(deleted && { deleted: [deleted(payload)] }),
        hints: read?.(payload) ?? [],
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

/**
 * The same for each attempt: the id that is signed, else `Idempotency-Key`, which the signature does not cover, since 17.4. Older versions only
 * number attempts. https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
 */
export const idOfAttempt = (headers: Headers): string | undefined =>
  isSigned(headers) ? headers['webhook-id'] : headers['idempotency-key'];

function deliveryIdOf(headers: Headers): string {
  const id = idOfAttempt(headers) ?? headers['x-gitlab-event-uuid'];
  if (!id) {
    throw new WebhookFormatError('a delivery has no id');
  }
  return id;
}

/** The time of the delivery in seconds, where it is signed. */
function happenedAt(headers: Headers): { readonly happenedAt?: number } {
  const time = headers['webhook-timestamp'];
  return isSigned(headers) && time !== undefined && /^\d{1,12}$/.test(time)
    ? { happenedAt: Number(time) * 1000 }
    : {};
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new WebhookFormatError('a delivery is not JSON');
  }
}
