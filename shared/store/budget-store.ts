/**
 * Rate-limit budgets of the forges' credentials, shared by all workers. Written only when a limit is met, read when a reader is
 * opened.
 */
import { z } from 'zod';
import type { ForgeHost } from '../domain/synchronization.ts';
import {
  afterNote,
  type BudgetNote,
  type BudgetState,
  type CredentialBudget,
  freshBudget,
} from '../forge/budget.ts';
import { absent, equal } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Table } from './table.ts';

const BudgetItem = z.object({
  notBefore: z.number().default(0),
  reservedUntil: z.record(z.string(), z.number()).default({}),
  hits: z.number().default(0),
  /** Counts the writes. */
  version: z.number().default(0),
});

const triesMax = 10;
/** How long a budget is kept after its last write, in milliseconds: longer than any wait. */
const keptMs = 2 * 24 * 3600_000;

/** Creates the budget of one credential on a forge's host: an installation of an App, the App itself, or a token. */
export function createCredentialBudget(table: Table, host: ForgeHost, credential: string): CredentialBudget {
  const key = keys.budget(host, credential);

  async function load() {
    const item = await table.get(key);
    return { isNew: item === undefined, ...BudgetItem.parse(item ?? {}) };
  }

  return {
    read: load,
    async note(note: BudgetNote): Promise<BudgetState> {
      for (let tries = 1; ; tries += 1) {
        const { isNew, version, ...state } = await load();
        const next = afterNote(state, note);
        if (next === state) {
          return state;
        }
        const expiresAt = Math.ceil((latestOf(next) + keptMs) / 1000);
        const item = { ...next, version: version + 1, [tableKeys.expiry]: expiresAt };
        try {
          await table.transact([{ put: key, item, when: isNew ? absent : equal('version', version) }]);
          return next;
        } catch (error) {
          // Another worker met the limit too: read its write and decide again.
          if (!(error instanceof ConflictError) || tries === triesMax) {
            throw error;
          }
        }
      }
    },
  };
}

const latestOf = ({ notBefore, reservedUntil }: BudgetState): number =>
  Math.max(notBefore, ...Object.values(reservedUntil));

/** A read-only budget: respects what all workers recorded and keeps what it learns to itself. For a reader that must not write. */
export function createBudgetView(table: Table, host: ForgeHost, credential: string): CredentialBudget {
  const shared = createCredentialBudget(table, host, credential);
  let own = freshBudget;
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
  };
}

type Times = BudgetState['reservedUntil'];

const later = (one: Times, other: Times): Times => {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, Math.max(one[name] ?? 0, other[name] ?? 0)]));
};
