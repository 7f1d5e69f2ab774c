import type { App, Delivery, GitHubState, Installation } from '../state.ts';
import type { Addresses } from './ports.ts';
import type { Schema } from './schemas.ts';
import { LONG_AGO, ownerShape, userShape } from './shapes-people.ts';

/** The app itself, as `GET /app` shows it. */
export function appShape(addresses: Addresses, state: GitHubState): NonNullable<Schema<'integration'>> {
  const { app } = state;
  const permissions = Object.assign({}, ...[...state.installations.values()].map((each) => each.permissions));
  return {
    id: app.id,
    slug: app.slug,
    node_id: app.nodeId,
    client_id: app.clientId,
    owner: userShape(addresses, { id: 1, nodeId: 'U_publisher', login: 'publisher', type: 'User' }),
    name: app.name ?? app.slug,
    description: null,
    external_url: addresses.web,
    html_url: `${addresses.web}/apps/${app.slug}`,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    permissions: { ...permissions, metadata: 'read' },
    events: [...(app.events ?? [])],
    installations_count: state.installations.size,
  };
}

/** One installation. */
export function installationShape(addresses: Addresses, state: GitHubState, installation: Installation) {
  const organization = state.organizations.get(installation.organizationId);
  const login = organization?.login ?? 'ghost';
  return {
    id: installation.id,
    client_id: state.app.clientId,
    account: organization === undefined ? null : ownerShape(addresses, organization),
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${addresses.api}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${addresses.api}/installation/repositories`,
    html_url: `${addresses.web}/organizations/${login}/settings/installations/${installation.id}`,
    app_id: state.app.id,
    app_slug: state.app.slug,
    target_id: installation.organizationId,
    target_type: 'Organization',
    permissions: { ...installation.permissions, metadata: 'read' },
    events: [...(state.app.events ?? [])],
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    suspended_by: null,
    suspended_at: installation.suspendedAt ?? null,
  };
}

/** A delivery as the list shows it: without its payload. */
export function deliveryShape(delivery: Delivery): Schema<'hook-delivery-item'> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action ?? null,
    installation_id: delivery.installationId ?? null,
    repository_id: delivery.repositoryId ?? null,
    throttled_at: null,
  };
}

/** A delivery with its request. The payload is parsed, so it does not have the bytes that were signed. */
export function fullDeliveryShape(app: App, delivery: Delivery): Schema<'hook-delivery'> {
  return {
    ...deliveryShape(delivery),
    id: delivery.id,
    installation_id: delivery.installationId ?? null,
    repository_id: delivery.repositoryId ?? null,
    url: app.webhookUrl ?? '',
    request: {
      headers: delivery.requestHeaders ?? {},
      payload: JSON.parse(delivery.body),
    },
    response: {
      headers: delivery.responseHeaders ?? null,
      payload: delivery.responseBody ?? null,
    },
  };
}
