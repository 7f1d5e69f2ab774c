/** Looks up the hooks of this installation. */
import { systemClock } from '../runtime/clock.ts';
import { findHook } from '../store/hook-store.ts';
import type { Table } from '../store/table.ts';
import type { FindHook } from '../sync/webhooks/delivery-source.ts';

/** The key's client is loaded when a delivery names a hook: deliveries to an App do not need it. */
export function hookFinder(table: Table): FindHook {
  return async (address) => {
    const { credentialCipher } = await import('./encryption.ts');
    return findHook({ table, clock: systemClock, cipher: credentialCipher() }, address);
  };
}
