/** Synchronizations, the state of their scopes, and the records of their runs. */
import { z } from 'zod';
import { type ScopeName, scopeNames } from '../domain/facts.ts';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import {
  type CredentialState,
  credentialStates,
  forgeIds,
  type Synchronization,
} from '../domain/synchronization.ts';
import { absent, any, equal, present } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';

const organization = z.string().transform((text) => asId<OrganizationId>(text));
const synchronization = z.string().transform((text) => asId<SynchronizationId>(text));

/** The table's changes reach no attribute inside another, so each scope has one of its own. */
const successAttribute = (scope: ScopeName): string => `${scope}SucceededAt`;

const SynchronizationItem = z
  .object({
    id: synchronization,
    organization,
    forge: z.enum(forgeIds),
    baseUrl: z.string(),
    forgeOrganization: z.string().transform((text) => asId<ForgeOrganizationId>(text)),
    login: z.string(),
    installation: z.string().transform((text) => asId<InstallationId>(text)),
    choice: z.enum(['all', 'some']),
    importObservedAt: z.number().optional(),
    credentialState: z.enum(credentialStates).default('working'),
    credentialScope: z.enum(scopeNames as [ScopeName]).optional(),
    credentialStateSince: z.number().optional(),
    settingsSucceededAt: z.number().optional(),
    membersSucceededAt: z.number().optional(),
    teamsSucceededAt: z.number().optional(),
    repositoriesSucceededAt: z.number().optional(),
  })
  .transform(
    ({
      settingsSucceededAt,
      membersSucceededAt,
      teamsSucceededAt,
      repositoriesSucceededAt,
      ...rest
    }): Synchronization => ({
      ...rest,
      importObservedAt: rest.importObservedAt,
      credentialScope: rest.credentialScope,
      credentialStateSince: rest.credentialStateSince,
      lastSuccessAt: {
        ...(settingsSucceededAt === undefined ? {} : { settings: settingsSucceededAt }),
        ...(membersSucceededAt === undefined ? {} : { members: membersSucceededAt }),
        ...(teamsSucceededAt === undefined ? {} : { teams: teamsSucceededAt }),
        ...(repositoriesSucceededAt === undefined ? {} : { repositories: repositoriesSucceededAt }),
      },
    }),
  );

export async function findSynchronization(
  table: Table,
  id: SynchronizationId,
): Promise<Synchronization | undefined> {
  const item = await table.get(keys.synchronization(id));
  return item === undefined ? undefined : SynchronizationItem.parse(item);
}

const ListedItem = z.object({ synchronization, organization });

/** All synchronizations, or those of one organization. */
export async function listSynchronizations(
  table: Table,
  of?: OrganizationId,
): Promise<
  readonly { readonly synchronization: SynchronizationId; readonly organization: OrganizationId }[]
> {
  const items = await table.query('SYNCS', 'SYNC#');
  return items
    .map((item) => ListedItem.parse(item))
    .filter((listed) => of === undefined || listed.organization === of);
}

export async function synchronizationsOf(
  table: Table,
  organizationId: OrganizationId,
): Promise<readonly Synchronization[]> {
  const listed = await listSynchronizations(table, organizationId);
  const items = await table.getMany(listed.map((entry) => keys.synchronization(entry.synchronization)));
  return items.flatMap((item) => (item === undefined ? [] : [SynchronizationItem.parse(item)]));
}

const ClaimItem = z.object({ organization, synchronization });

/** Who synchronizes the forge organization; at most one does. */
export async function findClaim(
  table: Table,
  forge: Pick<Synchronization, 'forge' | 'baseUrl' | 'forgeOrganization'>,
): Promise<{ organization: OrganizationId; synchronization: SynchronizationId } | undefined> {
  const item = await table.get(keys.forgeOrganization(forge.forge, forge.baseUrl, forge.forgeOrganization));
  return item === undefined ? undefined : ClaimItem.parse(item);
}

/** A new synchronization, its place in the list, and its claim on the forge organization, in this order. */
export function addSynchronization(
  added: Omit<
    Synchronization,
    'importObservedAt' | 'credentialState' | 'credentialScope' | 'credentialStateSince' | 'lastSuccessAt'
  >,
): readonly Operation[] {
  const tie = { synchronization: added.id, organization: added.organization };
  return [
    { put: keys.synchronization(added.id), item: { ...added, counter: 0 }, when: absent },
    { put: keys.synchronizationListed(added.id), item: tie, when: absent },
    {
      put: keys.forgeOrganization(added.forge, added.baseUrl, added.forgeOrganization),
      item: tie,
      when: absent,
    },
  ];
}

