/** Who may deliver to an address of ours, and with which secrets. */
import type { SynchronizationId } from '../../domain/ids.ts';
import type { ForgeHost } from '../../domain/synchronization.ts';
import type { WebhookReader } from '../../forge/forge.ts';
import { type Integrations, webhookSecretsOf } from '../../forge/integrations.ts';
import type { HttpRequest } from '../../runtime/http-message.ts';
import { type HookName, isHookSource } from '../../store/hook-store.ts';

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
 * @param integrations of this installation; not asked for what comes to a hook
 */
export async function sourcesOf(
  { forge, source }: WebhookAddress,
  integrations: () => Promise<Pick<Integrations, 'valid'>>,
  findHook: FindHook,
): Promise<readonly DeliverySource[]> {
  if (source !== undefined) {
    const hook = isHookSource(source) ? await findHook({ forge, source }) : undefined;
    return hook === undefined ? [] : [hook];
  }
  return (await integrations()).valid
    .filter((one) => one.forge === forge)
    .map((one) => ({ forge, baseUrl: one.settings.baseUrl, secrets: webhookSecretsOf(one) }));
}

/** How the sources of an address are found. */
export interface DeliverySources {
  /** As they were known a moment ago; … */
  readonly sourcesOf: (address: WebhookAddress) => Promise<readonly DeliverySource[]>;
  /** … and as they are now. Left out where the former are always so. */
  readonly newestSourcesOf?: DeliverySources['sourcesOf'] | undefined;
}

/** Who made the delivery. Before one is refused, the secrets are read again: they may just have been changed. */
export async function sourceOfDelivery(
  { sourcesOf, newestSourcesOf }: DeliverySources,
  webhooks: WebhookReader,
  address: WebhookAddress,
  request: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<DeliverySource | undefined> {
  const source = await authenticated(webhooks, await sourcesOf(address), request);
  // Hooks are read for each delivery.
  return source !== undefined || newestSourcesOf === undefined || address.source !== undefined
    ? source
    : authenticated(webhooks, await newestSourcesOf(address), request);
}

/** The source one of whose secrets the delivery was made with. */
async function authenticated(
  webhooks: WebhookReader,
  sources: readonly DeliverySource[],
  { body, headers }: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<DeliverySource | undefined> {
  for (const source of sources) {
    for (const secret of source.secrets) {
      if (await webhooks.verify(body, headers, secret)) {
        return source;
      }
    }
  }
  return undefined;
}
