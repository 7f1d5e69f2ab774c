import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { WebhookFormatError } from '../forge.ts';
import { webhooks } from './webhook.ts';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const body = Buffer.from('{"event_name":"push","project_id":5}');
const signatureOf = (key: Buffer, text = `id-1.1795824000.${body}`): string =>
  `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
const good = signatureOf(Buffer.alloc(32, 1));
const other = signatureOf(Buffer.alloc(32, 2));
const signed = (signature: string) => ({
  ...{ 'webhook-id': 'id-1', 'webhook-timestamp': '1795824000', 'webhook-signature': signature },
});

describe('a delivery', () => {
  test.each([
    ['with its signature', signed(good), true],
    ['with several signatures, as while a key is replaced', signed(`${other} v1a,x ${good}`), true],
    ['with the signature of another key', signed(other), false],
    ['with the signature of another time', { ...signed(good), 'webhook-timestamp': '1795824001' }, false],
    ['with the signature of another id', { ...signed(good), 'webhook-id': 'id-2' }, false],
    ['with a bad signature beside the right token', { ...signed(other), 'x-gitlab-token': secret }, false],
    ['with its token, from a version that does not sign', { 'x-gitlab-token': secret }, true],
    ['with another token', { 'x-gitlab-token': `${secret}x` }, false],
    ['with an id and a time alone', { 'webhook-id': 'id-1', 'webhook-timestamp': '1795824000' }, false],
    ['with nothing', {}, false],
  ])('%s: %o is taken: %s', async (_, headers, isTaken) => {
    expect(await webhooks.verify(body, headers, secret)).toBe(isTaken);
  });

  test('is known by an id that is the same for each attempt, the signed one where it is signed, and has a time only then', () => {
    const parse = (headers: Record<string, string>) => webhooks.parse(body, headers);
    const unsigned = { 'x-gitlab-event-uuid': 'attempt-1' };
    expect(parse(unsigned)).toMatchObject({ deliveryId: 'attempt-1' });
    expect(parse({ ...unsigned, 'idempotency-key': 'key-1' })).toMatchObject({ deliveryId: 'key-1' });
    expect(parse({ ...unsigned, ...signed(good), 'idempotency-key': 'of the sender' })).toMatchObject({
      deliveryId: 'id-1',
    });
    const unsignedTime = {
      'idempotency-key': 'id-1',
      'webhook-id': 'id-1',
      'webhook-timestamp': '1795824000',
    };
    expect(parse(unsignedTime)).not.toHaveProperty('happenedAt');
    expect(parse(signed(good))).toMatchObject({ deliveryId: 'id-1', happenedAt: 1795824000_000 });
    expect(() => parse({})).toThrow(WebhookFormatError);
  });
});

const about = (payload: object) =>
  webhooks.parse(Buffer.from(JSON.stringify(payload)), { 'idempotency-key': 'k' });

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#group-member-events */
const member = { group_id: 78, user_id: 64, group_access: 'Guest', group_path: 'webhook-test' };

describe('an event', () => {
  test.each([
    ['user_add_to_group', [], [{ key: 'team-member#64#78', expect: 'there' }]],
    ['user_update_for_group', [], []],
    ['user_remove_from_group', [{ key: 'team-member#64#78', expect: 'gone' }], []],
  ])('%s is about the group and the person', (event, removals, arrivals) => {
    const hints = [
      { look: 'scope', scope: 'member:64', handle: '78' },
      { look: 'scope', scope: 'team:78' },
    ];
    expect(about({ event_name: event, ...member })).toMatchObject({ event, hints, removals, arrivals });
  });

  test('a deleted project is gone, with its packages', () => {
    expect(about({ event_name: 'project_destroy', project_id: 74 })).toMatchObject({
      removals: [{ key: 'repository#74', expect: 'gone' }],
      deleted: ['74'],
    });
  });

  test.each(['user_access_request_to_group', 'merge_request', 'project_rename', 'constructor'])(
    '%s changes nothing',
    (event) => {
      expect(about({ event_name: event, ...member })).toMatchObject({
        hints: [],
        removals: [],
        arrivals: [],
      });
    },
  );

  test('R35: ids are numbers beyond 32 bits, never names', () => {
    const [hint] = about({ event_name: 'push', project_id: 4_294_967_297 }).hints;
    expect(hint).toEqual({ look: 'repository-content', repository: '4294967297' });
    expect(() => about({ event_name: 'push', project_id: 'acme/one' })).toThrow(WebhookFormatError);
  });
});
