/** A connection's credential in memory, a forge that renews it, and workers that share it. */

import { asId, type ConnectionId } from '../../shared/domain/ids.ts';
import type { Credential } from '../../shared/forge/credential.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import {
  createCredentialSource,
  createCredentialView,
  storeCredential,
} from '../../shared/store/credential-store.ts';
import { keys } from '../../shared/store/keys.ts';
import type { Change, Table } from '../../shared/store/table.ts';
import { createMemoryDataKeys } from './memory-data-keys.ts';
import { createMemoryTable } from './memory-table.ts';
import { createTokenForge, lifeMs, type RefreshManner, TokenPair } from './token-forge.ts';

export const connection = asId<ConnectionId>('c1');
export const minuteMs = 60_000;

/** Thrown inside a worker to end it in the middle of its work. */
export class Death extends Error {}

export async function createBench(manner: RefreshManner = 'strict') {
  const clock = { time: Date.parse('2026-11-27T12:00:00Z'), now: () => clock.time };
  const table = createMemoryTable();
  const dataKeys = createMemoryDataKeys();
  const cipher = createEnvelopeCipher(dataKeys);
  const forge = createTokenForge(manner, clock);
  let leases = 0;
  const dependencies = { table, cipher, clock, newLeaseId: () => `lease-${++leases}` };
  const worker = (through: Table = table) =>
    createCredentialSource({ ...dependencies, table: through }, connection, TokenPair);
  const bench = {
    clock,
    table,
    dataKeys,
    dependencies,
    forge,
    worker,
    view: () => createCredentialView(dependencies, connection, TokenPair),
    item: () => table.get(keys.credential(connection)),
    /** Advances the clock until the first token is due for renewal. */
    async grow() {
      const first = await worker().current();
      clock.time += lifeMs / 2 + minuteMs;
      return first;
    },
  };
  await storeCredential(dependencies, connection, forge.issue());
  return bench;
}
export type Bench = Awaited<ReturnType<typeof createBench>>;

export const access = (credential: Credential<TokenPair>): string => credential.secret.reveal().access;

/** A worker's view of the table that runs a hook when a new credential value is written. */
export function whenStoring(
  { table }: Bench,
  meet: (change: Change, write: () => Promise<unknown>) => unknown,
): Table {
  return {
    ...table,
    async update(change, when) {
      if (change.set?.encrypted !== undefined) {
        await meet(change, () => table.update(change, when));
      }
      return table.update(change, when);
    },
  };
}

export async function failure(
  call: Promise<unknown>,
): Promise<{ code: string; notBefore: number | undefined }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ForgeError)) {
    throw new Error('no ForgeError', { cause: error });
  }
  return { code: error.code, notBefore: error.notBefore };
}
