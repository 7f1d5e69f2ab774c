/** GitHub, put together. */
import { z } from 'zod';
import { asId, type ForgeOrganizationId, type InstallationId } from '../../domain/ids.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { BudgetOf } from '../budget.ts';
import type { CommitFinder } from '../containment.ts';
import type {
  ContentReader,
  DeliveryLog,
  ForgeOrganization,
  RequestCount,
  StructureReader,
  WebhookReader,
} from '../forge.ts';
import { readInstallation } from './account.ts';
import { createGitHubApp } from './app.ts';
import { createContentReader } from './content.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createRequests } from './requests.ts';
import { createStructureReader } from './structure.ts';
import { createWebhookReader } from './webhook.ts';

/** What the secret of our GitHub App holds. */
export const gitHubAppSecretSchema = z.object({
  appId: z.union([z.string().min(1), z.int().positive().transform(String)]),
  privateKey: z.string().min(1),
  webhookSecret: z.string().min(1),
});
export type GitHubAppSecret = z.infer<typeof gitHubAppSecretSchema>;

/** Everything that one run asks of one organization. */
export interface OrganizationReader extends StructureReader, ContentReader, CommitFinder {
  /** Requests sent so far. */
  requests(): RequestCount['requests'];
}

export interface GitHubForge {
  readonly webhooks: WebhookReader;
  /** What GitHub tried to tell the app, whichever organization it is about. */
  readonly deliveries: DeliveryLog;
  /**
   * A reader for one run. It keeps nothing but what an id is called, so it may live longer.
   *
   * @param organization whose facts are wanted: an answer about another one is an error
   */
  organization(installation: InstallationId, organization: ForgeOrganizationId): OrganizationReader;
  /**
   * The organization that an installation of our app belongs to.
   *
   * @throws ForgeError `credential-rejected` when there is no such installation, `unexpected` when it is a person's
   */
  installation(installation: InstallationId): Promise<ForgeOrganization>;
}

export interface GitHubForgeOptions {
  readonly secret: GitHubAppSecret;
  readonly baseUrl: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Budgets that all workers share. Only this process's own when left out. */
  readonly budgets?: BudgetOf | undefined;
  /** From 0 up to 1: spreads those who wait for the same moment. */
  readonly random?: () => number;
}

/**
 * GitHub as one app sees it. Keeps the installations' tokens, so make it once per process.
 *
 * @throws Error when the private key cannot be read
 */
export function createGitHubForge(options: GitHubForgeOptions): GitHubForge {
  const { secret, fetch = globalThis.fetch, clock = systemClock, budgets, random } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const { appId, privateKey, webhookSecret } = secret;
  const app = createGitHubApp({ appId, privateKey, baseUrl, fetch, clock, budgets, random });
  const webhooks = createWebhookReader({ secret: webhookSecret });
  // Nothing under `/app` is about an installation, so any number does that octokit takes for one.
  const asApp = createRequests(app, asId<InstallationId>(1));
  return {
    webhooks,
    deliveries: createDeliveryLog(asApp, webhooks),
    organization(installation, organization) {
      const rights = createRequests(app, installation);
      const contents = createRequests(app, installation, 'contents');
      const archives = createRequests(app, installation, 'archives');
      const { readArchive } = createContentReader({ app, requests: archives });
      return {
        ...createStructureReader({ requests: rights, installation, organization }),
        ...createContentReader({ app, requests: contents }),
        readArchive,
        requests: () => rights.count() + contents.count() + archives.count(),
      };
    },
    async installation(installation) {
      const { id, login, suspended } = await readInstallation(
        createRequests(app, installation),
        installation,
      );
      return { id, login, suspended };
    },
  };
}
