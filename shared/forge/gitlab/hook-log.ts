/** The deliveries of one hook in the last seven days. https://docs.gitlab.com/api/project_webhooks/#get-a-list-of-project-webhook-events */
import { z } from 'zod';
import type { DeliveryAttempt } from '../forge.ts';
import type { HookLog } from '../hooks.ts';
import type { Requests, Route } from './requests.ts';
import { eventName, idOfAttempt } from './webhook.ts';

/** Of what was sent only the name of the event is kept, so that it is called as where it arrived. */
const eventSchema = z.object({
  id: z.int().positive().transform(String),
  trigger: z.string(),
  request_data: z.unknown().transform(eventName),
  request_headers: z.record(z.string(), z.unknown()).nullish(),
  response_headers: z.record(z.string(), z.unknown()).nullish(),
  /** A status, or `internal error` when there was no answer. */
  response_status: z.string().nullish(),
});
type Event = z.infer<typeof eventSchema>;

/** GitLab gives no more: gitlabhq: lib/api/hooks/events.rb */
const pageSize = 20;

/** @param hook the route of the hook */
export function createHookLog(requests: Requests, hook: Route & { readonly path: object }): HookLog {
  return {
    async page(cursor = '1') {
      const page = /^\d{1,6}$/.test(cursor) ? Number(cursor) : 1;
      const route = { ...hook, route: `${hook.route}/events`, query: { page, per_page: pageSize } };
      const events = await requests.get(route, z.array(eventSchema));
      const attempts = events.map(attemptOf);
      const isRepeated = (place: number): boolean =>
        attempts.slice(place + 1).some(({ deliveryId }) => deliveryId === attempts[place]?.deliveryId);
      return {
        // The one that is repeated may stand on a later page: then it is not known to be.
        attempts: attempts.map((one, place) => ({ ...one, isRedelivery: isRepeated(place) })),
        next: events.length < pageSize ? undefined : String(page + 1),
      };
    },
    async redeliver(event) {
      const route = `${hook.route}/events/:event/resend`;
      await requests.write('POST', { route, path: { ...hook.path, event } }, z.unknown());
    },
  };
}

function attemptOf(event: Event): Omit<DeliveryAttempt, 'isRedelivery'> {
  const sent = lowerCase(event.request_headers);
  const answered = lowerCase(event.response_headers);
  const status = /^[1-5]\d\d$/.test(event.response_status ?? '') ? Number(event.response_status) : undefined;
  const deliveryId = idOfAttempt(sent) ?? event.id;
  // There is no time in the log itself.
  const at = sent['webhook-timestamp']
    ? Number(sent['webhook-timestamp']) * 1000
    : Date.parse(answered.date ?? '');
  return {
    ...{
      id: event.id,
      deliveryId,
      event: event.request_data ?? event.trigger,
      installation: undefined,
      status,
    },
    at: Number.isFinite(at) ? at : undefined,
    arrived: status !== undefined && status >= 200 && status <= 299,
  };
}

const lowerCase = (headers: Event['request_headers']): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
