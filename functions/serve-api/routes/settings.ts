import {
  ChangedSettings,
  OrganizationSettings,
  OrganizationSettingsChange,
} from '../../../shared/console-api/settings.ts';
import { changeSettings } from '../../../shared/organizations/change-settings.ts';
import {
  findOrganizationSettings,
  type OrganizationSettings as StoredSettings,
} from '../../../shared/store/organization-settings.ts';
import { checkUnchanged, taggedAs } from '../frame/etag.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { tag: 'Settings', path: '/organizations/{slug}/settings', access: 'owner' } as const;

const shown = ({ settingsVersion, ...settings }: StoredSettings) => ({
  body: settings,
  headers: taggedAs(settingsVersion),
});

const read = defineRoute(
  {
    ...common,
    scope: 'read',
    name: 'readSettings',
    method: 'get',
    hasETag: true,
    summary: 'What owners set',
    answer: { status: 200, schema: OrganizationSettings, description: 'The settings, with their ETag.' },
  },
  async ({ table }, { organization }) => shown(await findOrganizationSettings(table, organization.id)),
);

const change = defineRoute(
  {
    ...common,
    scope: 'settings',
    name: 'changeSettings',
    method: 'patch',
    summary: 'Change settings',
    body: OrganizationSettingsChange,
    act: 'change-settings',
    isDangerous: true,
    idempotency: 'natural',
    ifMatch: 'required',
    answer: { status: 200, schema: ChangedSettings, description: 'The settings as they are now.' },
  },
  async (dependencies, { organization, headers, body, accountable }) => {
    const before = await findOrganizationSettings(dependencies.table, organization.id);
    checkUnchanged(headers, before.settingsVersion);
    const changed = await changeSettings(dependencies, organization, before, body, await accountable());
    const { body: settings, headers: answered } = shown(changed.settings);
    return { body: { ...settings, scans: changed.scans }, headers: answered };
  },
);

export const settingsRoutes: readonly Route[] = [read, change];
