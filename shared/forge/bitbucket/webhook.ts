/** Verifies and parses Bitbucket's deliveries. https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { asId, type ForgeRepositoryId } from '../../domain/ids.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import { type Hint, type ParsedDelivery, WebhookFormatError, type WebhookReader } from '../forge.ts';

const uuid = z
  .string()
  .regex(/^\{[0-9a-f-]{36}\}$/i)
  .transform((text) => asId<ForgeRepositoryId>(text));

const aboutRepository = z.object({ repository: z.object({ uuid }) });
const updated = aboutRepository.extend({
  changes: z.object({ is_private: z.object({ new: z.boolean() }).optional() }).optional(),
});

type Meaning = Pick<ParsedDelivery, 'removals' | 'arrivals' | 'deleted' | 'hints'>;

const nothing: Meaning = { removals: [], arrivals: [], hints: [] };

const keyOf = (repository: ForgeRepositoryId): string => `repository#${repository}`;

const partHint = (repository: ForgeRepositoryId): Hint => ({
  look: 'scope',
  scope: repositoryPart(repository),
});

/** What each event means. None tells of people or permissions. */
const meanings = new Map<string, (payload: unknown) => Meaning>(
  Object.entries({
    'repo:push'(payload) {
      const { uuid: repository } = aboutRepository.parse(payload).repository;
      return { ...nothing, hints: [{ look: 'repository-content', repository }] };
    },
    'repo:created'(payload) {
      const { uuid: repository } = aboutRepository.parse(payload).repository;
      return {
        ...nothing,
        arrivals: [{ key: keyOf(repository), expect: 'there' }],
        hints: [partHint(repository)],
      };
    },
    'repo:deleted'(payload) {
      const { uuid: repository } = aboutRepository.parse(payload).repository;
      return {
        ...nothing,
        removals: [{ key: keyOf(repository), expect: 'gone' }],
        deleted: [repository],
        hints: [partHint(repository)],
      };
    },
    'repo:updated'(payload) {
      const { repository, changes } = updated.parse(payload);
      const key = keyOf(repository.uuid);
      const isPrivate = changes?.is_private?.new;
      return {
        removals: isPrivate === true ? [{ key, expect: 'not-public' }] : [],
        arrivals: isPrivate === false ? [{ key, expect: 'public' }] : [],
        hints: [partHint(repository.uuid)],
      };
    },
    'repo:transfer'(payload) {
      const { uuid: repository } = aboutRepository.parse(payload).repository;
      return { ...nothing, hints: [partHint(repository)] };
    },
  } satisfies Record<string, (payload: unknown) => Meaning>),
);

export const webhooks: WebhookReader = {
  async verify(body, headers, secret) {
    const given = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature'] ?? '')?.[1];
    if (given === undefined) {
      return false;
    }
    const wanted = createHmac('sha256', secret).update(body).digest();
    return timingSafeEqual(Buffer.from(given, 'hex'), wanted);
  },

  parse(body, headers) {
    const event = headers['x-event-key'] ?? 'unnamed';
    const deliveryId = headers['x-request-uuid'];
    if (!deliveryId) {
      throw new WebhookFormatError('a delivery has no id');
    }
    const payload = parseJson(body);
    try {
      return { deliveryId, event, installation: undefined, ...(meanings.get(event)?.(payload) ?? nothing) };
    } catch (error) {
      if (!(error instanceof z.ZodError)) {
        throw error;
      }
      const places = error.issues.map((issue) => issue.path.join('.') || '(the whole)');
      throw new WebhookFormatError(`a ${event} event lacks ${places.join(', ')}`);
    }
  },
};

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new WebhookFormatError('a delivery is not JSON');
  }
}
