/** Settings of the whole installation: one item. */
import { z } from 'zod';
import { asId, type ForgeAccountId, type UserId } from '../domain/ids.ts';
import { equal, missing } from './condition.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

export const signInPolicies = [
  /** Who belongs to an organization here, by a code host or by hand: also who made one of his own while he was let in. */
  'members',
  /** Accounts that an administrator named. */
  'allow-list',
  'anyone',
] as const;

const SettingsItem = z.object({
  /** Who may sign in. */
  signIn: z.enum(signInPolicies).default('members'),
  /** Counts for `allow-list`. */
  allowList: z
    .array(
      z.object({
        forge: z.string(),
        baseUrl: z.string(),
        account: z.string().transform((text) => asId<ForgeAccountId>(text)),
      }),
    )
    .default([]),
  administrators: z.array(z.string().transform((text) => asId<UserId>(text))).default([]),
  /** Who may make organizations, of those who may sign in. */
  organizationMakers: z.enum(['anyone', 'administrators']).default('anyone'),
  /** How many one person may make, deleted ones included: their slugs stay taken. Administrators make as many as they like. */
  organizationsPerPerson: z.number().default(20),
  /** Counts the changes; 0 before the first. */
  version: z.number().default(0),
});
export type InstallationSettings = Readonly<z.infer<typeof SettingsItem>>;

/** One read. */
export async function findInstallationSettings(table: Table): Promise<InstallationSettings> {
  return SettingsItem.parse((await table.get(keys.installationSettings())) ?? {});
}

/**
 * Changes settings; those that are left out stay as they are. Fails when somebody changed them since `before` was read.
 *
 * @param before as they were read
 */
export function changeInstallationSettings(
  before: Pick<InstallationSettings, 'version'>,
  change: Partial<Omit<InstallationSettings, 'version'>>,
): Operation {
  return {
    update: {
      key: keys.installationSettings(),
      // An attribute that is set to undefined would be removed.
      set: {
        ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
        version: before.version + 1,
      },
    },
    when: before.version === 0 ? missing('version') : equal('version', before.version),
  };
}
