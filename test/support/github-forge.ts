/** GitHub's adapter against a simulator, set up as one process has it. */
import { installationOf } from '../../shared/domain/connection.ts';
import type { ForgeOrganizationId, InstallationId } from '../../shared/domain/ids.ts';
import type { Synchronization } from '../../shared/domain/synchronization.ts';
import type { BudgetOf } from '../../shared/forge/budget.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { openGitHub } from '../../shared/forge/github/client.ts';
import { gitHub } from '../../shared/forge/github/module.ts';
import type { ForgeClient, ForgeServices } from '../../shared/forge/module.ts';
import { systemClock } from '../../shared/runtime/clock.ts';

export interface GitHubForgeOptions {
  readonly app: { readonly id: number | string; readonly privateKey: string; readonly webhookSecret: string };
  readonly apiUrl: string;
  readonly clock?: ForgeServices['clock'];
  readonly fetch?: ForgeServices['fetch'];
  readonly budgets?: BudgetOf | undefined;
}

/** Everything that one run asks of one organization. */
export type OrganizationReader = ReturnType<ReturnType<typeof createGitHubForge>['organization']>;
export type GitHubForge = ReturnType<typeof createGitHubForge>;

export function createGitHubForge({ app, apiUrl, ...options }: GitHubForgeOptions) {
  const { id, privateKey, webhookSecret } = app;
  const integration = {
    forge: gitHub.id,
    settings: gitHub.settings.parse({ appId: String(id), apiUrl }),
    secrets: { privateKey, webhookSecret },
  };
  const services = {
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    budgets: options.budgets ?? createMemoryBudgets(),
    random: () => 0,
  };
  const open = (installation: InstallationId, organization?: ForgeOrganizationId): ForgeClient => {
    const connection = { kind: 'app-installation', installation } as const;
    return openGitHub({ integration, connection, organization, services });
  };
  const { deliveryLog, attemptLog } = openGitHub({
    integration,
    connection: { kind: 'integration' },
    services,
  });
  if (deliveryLog === undefined || attemptLog === undefined) {
    throw new Error('an App has a log of its deliveries');
  }
  return {
    /** The delivery log of the App itself. */
    deliveries: deliveryLog,
    attempts: attemptLog,
    /** The organization that an installation belongs to. */
    installation: (installation: InstallationId) => open(installation).structure.probe(),
    organization(installation: InstallationId, organization: ForgeOrganizationId) {
      const { structure, contents, requests } = open(installation, organization);
      return { ...structure, ...contents, requests };
    },
  };
}

/** Everything that a run asks of the organization of a synchronization. */
export function readerFor(
  forge: GitHubForge,
  { connection, forgeOrganization }: Pick<Synchronization, 'connection' | 'forgeOrganization'>,
): OrganizationReader {
  const installation = installationOf(connection);
  if (installation === undefined) {
    throw new Error('GitHub is read by installations');
  }
  return forge.organization(installation, forgeOrganization);
}
