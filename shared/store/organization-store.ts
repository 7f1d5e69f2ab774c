/** Organizations and their slugs, which are never reused. */
import { z } from 'zod';
import { edgeKeys, openOrganization as openValue } from '../domain/edge-keys.ts';
import { asId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import type { Organization, PublishingSettings } from '../domain/organization.ts';
import { absent, all, equal, missing, present } from './condition.ts';
import { desire, parseEdgeRow, settledValue } from './edge-store.ts';
import { keys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';
import type { WorkMessage } from './work.ts';
import { edgeWork } from './work-items.ts';

const organizationId = z.string().transform((text) => asId<OrganizationId>(text));

const OrganizationItem = z.object({
  id: organizationId,
  slug: z.string(),
  name: z.string(),
  ownedVendors: z.array(z.string()),
  accessStoppedAt: z.number().optional(),
  primarySynchronization: z
    .string()
    .transform((text) => asId<SynchronizationId>(text))
    .optional(),
  newRepositories: z.enum(['automatic', 'by-hand']).optional(),
  branchesLeftOut: z.array(z.string()).optional(),
  newMembers: z.enum(['active', 'waiting']).optional(),
  ownersVersion: z.number().optional(),
  hasVcsRepositories: z.literal(true).optional(),
  deletedAt: z.number().optional(),
});

/** Further attributes of the organization's item. */
const PublishingAttributes = z
  .object({ publishesSource: z.boolean().default(true), publishesOutsideCode: z.boolean().default(true) })
  .transform(
    ({ publishesSource, publishesOutsideCode }): PublishingSettings => ({
      source: publishesSource,
      outsideCode: publishesOutsideCode,
    }),
  );

const SlugItem = z.object({ organization: organizationId });

/** Includes deleted ones, which workers still process. */
export async function findOrganization(table: Table, id: OrganizationId): Promise<Organization | undefined> {
  return (await findItem(table, id))?.organization;
}

/** Undefined for a deleted one, whose slug is never reused. */
export async function findOrganizationBySlug(table: Table, slug: string): Promise<Organization | undefined> {
  const found = await findBySlug(table, slug);
  return found?.deletedAt === undefined ? found?.organization : undefined;
}

/** The organization that had the slug and was deleted. */
export async function findDeletedOrganization(table: Table, slug: string): Promise<Organization | undefined> {
  const found = await findBySlug(table, slug);
  return found?.deletedAt === undefined ? undefined : found.organization;
}

interface Found {
  readonly organization: Organization;
  /** Milliseconds since the epoch. */
  readonly deletedAt: number | undefined;
}

async function findItem(table: Table, id: OrganizationId): Promise<Found | undefined> {
  return parseFound(await table.get(keys.organization(id)));
}

function parseFound(item: Item | undefined): Found | undefined {
  if (item === undefined) {
    return undefined;
  }
  const { deletedAt, ...organization } = OrganizationItem.parse(item);
  return { organization, deletedAt };
}

/** Those that are there and were not deleted, in the order of the ids. One read for each 100. */
export async function findOrganizations(
  table: Table,
  ids: readonly OrganizationId[],
): Promise<readonly Organization[]> {
  const items = await table.getMany(ids.map((id) => keys.organization(id)));
  return items.flatMap((item) => {
    const found = parseFound(item);
    return found === undefined || found.deletedAt !== undefined ? [] : [found.organization];
  });
}

async function findBySlug(table: Table, slug: string): Promise<Found | undefined> {
  const item = await table.get(keys.slug(slug));
  return item === undefined ? undefined : findItem(table, SlugItem.parse(item).organization);
}

/**
 * Withdraws an organization: its slug is not found any more, and nobody opens it at the edge. Fails when it is already deleted.
 *
 * @param now milliseconds since the epoch
 */
export function withdrawOrganization(id: OrganizationId, now: number): Operation {
  return {
    update: { key: keys.organization(id), set: { deletedAt: now, accessStoppedAt: now } },
    when: all(present, missing('deletedAt')),
  };
}

/** Reduces a deleted organization to the record that its slug is taken. @param deletedAt milliseconds since the epoch */
export function forgetOrganization({ id, slug }: Organization, deletedAt: number): Operation {
  return {
    put: keys.organization(id),
    item: { id, slug, name: slug, ownedVendors: [], deletedAt, accessStoppedAt: deletedAt },
  };
}

/**
 * Stores a new organization and its slug, which must never have been used. `lastPackageNumber` is the counter of its packages'
 * numbers. Its key at the edge is another operation: `openOrganization`.
 */
export function addOrganization(organization: Organization): readonly Operation[] {
  return [
    {
      put: keys.slug(organization.slug),
      item: { slug: organization.slug, organization: organization.id },
      when: absent,
    },
    {
      put: keys.organization(organization.id),
      item: { ...organization, lastPackageNumber: 0 },
      when: absent,
    },
  ];
}

/**
 * Part of every change that takes an owner from the organization, makes one by hand, or may change whose word on owners counts: two at once cannot
 * take the last ones, and no code host is connected that locks out somebody who just became an owner. Fails when there was another since the
 * organization was read; so read it before its owners.
 *
 * @param primarySynchronization its owners are the organization's from now on
 */
export function changeOwners(
  { id, ownersVersion }: Pick<Organization, 'id' | 'ownersVersion'>,
  primarySynchronization?: SynchronizationId,
): Operation {
  return {
    update: {
      key: keys.organization(id),
      set: {
        ownersVersion: (ownersVersion ?? 0) + 1,
        ...(primarySynchronization && { primarySynchronization }),
      },
    },
    when: all(
      present,
      missing('deletedAt'),
      ownersVersion === undefined ? missing('ownersVersion') : equal('ownersVersion', ownersVersion),
    ),
  };
}

export async function findPublishingSettings(table: Table, id: OrganizationId): Promise<PublishingSettings> {
  return PublishingAttributes.parse((await table.get(keys.organization(id))) ?? {});
}

/** The operation for the organization's key at the edge, and the message to send after the transaction. */
interface DesiredKey {
  readonly operation: Operation;
  readonly message: WorkMessage;
}

/** Lets the edge accept the organization's tokens. */
export function desireOpen(organization: Pick<Organization, 'id' | 'slug'>, now: number): DesiredKey {
  return desiredKey(organization, openValue, now);
}

/** Makes the edge refuse every token of the organization, even for cached objects. */
export function desireClosed(organization: Pick<Organization, 'id' | 'slug'>, now: number): DesiredKey {
  return desiredKey(organization, undefined, now);
}

function desiredKey(
  { id, slug }: Pick<Organization, 'id' | 'slug'>,
  value: string | undefined,
  now: number,
): DesiredKey {
  const key = edgeKeys.organization(slug);
  return {
    operation: desire(key, value, { kind: 'organization', organization: id }, now),
    message: edgeWork(key).message,
  };
}

/** Condition that access to the organization is not stopped. */
export const accessNotStopped = (id: OrganizationId): Operation => ({
  check: keys.organization(id),
  when: all(present, missing('accessStoppedAt')),
});

/** Marks access as stopped; conflicts when it already is. */
export const markStopped = (id: OrganizationId, now: number): Operation => ({
  update: { key: keys.organization(id), set: { accessStoppedAt: now } },
  when: all(present, missing('accessStoppedAt')),
});

/** Removes the mark with that time; conflicts when there is none, or another. */
export const unmarkStopped = (id: OrganizationId, stoppedAt: number): Operation => ({
  update: { key: keys.organization(id), remove: ['accessStoppedAt'] },
  when: equal('accessStoppedAt', stoppedAt),
});

/** The state of the organization's key; `missing` too if none was ever requested, as before organizations had keys. */
export async function organizationKey(
  table: Table,
  { slug }: Organization,
): Promise<'missing' | 'on-its-way' | 'at-edge'> {
  const item = await table.get(keys.edge(edgeKeys.organization(slug)));
  const row = item === undefined ? undefined : parseEdgeRow(item);
  if (row?.value === undefined) {
    return 'missing';
  }
  return settledValue(row) === undefined ? 'on-its-way' : 'at-edge';
}

/** Reads slugs, each only once, since a slug never changes. Throws for an organization that does not exist. */
export function createSlugReader(table: Table): (id: OrganizationId) => Promise<string> {
  const known = new Map<OrganizationId, string>();
  return async (id) => {
    const slug = known.get(id) ?? (await findOrganization(table, id))?.slug;
    if (slug === undefined) {
      throw new Error(`there is no organization ${id}`);
    }
    known.set(id, slug);
    return slug;
  };
}
