/**
 * Reads GitHub's log of deliveries to our app, kept for three days.
 *
 * https://docs.github.com/en/rest/apps/webhooks
 */
import { z } from 'zod';
import { ForgeError } from '../errors.ts';
import type { DeliveryLog, LoggedAttempt, WebhookReader } from '../forge.ts';
import type { Requests } from './requests.ts';
import { forgeNumber } from './schema.ts';

const perPage = 100;
/** Half a million attempts in the log's three days; more must be an endless loop. */
const pagesMax = 5000;

const attemptsSchema = z.array(
  z
    .object({
      id: forgeNumber,
      guid: z.string().min(1),
      delivered_at: z.string(),
      status: z.string(),
      event: z.string(),
    })
    .transform(
      ({ id, guid, delivered_at, status, event }): LoggedAttempt => ({
        id,
        deliveryId: guid,
        at: Date.parse(delivered_at),
        // The log's filter for failures leaves out attempts that timed out, so every attempt is read.
        arrived: status === 'OK',
        aboutInstallation: event === 'installation',
      }),
    ),
);

const deliverySchema = z.object({
  request: z.object({ headers: z.record(z.string(), z.unknown()).nullable(), payload: z.unknown() }),
});

export function createDeliveryLog(requests: Requests, webhooks: Pick<WebhookReader, 'parse'>): DeliveryLog {
  return {
    async *attempts(since) {
      let cursor: string | undefined;
      for (let pages = 0; ; pages += 1) {
        if (pages === pagesMax) {
          throw new ForgeError('incomplete', "GitHub's delivery log does not end");
        }
        const { data, next } = await requests.getPage(
          'GET /app/hook/deliveries',
          { per_page: perPage, ...(cursor !== undefined && { cursor }) },
          attemptsSchema,
        );
        yield data.filter(({ at }) => at >= since);
        if (next === undefined || data.some(({ at }) => at < since)) {
          return;
        }
        cursor = next;
      }
    },

    async delivery(id) {
      const { request } = await requests.get(
        'GET /app/hook/deliveries/{delivery_id}',
        { delivery_id: id },
        deliverySchema,
      );
      const headers = Object.fromEntries(
        Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      return webhooks.parse(Buffer.from(JSON.stringify(request.payload ?? null)), headers);
    },
  };
}
