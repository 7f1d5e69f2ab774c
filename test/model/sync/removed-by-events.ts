/** Entitlements that new deliveries reported gone: nobody may have them any more, whatever the forge's API still shows. */
import { installationOf } from '../../../shared/domain/connection.ts';
import { webhooks } from '../../../shared/forge/github/webhook.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { synchronizationId } from '../../support/synchronized.ts';
import { entitlementOfKey } from './entitlements.ts';
import type { ForgeHistory } from './forge-history.ts';
import type { ModelWorld } from './model-world.ts';

export function createRemovedByEvents({ table, received, clock }: ModelWorld, history: ForgeHistory) {
  const bodies = new Set<string>();
  /** When it was last reported; milliseconds since the epoch. */
  const goneAt = new Map<string, number>();
  let heard = 0;
  /** Deliveries of an installation count from when a synchronization has it. Earlier ones belong to none. */
  let attached: { readonly installation: string | undefined; readonly since: number } | undefined;

  async function listen(): Promise<void> {
    const synchronization = await findSynchronization(table, synchronizationId);
    const installation = synchronization && installationOf(synchronization.connection);
    if (attached === undefined || attached.installation !== installation) {
      attached = { installation, since: attached === undefined ? 0 : clock.now() };
    }
    const { since } = attached;
    for (; heard < received.length; heard++) {
      const { headers, body, at } = received[heard] ?? { headers: {}, body: '', at: 0 };
      const said = webhooks.parse(Buffer.from(body), headers);
      const isNew = !bodies.has(body);
      bodies.add(body);
      for (const { key, expect } of said.arrivals) {
        goneAt.delete(entitlementOfKey(key, expect === 'there' ? 'gone' : 'not-public'));
      }
      for (const { key, expect } of isNew && at >= since && said.installation === installation
        ? said.removals
        : []) {
        goneAt.set(entitlementOfKey(key, expect), at);
      }
    }
  }

  return {
    /** @param entitlements what our facts give, without what is claimed. @returns what is wrong */
    async look(entitlements: ReadonlySet<string>): Promise<readonly string[]> {
      await listen();
      return [...goneAt].flatMap(([entitlement, at]) =>
        entitlements.has(entitlement) && !history.grantedSince(entitlement, at + 1)
          ? [`"${entitlement}" gives something, though an event said that it is gone`]
          : [],
      );
    },
  };
}
