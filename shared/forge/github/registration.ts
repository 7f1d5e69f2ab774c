/**
 * Creates the GitHub App from a manifest:
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
import { normalizeBaseUrl } from '../base-url.ts';
import { integrationAddresses } from '../integration-key.ts';
import type { Registration } from '../registration.ts';
import { apiUrlOf } from './settings.ts';

/** The permissions that synchronization needs (docs/deploying.md). */
const permissions = {
  administration: 'read',
  contents: 'read',
  members: 'read',
  metadata: 'read',
  organization_administration: 'read',
  organization_custom_org_roles: 'read',
};

const events = [
  'create',
  'delete',
  'member',
  'membership',
  'organization',
  'public',
  'push',
  'repository',
  'team',
];

/** GitHub's limit. */
const nameMax = 34;

export const registration: Registration = {
  form(host, { consoleUrl, registryName, organization, isPublic = false, state }) {
    const baseUrl = normalizeBaseUrl(host.baseUrl);
    const addresses = integrationAddresses(consoleUrl, { forge: 'github', baseUrl });
    const page = organization === undefined ? '' : `/organizations/${encodeURIComponent(organization)}`;
    const manifest = {
      name: registryName.slice(0, nameMax).trim(),
      url: consoleUrl,
      hook_attributes: { url: addresses.webhook, active: true },
      redirect_url: addresses.registered,
      callback_urls: [addresses.callback],
      setup_url: addresses.installed,
      // After a change of the selected repositories there is nothing to do here.
      setup_on_update: false,
      public: isPublic,
      default_permissions: permissions,
      default_events: events,
    };
    return {
      action: `${baseUrl}${page}/settings/apps/new?${new URLSearchParams({ state })}`,
      fields: { manifest: JSON.stringify(manifest) },
    };
  },

  async complete(host, code, services) {
    const { complete } = await import('./registered-app.ts');
    const baseUrl = normalizeBaseUrl(host.baseUrl);
    const apiUrl = host.apiUrl === undefined ? apiUrlOf(baseUrl) : normalizeBaseUrl(host.apiUrl);
    return complete({ baseUrl, apiUrl }, code, services);
  },
};
