/**
 * GitHub's log of deliveries to our App, as people are shown it: it has those of all installations.
 *
 * https://docs.github.com/en/rest/apps/webhooks
 */
import { z } from 'zod';
import { asId, type InstallationId } from '../../domain/ids.ts';
import type { AttemptLog, DeliveryAttempt } from '../forge.ts';
import type { Requests } from './requests.ts';
import { forgeNumber } from './schema.ts';
import { eventName } from './webhook-table.ts';

const perPage = 100;

const attemptSchema = z
  .object({
    id: forgeNumber,
    guid: z.string().min(1),
    delivered_at: z.string(),
    redelivery: z.boolean(),
    status: z.string(),
    status_code: z.int(),
    event: z.string(),
    action: z.string().nullish(),
    installation_id: forgeNumber.nullish(),
  })
  .transform(
    (one): DeliveryAttempt => ({
      id: one.id,
      deliveryId: one.guid,
      at: Date.parse(one.delivered_at),
      arrived: one.status === 'OK',
      event: eventName(one.event, one.action ?? undefined),
      installation: one.installation_id == null ? undefined : asId<InstallationId>(one.installation_id),
      // 0 without an answer.
      status: one.status_code === 0 ? undefined : one.status_code,
      isRedelivery: one.redelivery,
    }),
  );

export const createAttemptLog = (requests: Requests): AttemptLog => ({
  async page(cursor) {
    const { data: attempts, next } = await requests.getPage(
      'GET /app/hook/deliveries',
      { per_page: perPage, ...(cursor !== undefined && { cursor }) },
      z.array(attemptSchema),
    );
    return { attempts, next };
  },
  attempt: (id) => requests.get('GET /app/hook/deliveries/{delivery_id}', { delivery_id: id }, attemptSchema),
  async redeliver(id) {
    await requests.get('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id }, z.unknown());
  },
});
