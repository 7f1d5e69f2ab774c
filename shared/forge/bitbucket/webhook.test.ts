import { expect, it } from 'vitest';
import { webhooks } from './webhook.ts';

it.each(['pullrequest:created', 'constructor', '__proto__', 'toString', 'valueOf'])(
  'an event that is not known means nothing: %s',
  (event) => {
    const body = Buffer.from(JSON.stringify({ repository: { uuid: `{${crypto.randomUUID()}}` } }));
    const delivery = webhooks.parse(body, { 'x-event-key': event, 'x-request-uuid': 'one' });
    expect(delivery).toEqual({
      ...{ deliveryId: 'one', event, installation: undefined },
      ...{ removals: [], arrivals: [], hints: [] },
    });
  },
);
