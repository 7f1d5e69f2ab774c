import {
  InstallationSettings,
  InstallationSettingsChange,
} from '../../../shared/console-api/installation.ts';
import { asId, type ForgeAccountId, type UserId } from '../../../shared/domain/ids.ts';
import { setInstallationSettings } from '../../../shared/organizations/installation-settings.ts';
import {
  findInstallationSettings,
  type InstallationSettings as StoredSettings,
} from '../../../shared/store/installation-settings.ts';
import type { Table } from '../../../shared/store/table.ts';
import { readUsers } from '../../../shared/store/user-store.ts';
import { checkUnchanged, taggedAs } from '../frame/etag.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = {
  tag: 'Installation',
  path: '/installation/settings',
  access: 'administrator',
  scope: 'none',
} as const;

async function shown(table: Table, { allowList, administrators, version, ...settings }: StoredSettings) {
  const users = await readUsers(table, administrators);
  const people = users.flatMap((user) =>
    user === undefined ? [] : [{ id: user.id, login: user.login, name: user.name }],
  );
  return {
    body: { ...settings, allowList: [...allowList], administrators: [...administrators], people },
    headers: taggedAs(version),
  };
}

const readSettings = defineRoute(
  {
    ...common,
    name: 'readInstallationSettings',
    method: 'get',
    hasETag: true,
    summary: 'Settings of the installation',
    answer: { status: 200, schema: InstallationSettings, description: 'The settings, with their ETag.' },
  },
  async ({ table }) => shown(table, await findInstallationSettings(table)),
);

const changeSettings = defineRoute(
  {
    ...common,
    name: 'changeInstallationSettings',
    method: 'patch',
    summary: 'Change settings of the installation',
    body: InstallationSettingsChange,
    act: 'change-installation-settings',
    isDangerous: true,
    idempotency: 'natural',
    ifMatch: 'required',
    answer: { status: 200, schema: InstallationSettings, description: 'The settings as they are now.' },
  },
  async (dependencies, { headers, body, accountable }) => {
    const before = await findInstallationSettings(dependencies.table);
    checkUnchanged(headers, before.version);
    const { allowList, administrators, ...rest } = body;
    const change = {
      ...rest,
      allowList: allowList?.map((one) => ({ ...one, account: asId<ForgeAccountId>(one.account) })),
      administrators: administrators?.map((user) => asId<UserId>(user)),
    };
    const changed = await setInstallationSettings(dependencies, before, change, await accountable());
    return shown(dependencies.table, changed);
  },
);

export const installationRoutes: readonly Route[] = [readSettings, changeSettings];
