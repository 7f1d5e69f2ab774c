/** The client of GitHub for one connection of our App. */
import { asId, type InstallationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeClient, ForgeServices, Integration, OpenConnection } from '../module.ts';
import { createGitHubApp, type GitHubApp } from './app.ts';
import { createAttemptLog } from './attempt-log.ts';
import { createContentReader } from './content.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createRequests, type Requests } from './requests.ts';
import type { GitHubSecrets, GitHubSettings } from './settings.ts';
import { createStructureReader } from './structure.ts';
import { webhooks } from './webhook.ts';

/** An App caches the tokens of its installations, so each process has one App per integration. */
const apps = new WeakMap<Integration, { readonly services: ForgeServices; readonly app: GitHubApp }>();

/** Requests under `/app` are not about an installation, so any number that octokit accepts will do. */
const noInstallation = asId<InstallationId>(1);

/**
 * Opens the App itself, or one of its installations.
 *
 * @throws ForgeError `credential-rejected` when the private key cannot be parsed
 * @throws RangeError for a connection that GitHub does not have
 */
export function openGitHub({
  integration,
  connection,
  organization,
  services,
}: OpenConnection<GitHubSettings, GitHubSecrets>): ForgeClient {
  const app = appOf(integration, services);
  if (connection.kind === 'integration') {
    return asApp(app);
  }
  if (connection.kind !== 'app-installation') {
    throw new RangeError(
      `GitHub is read by installations of an App, not by a connection of the kind ${connection.kind}`,
    );
  }
  const { installation } = connection;
  const rights = createRequests(app, installation);
  const contents = createRequests(app, installation, 'contents');
  const archives = createRequests(app, installation, 'archives');
  const spare = createRequests(app, installation, 'spare');
  const { readArchive } = createContentReader({ app, requests: archives });
  const { readArchive: readSpare } = createContentReader({ app, requests: spare });
  return {
    structure: createStructureReader({ requests: rights, installation, organization }),
    contents: {
      ...createContentReader({ app, requests: contents }),
      readArchive: (ids, commit, signal, options) =>
        (options?.isSpare === true ? readSpare : readArchive)(ids, commit, signal),
    },
    requests: () => rights.count() + contents.count() + archives.count() + spare.count(),
  };
}

/** Requests with an installation's token, on the budget for rights. */
export const installationRequests = (
  integration: Integration<GitHubSettings, GitHubSecrets>,
  installation: InstallationId,
  services: ForgeServices,
): Requests => createRequests(appOf(integration, services), installation);

function appOf(integration: Integration<GitHubSettings, GitHubSecrets>, services: ForgeServices): GitHubApp {
  const known = apps.get(integration);
  if (known?.services === services) {
    return known.app;
  }
  const { appId, apiUrl } = integration.settings;
  const { privateKey } = integration.secrets;
  const app = createGitHubApp({ appId, privateKey, baseUrl: apiUrl, ...services });
  apps.set(integration, { services, app });
  return app;
}

/** The client of the App itself: it reads its log of deliveries, but no organization. */
function asApp(app: GitHubApp): ForgeClient {
  const requests = createRequests(app, noInstallation);
  const shown = createRequests(app, noInstallation, 'log');
  const refuse = async (): Promise<never> => {
    throw new ForgeError('insufficient-scope', 'the App itself cannot read an organization');
  };
  return {
    structure: { probe: refuse, readScope: refuse, lookUp: refuse },
    contents: { readRefs: refuse, readArchive: refuse, contains: refuse },
    deliveryLog: createDeliveryLog(requests, webhooks),
    attemptLog: createAttemptLog(shown),
    requests: () => requests.count() + shown.count(),
  };
}
