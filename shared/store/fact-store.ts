/** Facts of a synchronization, each with the number of the read that saw it. A removed fact leaves a tombstone for a day. */
import { z } from 'zod';
import {
  type Fact,
  type FactKind,
  factKey,
  type RepositoryFact,
  type StoredFact,
  type Tombstone,
} from '../domain/facts.ts';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import type { RepositoryOf } from '../domain/repository-key.ts';
import {
  type AnyScope,
  idOfPart,
  isPart,
  kindsOf,
  mainKeyOf,
  type PartScope,
  partOf,
  type ScopeLayout,
} from '../domain/scopes.ts';
import { parseFact } from '../forge/fact-schema.ts';
import { missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

export type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;

const FactEnvelope = z.object({
  fact: z.unknown(),
  observedAt: z.number(),
  firstObservedAt: z.number(),
  removed: z.literal(true).optional(),
  missed: z.literal(true).optional(),
  changedAt: z.number().default(0),
  givenAt: z.number().default(0),
  inDoubt: z.literal(true).optional(),
});

/** How long a removed fact's number is kept, in milliseconds: longer than the slowest read. */
const tombstoneMs = 24 * 3600 * 1000;

/** What is stored of a scope. */
export interface StoredScope {
  readonly facts: readonly StoredFact[];
  /** What was removed within a day, by the fact's key. */
  readonly removed: ReadonlyMap<string, Tombstone>;
}

/**
 * Everything stored of the scope, consistent.
 *
 * @param covers for a part: only what belongs to one of these
 */
export async function loadScope(
  table: Table,
  synchronization: SynchronizationId,
  layout: ScopeLayout,
  scope: AnyScope,
  covers: readonly PartScope[] = isPart(scope) ? [scope] : [],
): Promise<StoredScope> {
  const facts: StoredFact[] = [];
  const removed = new Map<string, Tombstone>();
  for (const item of await itemsOfScope(table, synchronization, layout, scope, covers)) {
    const stored = parseStored(item);
    const part = partOf(stored.fact);
    if (isPart(scope) && (part === undefined || !covers.includes(part))) {
      continue;
    }
    if (stored.removed) {
      removed.set(factKey(stored.fact), { ...stored, missed: stored.missed ? stored.fact : undefined });
    } else {
      facts.push(stored);
    }
  }
  return { facts, removed };
}

/** Loads at least the requested items: rows of a part whose keys begin differently are found among all of their kind. */
async function itemsOfScope(
  table: Table,
  synchronization: SynchronizationId,
  layout: ScopeLayout,
  scope: AnyScope,
  covers: readonly PartScope[],
): Promise<readonly Item[]> {
  const kinds = kindsOf(layout, scope);
  const ofKind = (kind: FactKind, ...rest: readonly string[]): Promise<Item[]> =>
    queryFacts(table, synchronization, prefixOf(kind, ...rest));
  if (!isPart(scope)) {
    return (await Promise.all(kinds.map((kind) => ofKind(kind)))).flat();
  }
  const main = table.getMany(covers.map((part) => keys.fact(synchronization, mainKeyOf(part))));
  const rows: Promise<readonly Item[]>[] = [];
  if (kinds.includes('team-member')) {
    rows.push(ofKind('team-member'), ...covers.map((part) => ofKind('team-repository', idOfPart(part))));
  }
  if (kinds.includes('collaborator')) {
    rows.push(ofKind('collaborator'));
  }
  // Awaited together, so that no query's error goes unhandled when another fails.
  const [mainItems, ...others] = await Promise.all([main, ...rows]);
  return [...mainItems.filter((item) => item !== undefined), ...others.flat()];
}

/** The facts of one kind, consistent. */
export async function loadFacts<Kind extends FactKind>(
  table: Table,
  synchronization: SynchronizationId,
  kind: Kind,
): Promise<readonly FactOf<Kind>[]> {
  return live(await queryFacts(table, synchronization, prefixOf(kind)), kind);
}

/** The repository with the number of the read that first saw it; undefined if it is not stored or removed. */
export async function findRepository(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<{ readonly fact: RepositoryFact; readonly firstObservedAt: number } | undefined> {
  const item = await table.get(keys.fact(synchronization, `repository#${repository}`));
  const stored = item && parseStored(item);
  return stored === undefined || stored.removed || stored.fact.kind !== 'repository'
    ? undefined
    : { fact: stored.fact, firstObservedAt: stored.firstObservedAt };
}

/**
 * The repositories as they are known, also those removed within a day; in the order given, undefined where nothing is known. One read for
 * each 100.
 */
export async function findRepositories(
  table: Table,
  repositories: readonly RepositoryOf[],
): Promise<readonly (RepositoryFact | undefined)[]> {
  const items = await table.getMany(
    repositories.map(({ synchronization, repository }) =>
      keys.fact(synchronization, `repository#${repository}`),
    ),
  );
  return items.map(repositoryIn);
}

/** The repository's fact, even if it was removed. */
export function repositoryIn(item: Item | undefined): RepositoryFact | undefined {
  const fact = item && parseStored(item).fact;
  return fact?.kind === 'repository' ? fact : undefined;
}

/**
 * Repositories of the synchronization in the order of their ids, without removed ones. One read.
 *
 * @param after only those beyond this id
 * @returns with `last`, the id where the next page begins; undefined at the end
 */
export async function repositoryPage(
  table: Table,
  synchronization: SynchronizationId,
  { limit, after }: { readonly limit: number; readonly after?: ForgeRepositoryId | undefined },
): Promise<{ readonly facts: readonly RepositoryFact[]; readonly last: ForgeRepositoryId | undefined }> {
  const from = keys.fact(synchronization, prefixOf('repository'));
  const items = await table.query(from.pk, from.sk, {
    limit,
    after: after === undefined ? undefined : `${from.sk}${after}`,
  });
  const last = items.at(-1);
  const lastFact = last && parseStored(last).fact;
  return {
    facts: live(items, 'repository'),
    last: items.length === limit && lastFact?.kind === 'repository' ? lastFact.repository : undefined,
  };
}

export async function loadMember(
  table: Table,
  synchronization: SynchronizationId,
  account: string,
  givenAt: Map<string, number>,
): Promise<readonly FactOf<'member'>[]> {
  const item = await table.get(keys.fact(synchronization, `member#${account}`));
  return live(item === undefined ? [] : [item], 'member', givenAt);
}

export async function loadTeam(
  table: Table,
  synchronization: SynchronizationId,
  team: string,
  givenAt: Map<string, number>,
): Promise<readonly FactOf<'team'>[]> {
  const item = await table.get(keys.fact(synchronization, `team#${team}`));
  return live(item === undefined ? [] : [item], 'team', givenAt);
}

/** The facts with these keys, in the order given, even if they were removed within a day; consistent. One read for each 100. */
export async function findFacts(
  table: Table,
  synchronization: SynchronizationId,
  factKeys: readonly string[],
): Promise<readonly (Fact | undefined)[]> {
  const items = await table.getMany(factKeys.map((key) => keys.fact(synchronization, key)));
  return items.map((item) => item && parseStored(item).fact);
}

/** The fact with that key, even if it was removed within a day; consistent. */
export async function findFact(
  table: Table,
  synchronization: SynchronizationId,
  key: string,
): Promise<Fact | undefined> {
  const item = await table.get(keys.fact(synchronization, key));
  return item && parseStored(item).fact;
}

/** The state of a fact that may have been removed within a day. */
export interface Standing {
  readonly isRemoved: boolean;
  readonly observedAt: number;
  readonly givenAt: number;
}

/** For each key whether the fact is stored or was removed within a day; consistent. */
export async function standingOf(
  table: Table,
  synchronization: SynchronizationId,
  factKeys: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const items = await table.getMany(factKeys.map((key) => keys.fact(synchronization, key)));
  return new Map(
    items.flatMap((item) => {
      const stored = item && parseStored(item);
      return stored === undefined
        ? []
        : [[factKey(stored.fact), { ...stored, isRemoved: stored.removed }] as const];
    }),
  );
}

/**
 * Stores a fact that the read saw, unless a later read wrote or removed it.
 *
 * @param right when it changes rights: it is new, wider or narrower
 */
export function putFact(
  synchronization: SynchronizationId,
  fact: Fact,
  observedAt: number,
  right?: {
    /** Milliseconds since the epoch. */
    readonly changedAt: number;
    /** Whether it gives a right: then the read answers the events that withdrew it before. */
    readonly gives: boolean;
    readonly inDoubt?: boolean | undefined;
  },
): Operation {
  const ofRight = right && {
    changedAt: right.changedAt,
    inDoubt: right.inDoubt || undefined,
    ...(right.gives ? { givenAt: observedAt } : {}),
  };
  return {
    update: {
      key: keys.fact(synchronization, factKey(fact)),
      set: { fact, observedAt, ...ofRight },
      // A fact that comes back within a day keeps when it was first seen.
      setIfMissing: { firstObservedAt: observedAt },
      remove: ['removed', 'missed', tableKeys.expiry],
    },
    when: missingOrLess('observedAt', observedAt),
  };
}

/**
 * Replaces a fact that the read did not see by a tombstone, unless a later read saw it.
 *
 * @param now milliseconds since the epoch
 * @param isMissed absence from a list is the only evidence
 * @param inDoubt only this read says that it is gone, and it may lag behind an addition
 */
export function removeFact(
  synchronization: SynchronizationId,
  fact: Fact,
  observedAt: number,
  now: number,
  { isMissed, inDoubt }: { readonly isMissed?: boolean; readonly inDoubt?: boolean | undefined } = {},
): Operation {
  return {
    update: {
      key: keys.fact(synchronization, factKey(fact)),
      set: {
        observedAt,
        removed: true,
        missed: isMissed || undefined,
        inDoubt: inDoubt || undefined,
        changedAt: now,
        // Kept for ever: a repository that was out of sight for a year still is not a new one.
        ...(fact.kind === 'repository' ? {} : { [tableKeys.expiry]: Math.ceil((now + tombstoneMs) / 1000) }),
      },
    },
    when: missingOrLess('observedAt', observedAt),
  };
}

export function queryFacts(
  table: Table,
  synchronization: SynchronizationId,
  prefix: string,
): Promise<Item[]> {
  const from = keys.fact(synchronization, prefix);
  return table.query(from.pk, from.sk);
}

/** Prefix of the keys of one kind of fact. It ends in the separator, since `team` also begins `team-member`. */
export function prefixOf(kind: FactKind, ...rest: readonly string[]): string {
  return kind === 'settings' ? kind : `${[kind, ...rest].join('#')}#`;
}

export function parseStored(
  item: Item,
): StoredFact & { readonly removed: boolean; readonly missed: boolean } {
  const envelope = FactEnvelope.parse(item);
  return {
    fact: parseFact(envelope.fact),
    observedAt: envelope.observedAt,
    firstObservedAt: envelope.firstObservedAt,
    changedAt: envelope.changedAt,
    givenAt: envelope.givenAt,
    inDoubt: envelope.inDoubt ?? false,
    removed: envelope.removed ?? false,
    missed: envelope.missed ?? false,
  };
}

/** @param givenAt collects the numbers of the reads that gave the stored facts */
export function live<Kind extends FactKind>(
  items: readonly Item[],
  kind: Kind,
  givenAt?: Map<string, number>,
): FactOf<Kind>[] {
  return items.map(parseStored).flatMap(({ fact, removed, givenAt: number }) => {
    if (removed || !isKind(fact, kind)) {
      return [];
    }
    givenAt?.set(factKey(fact), number);
    return [fact];
  });
}

export function isKind<Kind extends FactKind>(fact: Fact, kind: Kind): fact is FactOf<Kind> {
  return fact.kind === kind;
}
