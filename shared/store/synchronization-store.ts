/** Synchronizations, and the state of their credentials. */
import { z } from 'zod';
import type { Connection } from '../domain/connection.ts';
import {
  asId,
  type ConnectionId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import { type AnyScope, isPart, type ScopeName, scopeNames } from '../domain/scopes.ts';
import {
  type Caution,
  type CredentialState,
  credentialStates,
  defaultCaution,
  type ForgeHost,
  type Synchronization,
} from '../domain/synchronization.ts';
import { absent, all, any, equal, missing, present } from './condition.ts';
import { keys, ranges } from './keys.ts';
import { ConflictError, type Item, type Operation, type Table } from './table.ts';

const organization = z.string().transform((text) => asId<OrganizationId>(text));
const synchronization = z.string().transform((text) => asId<SynchronizationId>(text));

const installation = z.string().transform((text) => asId<InstallationId>(text));
const connectionId = z.string().transform((text) => asId<ConnectionId>(text));
export const connectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('app-installation'), installation }),
  z.object({ kind: z.literal('oauth-grant'), id: connectionId }),
  z.object({ kind: z.literal('access-token'), id: connectionId }),
  z.object({ kind: z.literal('of-repositories') }),
]);

/** Each scope has its own attribute, since `Change` cannot update nested ones. */
const successAttribute = (scope: ScopeName): string => `${scope}SucceededAt`;

const SynchronizationItem = z
  .object({
    id: synchronization,
    organization,
    createdAt: z.number().default(0),
    forge: z.string(),
    baseUrl: z.string(),
    forgeOrganization: z.string().transform((text) => asId<ForgeOrganizationId>(text)),
    login: z.string(),
    connection: connectionSchema.optional(),
    /** In items from when installations were the only connections. */
    installation: installation.optional(),
    choice: z.enum(['all', 'some']),
    importObservedAt: z.number().optional(),
    importListedAt: z.number().optional(),
    importEndedAt: z.number().optional(),
    credentialState: z.enum(credentialStates).default('working'),
    credentialScope: z.enum(scopeNames).optional(),
    credentialStateSince: z.number().optional(),
    rightsSuspendedAt: z.number().optional(),
    viewersInstall: z.boolean().default(false),
    storesArchives: z.boolean().default(true),
    heldShare: z.number().default(defaultCaution.heldShare),
    heldAbove: z.number().default(defaultCaution.heldAbove),
    /** The stored name of `suspendAfterDays`. */
    restAfterDays: z.number().default(defaultCaution.suspendAfterDays),
  })
  .transform(
    ({
      connection: stored,
      installation: installed,
      heldShare,
      heldAbove,
      restAfterDays,
      ...rest
    }): Omit<Synchronization, 'lastSuccessAt'> => ({
      ...rest,
      connection: connectionOf(stored, installed),
      importObservedAt: rest.importObservedAt,
      importListedAt: rest.importListedAt,
      importEndedAt: rest.importEndedAt,
      credentialScope: rest.credentialScope,
      credentialStateSince: rest.credentialStateSince,
      rightsSuspendedAt: rest.rightsSuspendedAt,
      caution: { heldShare, heldAbove, suspendAfterDays: restAfterDays },
    }),
  );

const SuccessTime = z.number().optional();

function parseSynchronization(item: Item): Synchronization {
  const times = scopeNames.flatMap((scope) => {
    const at = SuccessTime.parse(item[successAttribute(scope)]);
    return at === undefined ? [] : [[scope, at] as const];
  });
  return { ...SynchronizationItem.parse(item), lastSuccessAt: Object.fromEntries(times) };
}

function connectionOf(
  stored: Synchronization['connection'] | undefined,
  installed: InstallationId | undefined,
): Synchronization['connection'] {
  if (stored !== undefined) {
    return stored;
  }
  if (installed === undefined) {
    throw new Error('a synchronization has no connection');
  }
  return { kind: 'app-installation', installation: installed };
}

export async function findSynchronization(
  table: Table,
  id: SynchronizationId,
): Promise<Synchronization | undefined> {
  const item = await table.get(keys.synchronization(id));
  // A synchronization that is being deleted counts as missing.
  return item === undefined || item.deletedAt !== undefined ? undefined : parseSynchronization(item);
}

const ListedItem = z.object({ synchronization, organization });

/** All synchronizations, or those of one organization. */
export async function listSynchronizations(
  table: Table,
  of?: OrganizationId,
): Promise<
  readonly { readonly synchronization: SynchronizationId; readonly organization: OrganizationId }[]
> {
  const { pk, sk } = ranges.synchronizations();
  const items = await table.query(pk, sk);
  return items
    .map((item) => ListedItem.parse(item))
    .filter((listed) => of === undefined || listed.organization === of);
}

