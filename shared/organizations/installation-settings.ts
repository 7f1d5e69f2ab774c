/** What an administrator sets for the whole installation. */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { Clock } from '../runtime/clock.ts';
import { changeInstallationSettings, type InstallationSettings } from '../store/installation-settings.ts';
import type { Table } from '../store/table.ts';
import { readUser } from '../store/user-store.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export type InstallationSettingsChange = {
  readonly [Name in Exclude<keyof InstallationSettings, 'version'>]?: InstallationSettings[Name] | undefined;
};

interface Dependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * Changes the settings that are given.
 *
 * @param before as the caller read them
 * @returns as they are now
 * @throws CallerError when one who is to be an administrator never signed in, when nobody would be one, or when somebody else changed the settings meanwhile
 */
export async function setInstallationSettings(
  dependencies: Dependencies,
  before: InstallationSettings,
  change: InstallationSettingsChange,
  accountable: Accountable,
): Promise<InstallationSettings> {
  const { table } = dependencies;
  if (change.administrators?.length === 0) {
    throw new CallerError('invalid', 'the installation needs an administrator');
  }
  const added = (change.administrators ?? []).filter((user) => !before.administrators.includes(user));
  for (const user of added) {
    const known = await readUser(table, user);
    const hasSignedIn = known?.accounts.some(({ lastSignInAt }) => lastSignInAt !== undefined) === true;
    if (!hasSignedIn || known?.mergedInto !== undefined) {
      throw new CallerError('invalid', 'an administrator has to be a user who has signed in');
    }
  }
  const changed = Object.entries(change).filter(([, value]) => value !== undefined);
  const named = new Set(changed.map(([name]) => name));
  const old = Object.fromEntries(Object.entries(before).filter(([name]) => named.has(name)));
  await unlessChanged('somebody changed the settings at the same moment', () =>
    table.transact([
      changeInstallationSettings(before, Object.fromEntries(changed)),
      ownerAct(dependencies, undefined, accountable, 'change-installation-settings', 'installation', {
        before: old,
        after: Object.fromEntries(changed),
      }),
    ]),
  );
  return { ...before, ...Object.fromEntries(changed), version: before.version + 1 };
}