/** Draws the number of a read. To be called before the read's first request. */
export async function drawNumber(table: Table, id: SynchronizationId): Promise<number> {
  const item = await table.update({ key: keys.synchronization(id), add: { counter: 1 } }, present);
  return z.number().parse(item.counter);
}

/** The first whole read of the repositories: those that a later read sees first are new. */
export function markImported(id: SynchronizationId, observedAt: number): Operation {
  return {
    update: { key: keys.synchronization(id), setIfMissing: { importObservedAt: observedAt } },
    when: present,
  };
}

export function chooseAll(id: SynchronizationId): Operation {
  return { update: { key: keys.synchronization(id), set: { choice: 'all' } }, when: present };
}

export function useInstallation(id: SynchronizationId, installation: InstallationId): Operation {
  return { update: { key: keys.synchronization(id), set: { installation } }, when: present };
}

/** Notes that the scope was read whole. @param at milliseconds since the epoch */
export async function noteSuccess(
  table: Table,
  before: Synchronization,
  scope: ScopeName,
  at: number,
): Promise<void> {
  const key = keys.synchronization(before.id);
  await table.update({ key, set: { [successAttribute(scope)]: at } }, present);
  if (before.credentialState === 'working') {
    return;
  }
  try {
    // A permission that one scope lacks is not there because another scope can be read.
    await table.update(
      { key, set: { credentialState: 'working' }, remove: ['credentialScope', 'credentialStateSince'] },
      any(equal('credentialState', 'credential-rejected'), equal('credentialScope', scope)),
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Notes what a read showed of the credential. @param at milliseconds since the epoch; the first time of the same state stays */
export async function noteCredential(
  table: Table,
  before: Synchronization,
  state: CredentialState,
  scope: ScopeName,
  at: number,
): Promise<void> {
  if (before.credentialState === state) {
    return;
  }
  await table.update(
    {
      key: keys.synchronization(before.id),
      set: { credentialState: state, credentialScope: scope, credentialStateSince: at },
    },
    present,
  );
}

const ScopeItem = z.object({
  wanted: z.number().default(0),
  done: z.number().default(0),
  /** Number of the last whole read. */
  readAt: z.number().optional(),
  /** Milliseconds since the epoch. */
  lastSuccessAt: z.number().optional(),
  lastFailure: z.object({ at: z.number(), code: z.string(), message: z.string() }).optional(),
  /** Failed reads in a row. */
  attempts: z.number().default(0),
  /** A delivery said that something was taken away, and no read has shown it yet; so often it was looked for again. */
  removalTold: z.boolean().default(false),
  rechecks: z.number().default(0),
  /** When to look again; milliseconds since the epoch. */
  recheckAt: z.number().optional(),
  /** Why it was asked for last. */
  cause: z.string().default('unknown'),
});
export type ScopeState = z.infer<typeof ScopeItem>;

export const parseScope = (item: Item): ScopeState => ScopeItem.parse(item);

export async function scopeState(
  table: Table,
  id: SynchronizationId,
  scope: ScopeName,
): Promise<ScopeState | undefined> {
  const item = await table.get(keys.scope(id, scope));
  return item === undefined ? undefined : parseScope(item);
}

/** What one run did; for the history. */
export interface RunRecord {
  readonly scope: ScopeName;
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Requests to the forge, where the reader counts them. */
  readonly requests: number | undefined;
  /** A whole read, or the code of what went wrong. */
  readonly outcome: string;
  readonly counts: { readonly add: number; readonly update: number; readonly remove: number };
  /** The first changes in words. */
  readonly changes: readonly string[];
}

const day = 24 * 3600;

/** Keeps the record: a month where something changed, a day where nothing did. @param observedAt the run's number */
export async function recordRun(
  table: Table,
  id: SynchronizationId,
  observedAt: number,
  record: RunRecord,
): Promise<void> {
  const kept = record.changes.length > 0 ? 30 * day : day;
  const expiresAt = Math.ceil(record.finishedAt / 1000) + kept;
  await table.transact([
    { put: keys.run(id, observedAt), item: { ...record, observedAt, [tableKeys.expiry]: expiresAt } },
  ]);
}
