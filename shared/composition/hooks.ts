/** Hooks of this installation. */
import { systemClock } from '../runtime/clock.ts';
import { findHook } from '../store/hook-store.ts';
import type { Table } from '../store/table.ts';
import type { FindHook } from '../sync/webhooks/delivery-source.ts';

/** The client of the key is loaded when a delivery names a hook: what comes to an App needs none. */
export function hookFinder(table: Table): FindHook {
  return async (address) => {
    const { credentialCipher } = await import('./encryption.ts');
    return findHook({ table, clock: systemClock, cipher: credentialCipher() }, address);
  };
}
