/** Finds who may deliver to a webhook address, and authenticates deliveries with their secrets. */
import type { ForgeRepositoryId, SynchronizationId } from '../../domain/ids.ts';
import type { ForgeHost } from '../../domain/synchronization.ts';
import type { ParsedDelivery, WebhookReader } from '../../forge/forge.ts';
import { acceptedWebhookSecrets, type Integrations } from '../../forge/integrations.ts';
import type { HttpRequest } from '../../runtime/http-message.ts';
import { type HookName, isHookSource } from '../../store/hook-store.ts';

/** `/webhooks/{forge}/{source?}` */
export interface WebhookAddress {
  readonly forge: string;
  /** Names a hook that was installed for one synchronization; without it the delivery is to the integration itself. */
  readonly source?: string | undefined;
}

export interface DeliverySource extends ForgeHost {
  /** The current one first, then the previous one for as long as it is accepted. */
  readonly secrets: readonly string[];
  /** The owner of a hook, whose deliveries can be about nothing else. A delivery to the integration names its installation instead. */
  readonly synchronization?: SynchronizationId | undefined;
  /** Where the hook is on one repository: its deliveries can be about nothing else. */
  readonly repository?: ForgeRepositoryId | undefined;
}

/**
 * What a delivery may say. Whoever administers a repository can make its hook send any body, such as with a custom template on GitLab
 * (https://docs.gitlab.com/user/project/integrations/webhooks/#custom-webhook-template), so such a hook is believed about that repository
 * alone. It may still ask for reads: those go by the forge's word.
 */
export function withinSource(
  { repository }: Pick<DeliverySource, 'repository'>,
  delivery: ParsedDelivery,
): ParsedDelivery {
  if (repository === undefined) {
    return delivery;
  }
  const isOwn = ({ key }: { readonly key: string }): boolean => key === `repository#${repository}`;
  return {
    ...delivery,
    removals: delivery.removals.filter(isOwn),
    arrivals: delivery.arrivals.filter(isOwn),
    deleted: (delivery.deleted ?? []).filter((one) => one === repository),
    hints: delivery.hints.filter(
      (hint) =>
        hint.look === 'scope' || (hint.look === 'repository-content' && hint.repository === repository),
    ),
  };
}

/** Looks up a hook with its secrets. */
export type FindHook = (name: HookName) => Promise<DeliverySource | undefined>;

/**
 * The sources of an address. Several hosts of one forge may deliver to the same address; their secrets tell them apart.
 *
 * @param integrations of this installation; not loaded for deliveries to a hook
 */
export async function sourcesOf(
  { forge, source }: WebhookAddress,
  integrations: () => Promise<Pick<Integrations, 'valid' | 'replaced'>>,
  findHook: FindHook,
): Promise<readonly DeliverySource[]> {
  if (source !== undefined) {
    const hook = isHookSource(source) ? await findHook({ forge, source }) : undefined;
    return hook === undefined ? [] : [hook];
  }
  const known = await integrations();
  return known.valid
    .filter((one) => one.forge === forge)
    .map((one) => ({
      forge,
      baseUrl: one.settings.baseUrl,
      secrets: acceptedWebhookSecrets(known, one),
    }));
}

/** How the sources of an address are found. */
export interface DeliverySources {
  /** From a cache. */
  readonly sourcesOf: (address: WebhookAddress) => Promise<readonly DeliverySource[]>;
  /** Without the cache. Left out where there is none. */
  readonly newestSourcesOf?: DeliverySources['sourcesOf'] | undefined;
}

/** The source that made the delivery. Before a delivery is refused, the secrets are loaded again: they may have just changed. */
export async function sourceOfDelivery(
  { sourcesOf, newestSourcesOf }: DeliverySources,
  webhooks: WebhookReader,
  address: WebhookAddress,
  request: Pick<HttpRequest, 'headers' | 'body'>,
): Promise<DeliverySource | undefined> {
  const source = await authenticated(webhooks, await sourcesOf(address), request);
  // Hooks are never cached.
  return source !== undefined || newestSourcesOf === undefined || address.source !== undefined
    ? source
    : authenticated(webhooks, await newestSourcesOf(address), request);
}

/** The source with a secret that authenticates the delivery. */
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
