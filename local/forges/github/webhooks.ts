import { createHmac } from 'node:crypto';
import { createDeliveries, type Deliveries } from '../deliveries/deliveries.ts';
import type { DeliveryOutcome, ReceiverAnswer } from '../deliveries/delivery.ts';
import type { DeliveryDeps } from '../deliveries/delivery-rules.ts';
import type { Payloads } from './payloads.ts';
import type { Delivery, GitHubState, Installation, User } from './state.ts';

/** Something that happened to an organization; `emit` decides who is notified. */
export interface GitHubEvent {
  readonly name: string;
  readonly action?: string;
  /** Absent for events about the app itself, which belong to no installation. */
  readonly organizationId?: number;
  /** Set for events about one repository: installations without access to it are not notified. */
  readonly repositoryId?: number;
  readonly sender: User;
  /** The payload without action, organization, sender and installation. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The subject of events about an installation, which are sent even when it is suspended or gone. */
  readonly installation?: Installation;
}

export interface Webhooks extends Pick<Deliveries<Message>, 'idle' | 'sent' | 'close'> {
  /** Starts the deliveries and returns at once. */
  emit(event: GitHubEvent): void;
  /** Sends a logged delivery again, under its own delivery id; false if the log does not have it. */
  redeliver(deliveryId: number): boolean;
}

export interface WebhookDeps extends Omit<DeliveryDeps<Message>, 'nextId'> {
  readonly state: GitHubState;
  readonly payloads: Payloads;
  readonly uuid: () => string;
}

/** The permission without which an app does not get an event. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const neededPermission: Readonly<Record<string, string>> = {
  create: 'contents',
  delete: 'contents',
  push: 'contents',
  member: 'members',
  membership: 'members',
  organization: 'members',
  team: 'members',
  team_add: 'members',
};
/**
 * Events that an app gets without subscribing.
 * https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/using-webhooks-with-github-apps
 */
const unsubscribedEvents = new Set(['installation', 'installation_repositories', 'installation_target']);
/** How long GitHub waits for an answer. https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
const answerTimeoutMs = 10_000;
/** GitHub's delivery ids exceed 32 bits. */
const firstDeliveryId = 100_000_000_000;

type Message = Omit<Delivery, keyof DeliveryOutcome>;

/** Sends webhooks as a GitHub App gets them, and logs them. */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { state, payloads } = deps;
  const nextId = (): number => firstDeliveryId + state.nextId++;
  const deliveries = createDeliveries<Message>(
    {
      url: () => state.app.webhookUrl,
      headers: (message) => headersOf(message, state),
      answerTimeoutMs,
      statusText: statusOf,
    },
    { ...deps, nextId },
  );
  return {
    idle: deliveries.idle,
    sent: deliveries.sent,
    close: deliveries.close,
    emit(event) {
      if (state.app.webhookUrl === undefined) return;
      for (const installation of recipients(state, event)) {
        deliveries.send({
          id: nextId(),
          guid: deps.uuid(),
          event: event.name,
          ...(event.action !== undefined && { action: event.action }),
          ...(installation !== undefined && { installationId: installation.id }),
          ...(event.repositoryId !== undefined && { repositoryId: event.repositoryId }),
          redelivery: false,
          body: JSON.stringify(wholePayload(event, installation, state, payloads)),
        });
      }
    },
    redeliver(deliveryId) {
      const delivery = state.deliveries.find(({ id }) => id === deliveryId);
      if (delivery === undefined) return false;
      const { guid, event, action, installationId, repositoryId, body } = delivery;
      deliveries.sendAgain({
        id: nextId(),
        guid,
        event,
        ...(action !== undefined && { action }),
        ...(installationId !== undefined && { installationId }),
        ...(repositoryId !== undefined && { repositoryId }),
        redelivery: true,
        body,
      });
      return true;
    },
  };
}

/** GitHub's description of an outcome in the log of deliveries. */
function statusOf(answer: ReceiverAnswer): string {
  if (answer.kind === 'timed-out') return 'timed out';
  if (answer.kind === 'unreachable') return 'failed to connect to host';
  return answer.ok ? 'OK' : `Invalid HTTP Response: ${answer.status}`;
}

/** The installations that are notified; one undefined for what only the app itself is sent. */
function recipients(state: GitHubState, event: GitHubEvent): (Installation | undefined)[] {
  if (event.organizationId === undefined) return [undefined];
  if (event.installation !== undefined) return [event.installation];
  if (!unsubscribedEvents.has(event.name) && !state.app.events?.includes(event.name)) return [];
  return [...state.installations.values()].filter((installation) => {
    if (installation.organizationId !== event.organizationId || installation.suspendedAt !== undefined)
      return false;
    const permission = neededPermission[event.name] ?? 'metadata';
    if (permission !== 'metadata' && installation.permissions[permission] === undefined) return false;
    return (
      event.repositoryId === undefined ||
      installation.repositorySelection === 'all' ||
      installation.repositoryIds.has(event.repositoryId)
    );
  });
}

function wholePayload(
  event: GitHubEvent,
  installation: Installation | undefined,
  state: GitHubState,
  payloads: Payloads,
): Record<string, unknown> {
  const action = event.action !== undefined && { action: event.action };
  const sender = payloads.user(event.sender);
  if (event.organizationId === undefined || installation === undefined)
    return { ...action, ...event.body, sender };
  // Events about an installation contain all of it and name no organization.
  if (event.installation !== undefined) {
    return { ...action, installation: payloads.installation(installation), ...event.body, sender };
  }
  const organization = state.organizations.get(event.organizationId);
  return {
    ...action,
    ...event.body,
    ...(organization !== undefined && { organization: payloads.organization(organization) }),
    sender,
    installation: payloads.installationReference(installation),
  };
}

function headersOf(message: Message, { app }: GitHubState): Record<string, string> {
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/51a2e88',
    'X-GitHub-Delivery': message.guid,
    'X-GitHub-Event': message.event,
    'X-GitHub-Hook-ID': String(400_000_000 + app.id),
    'X-GitHub-Hook-Installation-Target-ID': String(app.id),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(message.body).digest('hex')}`,
  };
}
