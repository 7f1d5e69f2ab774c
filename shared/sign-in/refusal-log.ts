/**
 * Refused requests of callers who are known, in the history: of the organization that they concern, or of the installation. A flood costs no write
 * for each request and does not fill the history: an entry stands for what one caller had refused at one operation in an hour, in one
 * environment of the function, and after 20 of them one more for whatever else. Its count is written at the 1st, 10th, 100th and 1,000th, so it
 * says "at least".
 */
import { type AuditEntryId, newId, type OrganizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AuditEntry, addRefusal, countRefusals, type RefusalPlace } from '../store/audit-log.ts';
import type { Table } from '../store/table.ts';

export interface RefusedRequest {
  /** Tells callers apart. */
  readonly caller: string;
  readonly concerned: OrganizationId | 'installation';
  /** What was asked for, such as an operation. */
  readonly subject: string;
  /** Tells reasons apart. */
  readonly code: string;
  readonly why: string;
  /** Asked for a new entry alone. */
  accountable(why: string): Promise<Pick<AuditEntry, 'by' | 'why' | 'actor' | 'from'>>;
}

/** Notes one. At most two writes. */
export type NoteRefused = (request: RefusedRequest) => Promise<void>;

export interface RefusalDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

interface Refusals {
  count: number;
  readonly place: Promise<RefusalPlace>;
}

const hourMs = 3_600_000;
/** So many different ones of a caller are told apart in an hour and a history. */
const shareMax = 20;
/** Stands for what a caller has refused beyond that. */
const others = 'others';
const elsewhere = {
  subject: 'other-operations',
  why: `More than ${shareMax} different requests were refused in this hour; the log of the function has each.`,
};

const logs = new WeakMap<Table, NoteRefused>();

/** The one log of this environment: whatever is refused to a caller counts together. */
export function refusalLog(dependencies: RefusalDependencies): NoteRefused {
  const { table } = dependencies;
  const note = logs.get(table) ?? createRefusalLog(dependencies);
  logs.set(table, note);
  return note;
}

function createRefusalLog({ table, clock, randomBytes }: RefusalDependencies): NoteRefused {
  let hour = 0;
  /** By caller and history, then by what was asked for and the reason. */
  const known = new Map<string, Map<string, Refusals>>();

  async function added(request: RefusedRequest, what: typeof elsewhere): Promise<RefusalPlace> {
    const organization = request.concerned === 'installation' ? undefined : request.concerned;
    const place = { organization, at: clock.now(), id: newId<AuditEntryId>(randomBytes) };
    const accountable = await request.accountable(what.why);
    await table.transact([addRefusal(place, { ...accountable, subject: what.subject })]);
    return place;
  }

  return async (request) => {
    const { caller, concerned, subject, code, why } = request;
    const now = clock.now();
    if (hour !== Math.floor(now / hourMs)) {
      hour = Math.floor(now / hourMs);
      known.clear();
    }
    const whose = JSON.stringify([caller, concerned]);
    const share = known.get(whose) ?? new Map<string, Refusals>();
    known.set(whose, share);
    const own = JSON.stringify([subject, code]);
    const isOwn = share.has(own) || share.size < shareMax;
    const name = isOwn ? own : others;
    const before = share.get(name);
    if (before === undefined) {
      const place = added(request, isOwn ? { subject, why } : elsewhere);
      share.set(name, { count: 1, place });
      try {
        await place;
      } catch (error) {
        // The next one is the first.
        share.delete(name);
        throw error;
      }
      return;
    }
    before.count += 1;
    if (Number.isInteger(Math.log10(before.count))) {
      await countRefusals(table, await before.place, before.count - before.count / 10);
    }
  };
}
