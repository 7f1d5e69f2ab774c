/**
 * Rate-limit budgets of the forges' credentials, shared by all workers. Written when a limit is met, read when a reader is opened. Where a
 * forge does not tell what is left of a limit, each worker writes what it is going to send.
 */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import { afterNote, type BudgetState, type CredentialBudget, freshBudget } from '../forge/budget.ts';
import { type Reserved, reserveIn } from '../forge/request-window.ts';
import { absent, equal } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

const BudgetItem = z.object({
  notBefore: z.number().default(0),
  reservedUntil: z.record(z.string(), z.number()).default({}),
  hits: z.number().default(0),
  reserved: z.record(z.string(), z.number()).optional(),
  /** Counts the writes. */
  version: z.number().default(0),
});

/** More than workers that write at once. */
const triesMax = 40;
/** How long a budget is kept after its last write, in milliseconds: longer than any wait. */
const keptMs = 2 * 24 * 3600_000;

/** Creates the budget of one credential on a forge's host: an installation of an App, the App itself, or a token. */
export function createCredentialBudget(table: Table, host: ForgeHost, credential: string): CredentialBudget {
  const key = keys.budget(host, credential);

  async function load() {
    const item = await table.get(key);
    return { isNew: item === undefined, ...BudgetItem.parse(item ?? {}) };
  }

  /** Writes what becomes of the state; nothing if it stays the same. */
  async function change<Answer>(
    decide: (state: BudgetState) => { readonly next: BudgetState; readonly answer: Answer },
    now = 0,
  ): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const { isNew, version, ...state } = await load();
      const { next, answer } = decide(state);
      if (next === state) {
        return answer;
      }
      const expiresAt = Math.ceil((Math.max(latestOf(next), now) + keptMs) / 1000);
      const item = { ...next, version: version + 1, [tableKeys.expiry]: expiresAt };
      try {
        await table.transact([{ put: key, item, when: isNew ? absent : equal('version', version) }]);
        return answer;
      } catch (error) {
        // Another worker wrote: read its write and decide again.
        if (!(error instanceof ConflictError) || tries === triesMax) {
          throw error;
        }
      }
    }
  }

  return {
    read: load,
    note: (note) =>
      change((state) => {
        const next = afterNote(state, note);
        return { next, answer: next };
      }),
    reserve: (reservation) =>
      change((state) => {
        const { reserved, answer } = reserveIn(state.reserved ?? {}, reservation);
        return { next: answer.granted === 0 ? state : { ...state, reserved }, answer };
      }, reservation.now),
  };
}

const latestOf = ({ notBefore, reservedUntil }: BudgetState): number =>
  Math.max(notBefore, ...Object.values(reservedUntil));

/** A read-only budget: respects what all workers recorded and keeps what it learns to itself. For a reader that must not write. */
export function createBudgetView(table: Table, host: ForgeHost, credential: string): CredentialBudget {
  const shared = createCredentialBudget(table, host, credential);
  let own = freshBudget;
  let ownReserved: Reserved = {};
  const read = async (): Promise<BudgetState> => {
    const known = await shared.read();
    return {
      notBefore: Math.max(known.notBefore, own.notBefore),
      reservedUntil: later(known.reservedUntil, own.reservedUntil),
      hits: Math.max(known.hits, own.hits),
    };
  };
  return {
    read,
    async note(note) {
      own = afterNote(await read(), note);
      return own;
    },
    async reserve(reservation) {
      const { reserved: ofOthers = {} } = await shared.read();
      const sums = { ...ofOthers };
      for (const [slot, count] of Object.entries(ownReserved)) {
        sums[slot] = (sums[slot] ?? 0) + count;
      }
      const { answer } = reserveIn(sums, reservation);
      ownReserved = reserveIn(ownReserved, { ...reservation, wanted: answer.granted }).reserved;
      return answer;
    },
  };
}

type Times = BudgetState['reservedUntil'];

const later = (one: Times, other: Times): Times => {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, Math.max(one[name] ?? 0, other[name] ?? 0)]));
};
