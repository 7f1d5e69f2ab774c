/** What was done to an organization or the installation: by whom, why and from where. Entries are added and never changed, but for the count of refused requests. */
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { absent, present } from './condition.ts';
import { type Key, keys, ranges, tableKeys } from './keys.ts';
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

/** The latest entries, newest first, without refused requests. One read. */
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
  /** Entries from this moment on; milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Entries before this moment; milliseconds since the epoch. */
  readonly until?: number | undefined;
}

export interface AuditPage {
  readonly entries: readonly (AuditEntry & { readonly id: string })[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** A page reads so often at the most, changes and refused requests at once, and so many entries each time. A page that few entries fit is short, and not the last. */
const readsMax = 3;
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
  const { act, actor, since, until } = filter;
  if (after !== undefined && !after.startsWith(prefix)) {
    throw new CallerError('invalid', 'this page begins nowhere in the log');
  }
  const oldest = since === undefined ? prefix : `${prefix}${new Date(since).toISOString()}`;
  const isUnfiltered = act === undefined && actor === undefined;
  const entries: (AuditEntry & { readonly id: string })[] = [];
  let place = after ?? (until === undefined ? undefined : `${prefix}${new Date(until).toISOString()}`);
  for (let reads = 0; reads < readsMax; reads++) {
    const asked = isUnfiltered ? limit - entries.length : itemsMax;
    const items = await latest(table, organization, act, { limit: asked, after: place });
    for (const { sk, item } of items) {
      if (sk < oldest) {
        return { entries, next: undefined };
      }
      place = sk;
      const entry = AuditItem.parse(item);
      if ((act ?? entry.act) === entry.act && (actor === undefined || actor === entry.actor?.id)) {
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

/** The latest of both kinds, under the sort keys that they would have in one range: a place in it is one in the other. */
async function latest(
  table: Table,
  organization: OrganizationId | undefined,
  act: string | undefined,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<readonly { readonly sk: string; readonly item: Item }[]> {
  const changes = rangeOf(organization);
  const refusals = organization === undefined ? ranges.installationRefusals() : ranges.refusals(organization);
  // Until refused requests had a range of their own, they were among the changes.
  const ofBoth = act === undefined || act === refusalAct ? [changes, refusals] : [changes];
  const found = await Promise.all(
    ofBoth.map(async ({ pk, sk: prefix }) => {
      const from = after === undefined ? undefined : `${prefix}${after.slice(changes.sk.length)}`;
      const items = await table.query(pk, prefix, { descending: true, limit, after: from });
      return items.map((item) => ({ sk: `${changes.sk}${String(item.sk).slice(prefix.length)}`, item }));
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
