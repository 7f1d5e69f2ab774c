import { createHmac } from 'node:crypto';
import type { FaultRegistry } from './faults.ts';
import type { Payloads } from './payloads.ts';
import type { Delivery, GitHubState, Installation, User } from './state.ts';

/** Something that has happened to an organization; who hears of it is decided by `emit`. */
export interface GitHubEvent {
  readonly name: string;
  readonly action?: string;
  /** Absent for events about the app itself, which belong to no installation. */
  readonly organizationId?: number;
  /** Set for events about one repository: installations that do not reach it are not told. */
  readonly repositoryId?: number;
  readonly sender: User;
  /** The payload without action, organization, sender and installation. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of events about the installation itself, which is told even when suspended or gone. */
  readonly installation?: Installation;
}

export interface Webhooks {
  /** Starts the delivery and returns at once. */
  emit(event: GitHubEvent): void;
  /** Sends a delivery of the log again, under its own delivery id; false if the log does not have it. */
  redeliver(deliveryId: number): boolean;
  /** Resolves when nothing is under way; what waits for a following delivery is sent. */
  idle(): Promise<void>;
  /** Resolves when nothing is under way; what waits for a following delivery goes on waiting. */
  sent(): Promise<void>;
  /** Gives up what is under way or waiting. */
  close(): void;
}

export interface WebhookDeps {
  readonly state: GitHubState;
  readonly payloads: Payloads;
  readonly faults: FaultRegistry;
  readonly now: () => number;
  /** Runs after so many milliseconds; answers how to cancel it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly uuid: () => string;
  readonly fetch: typeof globalThis.fetch;
  readonly record: (delivery: Delivery) => Promise<void>;
  readonly log?: (line: string) => void;
}

/** Permission without which an app is not told. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
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
/** https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/using-webhooks-with-github-apps */
const unsubscribedEvents = new Set(['installation', 'installation_repositories', 'installation_target']);
/** GitHub waits so long for an answer. https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
const answerTimeoutMs = 10_000;
/** Delivery ids outgrow 32 bits at GitHub. */
const firstDeliveryId = 100_000_000_000;
const reorderedAtMostMs = 5000;
const keptResponseBytes = 10_000;

type Attempt = Omit<Delivery, 'status' | 'statusCode' | 'durationMs' | 'deliveredAt'>;

/** Sends webhooks as a GitHub App gets them, and keeps their log. */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { state, payloads, faults } = deps;
  const underWay = new Set<Promise<void>>();
  const cancellations = new Set<() => void>();
  const closing = new AbortController();
  let held: (() => void)[] = [];

  const track = (work: Promise<void>): void => {
    const tracked = work
      .catch((error: unknown) => deps.log?.(`webhook: ${String(error)}`))
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  /** Runs later, or never once closed; `idle` does not wait for it. */
  const later = (delayMs: number, run: () => void): (() => void) => {
    const forget = deps.after(delayMs, () => {
      cancellations.delete(cancel);
      run();
    });
    const cancel = (): void => {
      cancellations.delete(cancel);
      forget();
    };
    cancellations.add(cancel);
    return cancel;
  };

  const send = async (attempt: Attempt): Promise<void> => {
    const url = state.app.webhookUrl;
    if (url === undefined || closing.signal.aborted) return;
    const startedAt = deps.now();
    const requestHeaders = headersOf(attempt, state);
    const outcome = await post(url, requestHeaders, attempt.body);
    if (closing.signal.aborted) return;
    await deps.record({
      ...attempt,
      deliveredAt: new Date(startedAt).toISOString(),
      durationMs: Math.round(deps.now() - startedAt),
      requestHeaders,
      ...outcome,
    });
  };

  const post = async (
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Pick<Delivery, 'status' | 'statusCode' | 'responseHeaders' | 'responseBody'>> => {
    const timeout = new AbortController();
    const cancel = later(answerTimeoutMs, () => timeout.abort());
    try {
      // Redirects are not followed: GitHub takes anything but 2xx for a failure.
      const signal = AbortSignal.any([timeout.signal, closing.signal]);
      const response = await deps.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      const responseBody = (await response.text()).slice(0, keptResponseBytes);
      return {
        status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
        statusCode: response.status,
        responseHeaders: Object.fromEntries(response.headers),
        responseBody,
      };
    } catch {
      return { status: timeout.signal.aborted ? 'timed out' : 'failed to connect to host', statusCode: 0 };
    } finally {
      cancel();
    }
  };

  const recordTimeout = (attempt: Attempt): Promise<void> =>
    deps.record({
      ...attempt,
      deliveredAt: new Date(deps.now()).toISOString(),
      durationMs: answerTimeoutMs,
      status: 'timed out',
      statusCode: 0,
      requestHeaders: headersOf(attempt, state),
    });

  /** What follows a held delivery is sent first. */
  const sendThenHeld = (attempt: Attempt): void => {
    const waiting = held;
    held = [];
    const release = (): void => {
      for (const each of waiting) each();
    };
    track(send(attempt).finally(release));
  };

  const dispatch = (attempt: Attempt): void => {
    const subject = { event: attempt.event, ...(attempt.action !== undefined && { action: attempt.action }) };
    if (faults.take('delivery-lost', subject) !== undefined) return;
    if (faults.take('delivery-failed', subject) !== undefined) {
      track(recordTimeout(attempt));
      return;
    }
    const delayed = faults.take('delivery-delayed', subject);
    if (delayed !== undefined) {
      later(delayed.delayMs ?? 1000, () => sendThenHeld(attempt));
      return;
    }
    if (faults.take('delivery-reordered', subject) !== undefined) {
      let released = false;
      const release = (): void => {
        if (released) return;
        released = true;
        cancel();
        track(send(attempt));
      };
      const cancel = later(reorderedAtMostMs, release);
      held.push(release);
      return;
    }
    if (faults.take('delivery-doubled', subject) !== undefined) {
      const again = { ...attempt, id: firstDeliveryId + state.nextId++ };
      track(send(attempt).then(() => send(again)));
      return;
    }
    sendThenHeld(attempt);
  };

  return {
    emit(event) {
      if (state.app.webhookUrl === undefined) return;
      for (const installation of recipients(state, event)) {
        dispatch({
          id: firstDeliveryId + state.nextId++,
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
      const attempt = {
        id: firstDeliveryId + state.nextId++,
        guid,
        event,
        ...(action !== undefined && { action }),
        ...(installationId !== undefined && { installationId }),
        ...(repositoryId !== undefined && { repositoryId }),
        redelivery: true,
        body,
      };
      track(send(attempt));
      return true;
    },
    async idle() {
      while (underWay.size > 0 || held.length > 0) {
        await Promise.all(underWay);
        const waiting = held;
        held = [];
        for (const release of waiting) release();
      }
    },
    async sent() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close() {
      closing.abort();
      for (const cancel of cancellations) cancel();
      cancellations.clear();
      held = [];
    },
  };
}

/** The installations that are told; one undefined for what the app itself is told. */
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
  // Events about the installation carry it whole and name no organization.
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

function headersOf(attempt: Attempt, { app }: GitHubState): Record<string, string> {
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/51a2e88',
    'X-GitHub-Delivery': attempt.guid,
    'X-GitHub-Event': attempt.event,
    'X-GitHub-Hook-ID': String(400_000_000 + app.id),
    'X-GitHub-Hook-Installation-Target-ID': String(app.id),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(attempt.body).digest('hex')}`,
  };
}