export const synchronizationsOf = (
  table: Table,
  organizationId: OrganizationId,
): Promise<readonly Synchronization[]> => everySynchronization(table, organizationId);

/** All synchronizations, or those of one organization. Two reads, while they are few. */
export async function everySynchronization(
  table: Table,
  of?: OrganizationId,
): Promise<readonly Synchronization[]> {
  const listed = await listSynchronizations(table, of);
  const items = await table.getMany(listed.map((entry) => keys.synchronization(entry.synchronization)));
  return items.flatMap((item) => (item === undefined ? [] : [parseSynchronization(item)]));
}

const ClaimItem = z.object({ organization, synchronization });

/** The synchronization of the forge organization; there is at most one. */
export async function findClaim(
  table: Table,
  forge: ForgeHost & Pick<Synchronization, 'forgeOrganization'>,
): Promise<{ organization: OrganizationId; synchronization: SynchronizationId } | undefined> {
  const item = await table.get(keys.forgeOrganization(forge.forge, forge.baseUrl, forge.forgeOrganization));
  return item === undefined ? undefined : ClaimItem.parse(item);
}

/** The organizations that forge organizations of one host are connected to, in their order. One read for each 100. */
export async function findClaims(
  table: Table,
  { forge, baseUrl }: ForgeHost,
  forgeOrganizations: readonly ForgeOrganizationId[],
): Promise<readonly (OrganizationId | undefined)[]> {
  const items = await table.getMany(
    forgeOrganizations.map((id) => keys.forgeOrganization(forge, baseUrl, id)),
  );
  return items.map((item) => (item === undefined ? undefined : ClaimItem.parse(item).organization));
}

/** Stores a new synchronization, its list entry, and its claim on the forge organization, in this order. */
export function addSynchronization(
  added: Omit<
    Synchronization,
    | 'importObservedAt'
    | 'importListedAt'
    | 'importEndedAt'
    | 'credentialState'
    | 'credentialScope'
    | 'credentialStateSince'
    | 'rightsSuspendedAt'
    | 'caution'
    | 'viewersInstall'
    | 'storesArchives'
    | 'lastSuccessAt'
  >,
): readonly Operation[] {
  const link = { synchronization: added.id, organization: added.organization };
  return [
    {
      put: keys.synchronization(added.id),
      item: { ...added, ...ofCredential(added.connection), counter: 0 },
      when: absent,
    },
    { put: keys.synchronizationListed(added.id), item: link, when: absent },
    {
      put: keys.forgeOrganization(added.forge, added.baseUrl, added.forgeOrganization),
      item: link,
      when: absent,
    },
  ];
}

/**
 * Removes the synchronization from the list and releases its claim on the forge organization: it is not read any more and grants
 * no right. Its records are removed later.
 *
 * @param now milliseconds since the epoch
 */
export function withdrawSynchronization(
  { id, forge, baseUrl, forgeOrganization }: Synchronization,
  now: number,
): readonly Operation[] {
  return [
    {
      update: { key: keys.synchronization(id), set: { deletedAt: now } },
      when: all(present, missing('deletedAt')),
    },
    { delete: keys.synchronizationListed(id) },
    {
      delete: keys.forgeOrganization(forge, baseUrl, forgeOrganization),
      when: equal('synchronization', id),
    },
  ];
}

/** The last number drawn. */
export async function lastNumber(table: Table, id: SynchronizationId): Promise<number> {
  const item = await table.get(keys.synchronization(id));
  return z.number().parse(item?.counter);
}

/** Draws the number of a read. Call it before the read's first request. */
export async function drawNumber(table: Table, id: SynchronizationId): Promise<number> {
  const item = await table.update({ key: keys.synchronization(id), add: { counter: 1 } }, present);
  return z.number().parse(item.counter);
}

/** Records the first complete read of the repositories: those first seen later are new. @param now milliseconds since the epoch */
export function markImported(id: SynchronizationId, observedAt: number, now: number): Operation {
  return {
    update: {
      key: keys.synchronization(id),
      setIfMissing: { importObservedAt: observedAt, importListedAt: now },
    },
    when: present,
  };
}

/** Records that every repository of the first complete read was scanned. @param now milliseconds since the epoch */
export async function markImportEnded(table: Table, id: SynchronizationId, now: number): Promise<void> {
  await table.update({ key: keys.synchronization(id), setIfMissing: { importEndedAt: now } }, present);
}

export function chooseAll(id: SynchronizationId): Operation {
  return { update: { key: keys.synchronization(id), set: { choice: 'all' } }, when: present };
}

/** Changes the synchronization's removal guard and suspension settings. Fails when they were changed since `before` was read. */
export function setCaution(id: SynchronizationId, changes: Partial<Caution>, before: Caution): Operation {
  const defaults = storedCaution(defaultCaution);
  const unchanged = Object.entries(storedCaution(before)).map(([name, value]) =>
    value === defaults[name] ? any(missing(name), equal(name, value)) : equal(name, value),
  );
  return {
    update: { key: keys.synchronization(id), set: storedCaution(changes) },
    when: all(present, ...unchanged),
  };
}

