/** What was done to an organization or the installation: by whom, why and from where. Entries are added and never changed, but for the counts of refused requests, and of a run’s changes. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import { asId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { absent, present } from './condition.ts';
import { type Key, keys, ranges, tableKeys } from './keys.ts';
import { runSeconds } from './run-store.ts';
import type { Item, Operation, Table } from './table.ts';

export const actorKinds = ['user', 'key', 'operator', 'synchronization', 'system'] as const;

/** JSON with no secret in it. */
type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

const AuditItem = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Who did it, by name. */
  by: z.string(),
  /** The act, such as `stop-access`. */
  act: z.string(),
  /** What it was done to, as an owner names it: the slug, a package, a version with its commit. */
  subject: z.string(),
  why: z.string(),
  /** Who did it, by id. Missing in entries of commands on the machine itself. */
  actor: z.object({ kind: z.enum(actorKinds), id: z.string(), name: z.string() }).optional(),
  /** Where the request came from: an address, and ids of a session, an API key or a delivery. */
  from: z
    .object({
      address: z.string().optional(),
      session: z.string().optional(),
      token: z.string().optional(),
      delivery: z.string().optional(),
    })
    .optional(),
  /** Of refused requests: how many there were at least. */
  count: z.number().optional(),
  before: z.custom<Json>().optional(),
  after: z.custom<Json>().optional(),
});
export type AuditEntry = Readonly<z.infer<typeof AuditItem>>;

/** With what only entries about runs have. */
const ListedItem = AuditItem.extend({
  /** Of a run: where its changes are, how many they were by now, and the deliveries that asked for it. */
  run: z
    .object({
      synchronization: z.string().transform((id) => asId<SynchronizationId>(id)),
      number: z.number(),
      deliveries: z.array(z.string()),
    })
    .optional(),
  added: z.number().optional(),
  updated: z.number().optional(),
  removed: z.number().optional(),
});
export type ListedEntry = Readonly<z.infer<typeof ListedItem>> & { readonly id: string };

/**
 * The operation that adds an entry. It belongs in the transaction that does what the entry records.
 *
 * @param organization undefined for the installation's own log
 * @param id makes entries of the same millisecond distinct
 */
export function addAuditEntry(
  organization: OrganizationId | undefined,
  entry: AuditEntry,
  id: string,
): Operation {
  const { at } = entry;
  const key =
    organization === undefined ? keys.installationAuditEntry(at, id) : keys.auditEntry(organization, at, id);
  return { put: key, item: { ...entry }, when: absent };
}

/** What came of a webhook delivery says so. */
export const fromDelivery = (delivery: string | undefined): Pick<AuditEntry, 'from'> =>
  delivery === undefined ? {} : { from: { delivery } };

/** Where an entry about refused requests is. */
export interface RefusalPlace {
  /** Undefined: in the installation's own log. */
  readonly organization: OrganizationId | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
}

/** The act of entries about runs. */
export const runAct = 'run';

/** A run that changes something, for the history. */
export interface RunInHistory {
  readonly number: number;
  /** When it began to write, the same in each transaction; milliseconds since the epoch. */
  readonly at: number;
  /** Why its lists were read, by what. */
  readonly scopes: readonly { readonly cause: string; readonly delivery?: string | undefined }[];
  readonly counts: { readonly add: number; readonly update: number; readonly remove: number };
}

/**
 * The one entry of a run, for each transaction that changes something: it makes the entry, or adds to its counts. It expires with the run's
 * changes.
 */
export function noteRun(
  { id: synchronization, organization, login }: Pick<Synchronization, 'id' | 'organization' | 'login'>,
  { number, at, scopes, counts }: RunInHistory,
): Operation {
  const deliveries = [...new Set(scopes.flatMap(({ delivery }) => delivery ?? []))];
  return {
    update: {
      key: keys.runEntry(organization, at, synchronization, number),
      set: {
        ...{ at, by: login, act: runAct, subject: login },
        why: [...new Set(scopes.map(({ cause }) => cause))].join('; '),
        actor: { kind: 'synchronization', id: synchronization, name: login },
        ...fromDelivery(deliveries[0]),
        run: { synchronization, number, deliveries },
        [tableKeys.expiry]: Math.ceil(at / 1000) + runSeconds,
      },
      add: { added: counts.add, updated: counts.update, removed: counts.remove },
    },
  };
}

const refusalsKeptMs = 400 * 24 * 3600_000;

const keyOf = ({ organization, at, id }: RefusalPlace): Key =>
  organization === undefined ? keys.installationRefusal(at, id) : keys.refusal(organization, at, id);

/** Adds an entry about a refused request. Unlike others it can be counted up, and expires after 400 days. */
export function addRefusal(
  place: RefusalPlace,
  entry: Pick<AuditEntry, 'by' | 'why' | 'actor' | 'from' | 'subject'>,
): Operation {
  const { by, why, actor, from, subject } = entry;
  const item = { at: place.at, act: refusalAct, by, why, actor, from, subject, count: 1 };
  const expiry = { [tableKeys.expiry]: Math.ceil((place.at + refusalsKeptMs) / 1000) };
  return { put: keyOf(place), item: { ...item, ...expiry }, when: absent };
}

/** The act of entries about refused requests. */
export const refusalAct = 'request-refused';

