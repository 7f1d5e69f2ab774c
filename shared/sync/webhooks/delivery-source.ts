/** Who may deliver to an address of ours, and with which secrets. */
import type { SynchronizationId } from '../../domain/ids.ts';
import type { ForgeHost } from '../../domain/synchronization.ts';
import type { Integration } from '../../forge/module.ts';
import type { HookName } from '../../store/hook-store.ts';

/** `/webhooks/{forge}/{source?}` */
export interface WebhookAddress {
  readonly forge: string;
  /** Names a hook that was installed for one synchronization; without it the delivery is to the integration itself. */
  readonly source?: string | undefined;
}

export interface DeliverySource extends ForgeHost {
  /** The current one first, then the one before it for as long as it is accepted. */
  readonly secrets: readonly string[];
  /** Whose the hook is: what it delivers is about nothing else. A delivery to the integration names its installation. */
  readonly synchronization?: SynchronizationId | undefined;
}

/** Where the secrets of hooks are kept. */
export type FindHook = (name: HookName) => Promise<DeliverySource | undefined>;

/**
 * The sources of an address. Several hosts of one forge may deliver to the same address; their secrets tell them apart.
 *
 * @param integrations of this installation
 */
export async function sourcesOf(
  { forge, source }: WebhookAddress,
  integrations: readonly Integration[],
  findHook: FindHook,
): Promise<readonly DeliverySource[]> {
  if (source !== undefined) {
    const hook = await findHook({ forge, source });
    return hook === undefined ? [] : [hook];
  }
  return integrations
    .filter((one) => one.forge === forge)
    .map(({ settings: { baseUrl }, secrets: { webhookSecret, previousWebhookSecret } }) => ({
      forge,
      baseUrl,
      secrets: [webhookSecret, previousWebhookSecret].filter((secret) => secret !== undefined),
    }));
}
