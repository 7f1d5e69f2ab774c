/**
 * The keys of sessions. A key belongs to a period of 30 days and is named by the period's number; whoever needs it first makes it. Keys of
 * earlier periods verify as long as what they signed can live, so a new key signs nobody out.
 */
import { hkdfSync } from 'node:crypto';
import type { Cipher } from '../runtime/cipher.ts';
import type { Clock } from '../runtime/clock.ts';
import { addSessionKey, findSessionKey } from '../store/session-key-store.ts';
import type { Table } from '../store/table.ts';
import { sessionTimes } from './session-times.ts';

export interface SessionDependencies {
  readonly table: Table;
  readonly cipher: Cipher;
  readonly clock: Clock;
  /** From a cryptographic source. */
  readonly randomBytes: (count: number) => Uint8Array;
}

/** One key for each use, so that nothing which is made for one is taken for another. */
export type KeyUse = 'access-token' | 'refresh-token' | 'form-token' | 'sign-in';

export interface SessionKey {
  /** The period's number. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Periods after its own in which what a key signed may still be shown. */
const laterPeriods = Math.ceil(sessionTimes.longest / sessionTimes.keyPeriod);

/** What each process knows of the keys in its table. A key's bytes never change. */
const known = new WeakMap<Table, Map<number, Promise<Uint8Array | undefined>>>();

const periodAt = (now: number): number => Math.floor(now / sessionTimes.keyPeriod);

/** The key that signs now. */
export async function currentKey(dependencies: SessionDependencies, use: KeyUse): Promise<SessionKey> {
  const period = periodAt(dependencies.clock.now());
  const until = (period + 1 + laterPeriods) * sessionTimes.keyPeriod;
  const bytes =
    (await read(dependencies, period)) ??
    (await addSessionKey(dependencies, period, dependencies.randomBytes(32), until));
  return { id: String(period), bytes: derived(bytes, use) };
}

/** The key of that name, if what it signed may still be shown. */
export async function keyNamed(
  dependencies: SessionDependencies,
  id: string | undefined,
  use: KeyUse,
): Promise<SessionKey | undefined> {
  const period = Number(id);
  const now = periodAt(dependencies.clock.now());
  // One ahead: clocks differ. Names of no key cost no read.
  if (id === undefined || String(period) !== id || period < now - laterPeriods || period > now + 1) {
    return undefined;
  }
  const bytes = await read(dependencies, period);
  return bytes && { id, bytes: derived(bytes, use) };
}

/** Reads a key once for this process; one that is not there yet, or cannot be read, is looked for again. */
async function read(dependencies: SessionDependencies, period: number): Promise<Uint8Array | undefined> {
  const ofTable = known.get(dependencies.table) ?? new Map<number, Promise<Uint8Array | undefined>>();
  known.set(dependencies.table, ofTable);
  const reading = ofTable.get(period) ?? findSessionKey(dependencies, period);
  ofTable.set(period, reading);
  try {
    const bytes = await reading;
    // Nobody makes a key for a period that is over, so names of one that is not there cost no further read.
    if (bytes === undefined && period >= periodAt(dependencies.clock.now()) - 1) {
      ofTable.delete(period);
    }
    return bytes;
  } catch (error) {
    ofTable.delete(period);
    throw error;
  }
}

/** https://www.rfc-editor.org/rfc/rfc5869 */
const derived = (bytes: Uint8Array, use: KeyUse): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', bytes, new Uint8Array(), `repertoire ${use}`, 32));
