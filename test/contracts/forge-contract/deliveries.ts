/** Deliveries are authenticated over the bytes that came, and say where to look. */
import { expect, test } from 'vitest';
import type { PartScope } from '../../../shared/domain/scopes.ts';
import { WebhookFormatError } from '../../../shared/forge/forge.ts';
import { type DeliveriesFixture, type Delivery, type ForgeFixture, given } from './fixture.ts';
import { makeOne } from './scopes.ts';

export function deliveriesContract(fixture: () => ForgeFixture): void {
  test('a delivery is taken with its secret, current or previous, and with no other', async () => {
    const { changes } = fixture();
    const deliveries = given(fixture().deliveries);
    const { webhooks, secret, madeWith, signsBody } = deliveries;
    await changes.addRepository('delivered');
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

  test('says where to look when something is granted, and what is gone when it is taken', async () => {
    const { changes } = fixture();
    const deliveries = given(fixture().deliveries);
    const one = await makeOne(fixture(), 'told');
    await changes.addTeamMember(one.team, one.account);
    await changes.grant(one.team, one.repository);
    await deliveries.take();
    const removed: readonly (readonly [PartScope, () => Promise<void>])[] = [
      [one.parts.repository, () => changes.removeRepository(one.repository)],
      [one.parts.team, () => changes.removeTeam(one.team)],
      [one.parts.member, () => changes.removeMember(one.account)],
    ];
    for (const [part, remove] of removed) {
      await remove();
      const { hints, removals, ids } = about(deliveries, await deliveries.take());
      expect(removals).toContainEqual({ key: part.replace(':', '#'), expect: 'gone' });
      expect(hints.map((hint) => (hint.look === 'scope' ? hint.scope : hint.look))).toContain(part);
      expect(ids.every((id) => id.length > 0)).toBe(true);
    }
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

  test('what nobody knows says nothing, and what lacks its object is an error', async () => {
    const deliveries = given(fixture().deliveries);
    expect(about(deliveries, [deliveries.unknown])).toMatchObject({ hints: [], removals: [] });
    expect(() => about(deliveries, [deliveries.withoutObject])).toThrow(WebhookFormatError);
  });
}