/** Counts so many more. One write. */
export const countRefusals = async (table: Table, place: RefusalPlace, more: number): Promise<void> => {
  await table.update({ key: keyOf(place), add: { count: more } }, present);
};

/** The latest entries, newest first, without refused requests and runs. One read. */
export async function auditLog(
  table: Table,
  organization: OrganizationId | undefined,
  limit: number,
): Promise<readonly AuditEntry[]> {
  const { pk, sk } = rangeOf(organization);
  return (await table.query(pk, sk, { descending: true, limit })).map((item) => AuditItem.parse(item));
}

export interface AuditFilter {
  readonly act?: string | undefined;
  /** Id of the actor. */
  readonly actor?: string | undefined;
  /** The kind of the actor: of what a code host changed, `synchronization`. */
  readonly source?: (typeof actorKinds)[number] | undefined;
  /** The webhook delivery that it came of. */
  readonly delivery?: string | undefined;
  /** Entries from this moment on; milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Entries before this moment; milliseconds since the epoch. */
  readonly until?: number | undefined;
}

const fits = (
  { act, actor, source, delivery }: AuditFilter,
  { from, run, ...entry }: Omit<ListedEntry, 'id'>,
): boolean =>
  (act ?? entry.act) === entry.act &&
  (actor === undefined || actor === entry.actor?.id) &&
  (source === undefined || source === entry.actor?.kind) &&
  (delivery === undefined || from?.delivery === delivery || run?.deliveries.includes(delivery) === true);

/** Where entries are that the filter may select: each is a query for a page. */
function rangesFor(
  organization: OrganizationId | undefined,
  { act, source, delivery }: AuditFilter,
): readonly Key[] {
  const changes = rangeOf(organization);
  if (organization === undefined) {
    return (act ?? refusalAct) === refusalAct ? [changes, ranges.installationRefusals()] : [changes];
  }
  const isOfSynchronization = source === 'synchronization' || delivery !== undefined;
  const mayBeRun = (act ?? runAct) === runAct && (source ?? 'synchronization') === 'synchronization';
  const mayBeRefusal = (act ?? refusalAct) === refusalAct && !isOfSynchronization;
  return [
    // Until refused requests had a range of their own, they were among the changes.
    ...(act === runAct ? [] : [changes]),
    ...(mayBeRun ? [ranges.runEntries(organization)] : []),
    ...(mayBeRefusal ? [ranges.refusals(organization)] : []),
  ];
}

export interface AuditPage {
  readonly entries: readonly ListedEntry[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** Queries for a page at the most, and items of each where few may fit. A page that few entries fit is short, and not the last. */
const queriesMax = 3;
const itemsMax = 250;

/**
 * A page of the log, newest first.
 *
 * @param after `next` of the page before
 * @throws CallerError when it is no place in a log
 */
export async function auditPage(
  table: Table,
  organization: OrganizationId | undefined,
  filter: AuditFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<AuditPage> {
  const { sk: prefix } = rangeOf(organization);
  const { since, until, ...selection } = filter;
  if (after !== undefined && !after.startsWith(prefix)) {
    throw new CallerError('invalid', 'this page begins nowhere in the log');
  }
  const from = rangesFor(organization, filter);
  const oldest = since === undefined ? prefix : `${prefix}${new Date(since).toISOString()}`;
  const isUnfiltered = Object.values(selection).every((one) => one === undefined);
  const entries: ListedEntry[] = [];
  let place = after ?? (until === undefined ? undefined : `${prefix}${new Date(until).toISOString()}`);
  for (let queries = from.length; queries <= queriesMax; queries += from.length) {
    const asked = isUnfiltered ? limit - entries.length : itemsMax;
    const items = await latest(table, from, prefix, { limit: asked, after: place });
    for (const { sk, item } of items) {
      if (sk < oldest) {
        return { entries, next: undefined };
      }
      place = sk;
      const entry = ListedItem.parse(item);
      if (fits(filter, entry)) {
        entries.push({ ...entry, id: idOf(item) });
      }
      if (entries.length === limit) {
        return { entries, next: place };
      }
    }
    if (items.length < asked) {
      return { entries, next: undefined };
    }
  }
  return { entries, next: place };
}

/** The latest of all ranges, under the sort keys that they would have in one range: a place in it is one in the others. */
async function latest(
  table: Table,
  of: readonly Key[],
  inOne: string,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<readonly { readonly sk: string; readonly item: Item }[]> {
  const found = await Promise.all(
    of.map(async ({ pk, sk: prefix }) => {
      const from = after === undefined ? undefined : `${prefix}${after.slice(inOne.length)}`;
      const items = await table.query(pk, prefix, { descending: true, limit, after: from });
      return items.map((item) => ({ sk: `${inOne}${String(item.sk).slice(prefix.length)}`, item }));
    }),
  );
  return found
    .flat()
    .sort((one, other) => (one.sk < other.sk ? 1 : -1))
    .slice(0, limit);
}

const rangeOf = (organization: OrganizationId | undefined) =>
  organization === undefined ? ranges.installationAuditLog() : ranges.auditLog(organization);

const idOf = ({ sk }: Item): string => String(sk).slice(String(sk).lastIndexOf('#') + 1);
