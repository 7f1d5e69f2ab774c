/** What an organization's owners set: attributes of the organization's item. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { all, equal, missing, present } from './condition.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const SettingsItem = z.object({
  name: z.string(),
  ownedVendors: z.array(z.string()),
  /** Whether people who appear on the code host may use their rights at once. */
  newMembers: z.enum(['active', 'waiting']).default('active'),
  newRepositories: z.enum(['automatic', 'by-hand']).default('automatic'),
  branchesLeftOut: z.array(z.string()).default([]),
  publishesSource: z.boolean().default(true),
  publishesOutsideCode: z.boolean().default(true),
  /** Of tokens that are made without an expiry. */
  usualTokenDays: z.number().default(90),
  /** No token may live longer; undefined: `never` is a choice. */
  longestTokenDays: z.number().optional(),
  /** Counts the changes; 0 before the first. */
  settingsVersion: z.number().default(0),
});
export type OrganizationSettings = Readonly<z.infer<typeof SettingsItem>>;

/** Those that are left out stay; `null` takes a limit away. */
export type OrganizationSettingsChange = {
  readonly [Name in Exclude<keyof OrganizationSettings, 'settingsVersion'>]?:
    | OrganizationSettings[Name]
    | (Name extends 'longestTokenDays' ? null : never)
    | undefined;
};

/** One read. @throws Error when there is no such organization */
export async function findOrganizationSettings(
  table: Table,
  id: OrganizationId,
): Promise<OrganizationSettings> {
  return SettingsItem.parse(await table.get(keys.organization(id)));
}

/** Fails when the settings were changed since `before` was read, or the organization was deleted. */
export function changeOrganizationSettings(
  id: OrganizationId,
  before: Pick<OrganizationSettings, 'settingsVersion'>,
  change: OrganizationSettingsChange,
): Operation {
  const changed = Object.entries(change).filter(([, value]) => value !== undefined);
  const removed = changed.filter(([, value]) => value === null).map(([name]) => name);
  const { settingsVersion } = before;
  return {
    update: {
      key: keys.organization(id),
      set: {
        ...Object.fromEntries(changed.filter(([, value]) => value !== null)),
        settingsVersion: settingsVersion + 1,
      },
      ...(removed.length === 0 ? {} : { remove: removed }),
    },
    when: all(
      present,
      missing('deletedAt'),
      settingsVersion === 0 ? missing('settingsVersion') : equal('settingsVersion', settingsVersion),
    ),
  };
}