const storedCaution = ({ suspendAfterDays, ...shares }: Partial<Caution>): Record<string, number> => ({
  ...shares,
  ...(suspendAfterDays !== undefined && { restAfterDays: suspendAfterDays }),
});

/**
 * @param install whether people who may view code on the forge, but not download it, install packages
 * @param before what was read; fails when that has changed
 */
export function setViewersInstall(id: SynchronizationId, install: boolean, before: boolean): Operation {
  const stored = equal('viewersInstall', before);
  const unchanged = before ? stored : any(missing('viewersInstall'), stored);
  return {
    update: { key: keys.synchronization(id), set: { viewersInstall: install } },
    when: all(present, missing('deletedAt'), unchanged),
  };
}

/**
 * @param stores whether archives are stored before anybody asks for them
 * @param before what was read; fails when that has changed
 */
export function setStoresArchives(id: SynchronizationId, stores: boolean, before: boolean): Operation {
  const stored = equal('storesArchives', before);
  return {
    update: { key: keys.synchronization(id), set: { storesArchives: stores } },
    when: all(present, missing('deletedAt'), before ? any(missing('storesArchives'), stored) : stored),
  };
}

/** Suspends the access of people and teams; the facts stay. @param at milliseconds since the epoch */
export function suspendRights(id: SynchronizationId, at: number): Operation {
  return {
    update: { key: keys.synchronization(id), set: { rightsSuspendedAt: at } },
    when: all(present, missing('rightsSuspendedAt')),
  };
}

export function restoreRights(id: SynchronizationId): Operation {
  return { update: { key: keys.synchronization(id), remove: ['rightsSuspendedAt'] }, when: present };
}

/**
 * Reads with the connection from now on. What was known of the replaced one's credential says nothing about it.
 *
 * @param before the one that it replaces; fails if another one with a credential has replaced that meanwhile
 */
export function useConnection(
  id: SynchronizationId,
  connection: Connection,
  before: Synchronization['connection'],
): Operation {
  const { connectionId } = ofCredential(before);
  const isBefore = connectionId === undefined ? missing('connectionId') : equal('connectionId', connectionId);
  return {
    update: {
      key: keys.synchronization(id),
      set: { connection, ...ofCredential(connection) },
      remove: ['credentialState', 'credentialScope', 'credentialStateSince'],
    },
    when: all(present, missing('deletedAt'), isBefore),
  };
}

/** An attribute of its own, for conditions. */
const ofCredential = (connection: Synchronization['connection']) => ({
  connectionId: 'id' in connection ? connection.id : undefined,
});

/** Notes on the organization that what was read of the synchronization stays: nothing else leads to its records once it is withdrawn. */
export const noteEnded = ({ id, organization }: Pick<Synchronization, 'id' | 'organization'>): Operation => ({
  put: keys.endedSynchronization(organization, id),
  item: { synchronization: id },
});

/** Those that ended and left their packages. One read. */
export async function endedSynchronizations(
  table: Table,
  organization: OrganizationId,
): Promise<readonly SynchronizationId[]> {
  const { pk, sk } = keys.endedSynchronization(organization, '');
  return (await table.query(pk, sk)).map((item) => asId<SynchronizationId>(String(item.synchronization)));
}

/**
 * Records complete reads of these scopes.
 *
 * @param at milliseconds since the epoch
 * @param login as the forge calls the organization now, if that was read
 */
export async function noteSuccess(
  table: Table,
  before: Synchronization,
  scopes: readonly AnyScope[],
  at: number,
  login = before.login,
): Promise<void> {
  const key = keys.synchronization(before.id);
  const whole = scopes.filter((scope) => !isPart(scope));
  if (whole.length > 0) {
    const read = Object.fromEntries(whole.map((scope) => [successAttribute(scope), at]));
    const set = { ...read, ...(login !== before.login && { login }) };
    await table.update({ key, set }, present);
  }
  if (before.credentialState === 'working') {
    return;
  }
  // Success with one scope does not show that a permission for another one is there.
  const sameScope = whole.map((scope) => equal('credentialScope', scope));
  try {
    await table.update(
      { key, set: { credentialState: 'working' }, remove: ['credentialScope', 'credentialStateSince'] },
      any(
        equal('credentialState', 'credential-rejected'),
        equal('credentialState', 'organization-not-found'),
        ...sameScope,
      ),
    );
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/**
 * Records what a read showed of the credential.
 *
 * @param scope the list that was read, or the list of the part
 * @param at milliseconds since the epoch; the first time of an unchanged state is kept
 */
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
