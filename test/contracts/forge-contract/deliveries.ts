/** Contract: deliveries are authenticated by the bytes received, and name what to read. */
import { expect, test } from 'vitest';
import { listsOf, mainKeyOf } from '../../../shared/domain/scopes.ts';
import { WebhookFormatError } from '../../../shared/forge/forge.ts';
import {
  createdKinds,
  linkAll,
  linkKinds,
  links,
  makeOne,
  type One,
  removeCreated,
  whyWithout,
} from './created.ts';
import { type DeliveriesFixture, type Delivery, type ForgeFixture, given, type MadeKind } from './fixture.ts';

export function deliveriesContract(fixture: () => ForgeFixture): void {
  test('a delivery is taken with its current or previous secret, and with no other', async () => {
    const { changes } = fixture();
    const deliveries = given(fixture().deliveries);
    const { webhooks, secret, madeWith, signsBody } = deliveries;
    const repository = await changes.addRepository('delivered');
    await deliveries.take();
    await changes.push(repository, 'branch', 'main', 'acme/delivered');
    const [delivery] = await deliveries.take();
    if (delivery === undefined) throw new Error('nothing was delivered');
    const verify = ({ body, headers }: Delivery, one: string) =>
      webhooks.verify(Buffer.from(body), headers, one);
    expect(await verify(delivery, secret)).toBe(true);
    for (const wrong of ['another', `${secret} `]) expect(await verify(delivery, wrong)).toBe(false);
    expect(await verify({ ...delivery, headers: {} }, secret)).toBe(false);
    expect(await verify({ ...delivery, body: `${delivery.body} ` }, secret)).toBe(!signsBody);
    const before = madeWith('the one before', delivery);
    expect(await verify(before, secret)).toBe(false);
    expect(await verify(before, 'the one before')).toBe(true);
  });

  const about = ({ webhooks }: DeliveriesFixture, received: readonly Delivery[]) => {
    const parsed = received.map(({ body, headers }) => webhooks.parse(Buffer.from(body), headers));
    return {
      hints: parsed.flatMap(({ hints }) => hints),
      removals: parsed.flatMap(({ removals }) => removals),
      ids: parsed.map(({ deliveryId }) => deliveryId),
    };
  };

  /** Why the forge sends no event of this kind, if so. */
  const whyNoEvents = (kind: MadeKind): string | undefined =>
    whyWithout(fixture(), kind) ??
    (given(fixture().deliveries).reports[kind] ? undefined : `the forge has no events of a ${kind}`);

  /** Expects that the deliveries name the part or a scope that lists it, and what is gone if the forge says that. */
  async function expectReported(one: One, kind: MadeKind, gone?: string): Promise<void> {
    const deliveries = given(fixture().deliveries);
    const { hints, removals, ids } = about(deliveries, await deliveries.take());
    const part = one.partWith(kind);
    const places: readonly string[] = [part, ...listsOf(fixture().traits.scopes, part)];
    expect(hints.filter((hint) => hint.look === 'scope' && places.includes(hint.scope))).not.toEqual([]);
    expect(ids.every((id) => id.length > 0)).toBe(true);
    if (gone === undefined) expect(removals).toEqual([]);
    else if (deliveries.reports[kind] === 'what')
      expect(removals).toContainEqual({ key: gone, expect: 'gone' });
  }

  test.for(linkKinds)('names what to read when a %s comes and when it goes', async (kind, { skip }) => {
    const silent = whyNoEvents(kind);
    if (silent !== undefined) return skip(silent);
    const one = await makeOne(fixture(), `delivered-${kind}`);
    await given(fixture().deliveries).take();
    await links[kind].make(fixture(), one);
    await expectReported(one, kind);
    await links[kind].undo(fixture(), one);
    await expectReported(one, kind, links[kind].key(one));
  });

  test.for(createdKinds)('names what to read when a %s goes, and that it is gone', async (kind, { skip }) => {
    const silent = whyNoEvents(kind);
    if (silent !== undefined) return skip(silent);
    const one = await makeOne(fixture(), `delivered-${kind}`);
    await linkAll(fixture(), one);
    await given(fixture().deliveries).take();
    await removeCreated(fixture(), one, kind);
    await expectReported(one, kind, mainKeyOf(one.partWith(kind)));
  });

  test('a push names the repository to scan', async () => {
    const { changes } = fixture();
    const deliveries = given(fixture().deliveries);
    const repository = await changes.addRepository('pushed');
    await deliveries.take();
    await changes.push(repository, 'branch', 'main', 'acme/pushed');
    const { hints, removals } = about(deliveries, await deliveries.take());
    expect(hints).toContainEqual({ look: 'repository-content', repository });
    expect(removals).toEqual([]);
  });

  test('an unknown event is ignored; one that cannot be parsed, or lacks its object, is an error', async () => {
    const deliveries = given(fixture().deliveries);
    expect(about(deliveries, [deliveries.unknown])).toMatchObject({ hints: [], removals: [] });
    const unreadable = { ...deliveries.unknown, body: '{' };
    for (const wrong of [deliveries.withoutObject, unreadable]) {
      expect(() => about(deliveries, [wrong])).toThrow(WebhookFormatError);
    }
  });
}
