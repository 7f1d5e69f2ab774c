/** Deliveries are authenticated over the bytes that came, and say where to look. */
import { expect, test } from 'vitest';
import { listsOf, mainKeyOf } from '../../../shared/domain/scopes.ts';
import { WebhookFormatError } from '../../../shared/forge/forge.ts';
import { makeOne, type One, removeThing, thingKinds, tieAll, tieKinds, ties, whyWithout } from './created.ts';
import { type DeliveriesFixture, type Delivery, type ForgeFixture, given, type MadeKind } from './fixture.ts';

export function deliveriesContract(fixture: () => ForgeFixture): void {
  test('a delivery is taken with its secret, current or previous, and with no other', async () => {
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

  const about = ({ webhooks }: DeliveriesFixture, told: readonly Delivery[]) => {
    const parsed = told.map(({ body, headers }) => webhooks.parse(Buffer.from(body), headers));
    return {
      hints: parsed.flatMap(({ hints }) => hints),
      removals: parsed.flatMap(({ removals }) => removals),
      ids: parsed.map(({ deliveryId }) => deliveryId),
    };
  };

  /** Why the forge says nothing of the kind, if that is so. */
  const whySilent = (kind: MadeKind): string | undefined =>
    whyWithout(fixture(), kind) ??
    (given(fixture().deliveries).tells[kind] ? undefined : `the forge tells nothing of a ${kind}`);

  /** What came says to look at the part, or at a whole scope that has it; and what is gone, if the forge tells that. */
  async function expectTold(one: One, kind: MadeKind, gone?: string): Promise<void> {
    const deliveries = given(fixture().deliveries);
    const { hints, removals, ids } = about(deliveries, await deliveries.take());
    const part = one.partWith(kind);
    const places: readonly string[] = [part, ...listsOf(fixture().traits.scopes, part)];
    expect(hints.filter((hint) => hint.look === 'scope' && places.includes(hint.scope))).not.toEqual([]);
    expect(ids.every((id) => id.length > 0)).toBe(true);
    if (gone === undefined) expect(removals).toEqual([]);
    else if (deliveries.tells[kind] === 'what')
      expect(removals).toContainEqual({ key: gone, expect: 'gone' });
  }

  test.for(tieKinds)('says where to look when a %s comes and when it goes', async (kind, { skip }) => {
    const silent = whySilent(kind);
    if (silent !== undefined) return skip(silent);
    const one = await makeOne(fixture(), `told-${kind}`);
    await given(fixture().deliveries).take();
    await ties[kind].make(fixture(), one);
    await expectTold(one, kind);
    await ties[kind].undo(fixture(), one);
    await expectTold(one, kind, ties[kind].key(one));
  });

  test.for(thingKinds)('says where to look when a %s goes, and that it is gone', async (kind, { skip }) => {
    const silent = whySilent(kind);
    if (silent !== undefined) return skip(silent);
    const one = await makeOne(fixture(), `told-${kind}`);
    await tieAll(fixture(), one);
    await given(fixture().deliveries).take();
    await removeThing(fixture(), one, kind);
    await expectTold(one, kind, mainKeyOf(one.partWith(kind)));
  });

  test('a push says which repository to look into', async () => {
    const { changes } = fixture();
    const deliveries = given(fixture().deliveries);
    const repository = await changes.addRepository('pushed');
    await deliveries.take();
    await changes.push(repository, 'branch', 'main', 'acme/pushed');
    const { hints, removals } = about(deliveries, await deliveries.take());
    expect(hints).toContainEqual({ look: 'repository-content', repository });
    expect(removals).toEqual([]);
  });

  test('what nobody knows says nothing; what cannot be read, or lacks its object, is an error', async () => {
    const deliveries = given(fixture().deliveries);
    expect(about(deliveries, [deliveries.unknown])).toMatchObject({ hints: [], removals: [] });
    const unreadable = { ...deliveries.unknown, body: '{' };
    for (const wrong of [deliveries.withoutObject, unreadable]) {
      expect(() => about(deliveries, [wrong])).toThrow(WebhookFormatError);
    }
  });
}
