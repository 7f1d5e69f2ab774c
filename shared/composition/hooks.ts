/** Looks up the hooks of this installation. */
import type { Cipher } from '../runtime/cipher.ts';
import { systemClock } from '../runtime/clock.ts';
import { findHook } from '../store/hook-store.ts';
import type { Table } from '../store/table.ts';
import type { FindHook } from '../sync/webhooks/delivery-source.ts';

/** Encrypts the secrets of hooks. The key's client is loaded when there is one to install or to repair. */
export const hookCipher: Cipher = {
  prepare: async (context) => (await credentialCipher()).prepare(context),
  decrypt: async (text, context) => (await credentialCipher()).decrypt(text, context),
};

const credentialCipher = async (): Promise<Cipher> => (await import('./encryption.ts')).credentialCipher();

/** The key's client is loaded when a delivery names a hook: deliveries to an App do not need it. */
export function hookFinder(table: Table): FindHook {
  return (address) => findHook({ table, clock: systemClock, cipher: hookCipher }, address);
}
