/** The package that each name belongs to, and the other repositories that claim the name. */
import { z } from 'zod';
import { asId, type ForgeRepositoryId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import type { PackageSource } from '../domain/package.ts';
import { all, type Condition, equal, missing } from './condition.ts';
import { keys, nameInKey, ranges } from './keys.ts';
import { type Change, ConflictError, type Operation, type Table } from './table.ts';

const source = {
  synchronization: z.string().transform((text) => asId<SynchronizationId>(text)),
  repository: z.string().transform((text) => asId<ForgeRepositoryId>(text)),
  directory: z.string(),
};

const NameItem = z.object({
  ...source,
  number: z.int(),
  /** Whether an owner has to decide, because several claimed it when its holder was gone. */
  contested: z.literal(true).optional(),
  /** Whether an owner gave the name. */
  given: z.literal(true).optional(),
  /** When its package's files last changed; milliseconds since the epoch. Kept here for lists, which read names only. */
  changedAt: z.number().optional(),
  /** How often its package was installed since this is counted here, for the same lists. */
  downloads: z.number().optional(),
});

/** The package that a name belongs to, even if it is deleted. */
export interface StoredName {
  readonly number: number;
  readonly source: PackageSource;
  readonly isContested: boolean;
  readonly isGiven: boolean;
  /** How often the package was installed. */
  readonly downloads: number;
}

export async function findName(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<StoredName | undefined> {
  const item = await table.get(keys.packageName(organization, name));
  if (item === undefined) {
    return undefined;
  }
  const { number, contested, given, downloads = 0, changedAt: _, ...rest } = NameItem.parse(item);
  return { number, source: rest, isContested: contested === true, isGiven: given === true, downloads };
}

/** The numbers of those packages whose names are taken. One read for each 100. */
export async function packageNumbers(
  table: Table,
  organization: OrganizationId,
  names: readonly string[],
): Promise<readonly number[]> {
  const items = await table.getMany(names.map((name) => keys.packageName(organization, name)));
  return items.flatMap((item) => (item === undefined ? [] : [NameItem.parse(item).number]));
}

/** A name with the package that it belongs to, as lists have it. */
export interface ListedName {
  readonly name: string;
  readonly number: number;
  readonly source: PackageSource;
  /** When its files last changed, in milliseconds since the epoch; 0 where that is not known. */
  readonly changedAt: number;
  /** How often it was installed. */
  readonly downloads: number;
  /** Whether an owner has to say which repository gets it. */
  readonly isContested: boolean;
}

/** Every name of the organization in order, also those of deleted packages. One read for about 5,000. */
export async function namesOf(table: Table, organization: OrganizationId): Promise<readonly ListedName[]> {
  const { pk, sk } = keys.packageName(organization, '');
  const items = await table.query(pk, sk);
  return items.map((item) => {
    const { number, changedAt = 0, downloads = 0, contested, given: _, ...rest } = NameItem.parse(item);
    const isContested = contested === true;
    return { name: nameInKey(item.sk), number, source: rest, changedAt, downloads, isContested };
  });
}

/** Notes for lists that the package's files change now, unless its name passed meanwhile. @param now milliseconds since the epoch */
export const noteChanged = (
  table: Table,
  organization: OrganizationId,
  of: Pick<ListedName, 'name' | 'number'>,
  now: number,
): Promise<void> => note(table, organization, of, { set: { changedAt: now } });

/** Adds for lists to how often the package was installed, unless its name passed meanwhile. */
export const noteDownloads = (
  table: Table,
  organization: OrganizationId,
  of: Pick<ListedName, 'name' | 'number'>,
  count: number,
): Promise<void> => note(table, organization, of, { add: { downloads: count } });

async function note(
  table: Table,
  organization: OrganizationId,
  { name, number }: Pick<ListedName, 'name' | 'number'>,
  change: Omit<Change, 'key'>,
): Promise<void> {
  try {
    await table.update({ key: keys.packageName(organization, name), ...change }, equal('number', number));
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/** Condition that the name is as it was read, and was not left to an owner since. */
export const isUnchanged = ({ number, isContested, source: holder }: StoredName): Condition =>
  all(
    equal('number', number),
    equal('synchronization', holder.synchronization),
    equal('repository', holder.repository),
    isContested ? equal('contested', true) : missing('contested'),
  );

/** Gives the name to that package of that source. */
export function putName(
  organization: OrganizationId,
  name: string,
  {
    number,
    source: holder,
    isGiven,
    changedAt,
    downloads,
  }: Pick<StoredName, 'number' | 'source' | 'isGiven'> & Partial<Pick<ListedName, 'changedAt' | 'downloads'>>,
  when: Condition,
): Operation {
  return {
    put: keys.packageName(organization, name),
    item: { ...holder, number, changedAt, downloads, ...(isGiven ? { given: true } : {}) },
    when,
  };
}

/** Leaves the name to an owner: it passes to nobody without one. */
export function leaveToOwner(organization: OrganizationId, name: string, before: StoredName): Operation {
  return {
    update: { key: keys.packageName(organization, name), set: { contested: true } },
    when: isUnchanged(before),
  };
}

const ClaimItem = z.object(source);

/** The repositories that claim the name without having it, according to their last scans; sorted by their ids. */
export async function nameClaims(
  table: Table,
  organization: OrganizationId,
  name: string,
): Promise<readonly PackageSource[]> {
  const { pk, sk } = ranges.nameClaims(organization, name);
  const items = await table.query(pk, sk);
  return items.map((item) => ClaimItem.parse(item));
}

export function putNameClaim(organization: OrganizationId, name: string, of: PackageSource): Operation {
  return {
    put: keys.nameClaim(organization, name, of.synchronization, of.repository),
    item: { ...of },
  };
}

export function removeNameClaim(organization: OrganizationId, name: string, of: PackageSource): Operation {
  return { delete: keys.nameClaim(organization, name, of.synchronization, of.repository) };
}
