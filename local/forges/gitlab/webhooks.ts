import { createHmac } from 'node:crypto';
import { createDeliveries } from '../deliveries/deliveries.ts';
import type { DeliveryOutcome, ReceiverAnswer } from '../deliveries/delivery.ts';
import type { Faults } from '../faults/faults.ts';
import { readRefs } from '../git/refs.ts';
import type { HookSender } from './api/context.ts';
import { customBody, customHeaders, passesFilter } from './custom-delivery.ts';
import { isExecutable, noteOutcome } from './hook-status.ts';
import { groupsAbove, projectsOf } from './paths.ts';
import type { Payloads } from './payloads.ts';
import type { Delivery, GitLabState, Group, Hook, Project } from './state.ts';
import { differences } from './variants.ts';

/** Kinds of events: the trigger in the API, the flag of a hook, and the value of `X-Gitlab-Event`. */
const kinds = {
  push: { trigger: 'push_hooks', flag: 'push_events', header: 'Push Hook' },
  tag_push: { trigger: 'tag_push_hooks', flag: 'tag_push_events', header: 'Tag Push Hook' },
  member: { trigger: 'member_hooks', flag: 'member_events', header: 'Member Hook' },
  subgroup: { trigger: 'subgroup_hooks', flag: 'subgroup_events', header: 'Subgroup Hook' },
  project: { trigger: 'project_hooks', flag: 'project_events', header: 'Project Hook' },
} as const;
export type EventKind = keyof typeof kinds;

export interface GitLabEvent {
  readonly kind: EventKind;
  /** The group or project that it is about: hooks of its groups get it, and a project's own. */
  readonly source: Group | Project;
  readonly branch?: string;
  readonly body: object;
}

export interface WebhookDeps {
  readonly state: GitLabState;
  readonly payloads: Payloads;
  /** Address of the instance. */
  readonly web: string;
  readonly faults: Faults;
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly uuid: () => string;
  readonly fetch: typeof globalThis.fetch;
  readonly record: (delivery: Delivery) => Promise<void>;
  readonly changed: () => Promise<void>;
  readonly log?: (line: string) => void;
}

export interface Webhooks extends HookSender {
  /** Starts the deliveries of an event, and returns at once. */
  emit(event: GitLabEvent): void;
  /** Sends a delivery again, on somebody's request. */
  redeliver(deliveryId: number): boolean;
  idle(): Promise<void>;
  sent(): Promise<void>;
  close(): void;
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#webhook-timeout-and-retry */
const answerTimeoutMs = 10_000;
const secret = /^whsec_/;

type Message = Omit<Delivery, keyof DeliveryOutcome>;

/** Sends webhooks as GitLab does, once each, counts failures, and logs them. */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { state, payloads } = deps;
  const nextId = (): number => state.nextId++;
  const deliveries = createDeliveries<Message>(
    {
      url: ({ hookId, url }) => (state.hooks.has(hookId) ? url : undefined),
      headers: (message) => headersOf(message, deps),
      answerTimeoutMs,
      statusText,
    },
    {
      ...deps,
      nextId,
      async record(delivery) {
        const hook = state.hooks.get(delivery.hookId);
        if (hook !== undefined) noteOutcome(state.variant, hook, delivery.statusCode, deps.now());
        await deps.record(delivery);
        await deps.changed();
      },
    },
  );
  /** @returns undefined when the template of the hook gives no JSON, which counts as a failure */
  const messageOf = (hook: Hook, trigger: string, payload: object): Message | undefined => {
    const body = customBody(hook, payload);
    if (body === undefined) {
      noteOutcome(state.variant, hook, 0, deps.now());
      return undefined;
    }
    return {
      ...{ id: nextId(), guid: deps.uuid(), event: trigger, hookId: hook.id, url: hook.url },
      ...{ redelivery: false, body },
    };
  };
  const statusOf = async (message: Message): Promise<number> => {
    deliveries.sendAgain(message);
    await deliveries.sent();
    return state.deliveries.find(({ id }) => id === message.id)?.statusCode ?? 0;
  };
  const again = (delivery: Delivery): Message => {
    const { guid, event, hookId, body, url } = delivery;
    return {
      id: nextId(),
      guid,
      event,
      hookId,
      url: state.hooks.get(hookId)?.url ?? url,
      redelivery: true,
      body,
    };
  };
  return {
    idle: deliveries.idle,
    sent: deliveries.sent,
    close: deliveries.close,
    emit(event) {
      const { trigger } = kinds[event.kind];
      for (const hook of recipients(deps, event)) {
        const message = messageOf(hook, trigger, event.body);
        if (message !== undefined) deliveries.send(message);
      }
    },
    redeliver(deliveryId) {
      const delivery = state.deliveries.find(({ id }) => id === deliveryId);
      if (delivery === undefined) return false;
      deliveries.sendAgain(again(delivery));
      return true;
    },
    async test(hookId, trigger) {
      const hook = state.hooks.get(hookId);
      const kind = Object.values(kinds).find(({ flag }) => flag === trigger);
      const project = hook && exampleProject(state, hook);
      if (hook === undefined || kind === undefined) return undefined;
      if (project === undefined) return 0;
      const isTag = trigger === 'tag_push_events';
      const prefix = isTag ? 'refs/tags/' : `refs/heads/${project.defaultBranch}`;
      const found = readRefs(project.gitDirectory).find(({ name }) => name.startsWith(prefix));
      if (found === undefined) return 0;
      const change = { ref: found.name, before: undefined, after: found.oid };
      const sender = [...state.users.values()][0];
      const message = messageOf(hook, kind.trigger, payloads.push(project, sender, change, []));
      return message === undefined ? 0 : statusOf(message);
    },
    async resend(hookId, deliveryId) {
      const delivery = state.deliveries.find((each) => each.id === deliveryId && each.hookId === hookId);
      return delivery && statusOf(again(delivery));
    },
  };
}

function statusText(answer: ReceiverAnswer): string {
  if (answer.kind === 'timed-out') return 'execution expired';
  if (answer.kind === 'unreachable') return 'Failed to open TCP connection';
  return `${answer.status}`;
}

function exampleProject(state: GitLabState, { projectId, groupId }: Hook): Project | undefined {
  if (projectId !== undefined) return state.projects.get(projectId);
  const group = state.groups.get(groupId ?? 0);
  return group && projectsOf(state, group, true)[0];
}

function recipients({ state, now }: WebhookDeps, event: GitLabEvent): Hook[] {
  const { flag } = kinds[event.kind];
  const { source, branch } = event;
  const { variant } = state;
  if (event.kind === 'project' && !differences.hasProjectEvents(variant)) return [];
  const groups = differences.hasGroupHooks(variant)
    ? new Set(groupsAbove(state, source).map(({ id }) => id))
    : new Set<number>();
  return [...state.hooks.values()].filter((hook) => {
    const isOf =
      hook.groupId === undefined
        ? source.kind === 'project' && hook.projectId === source.id
        : groups.has(hook.groupId);
    const isWanted = branch === undefined || passesFilter(hook, branch);
    return isOf && isWanted && hook.events.has(flag) && isExecutable(variant, hook, now());
  });
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers; signed as https://www.standardwebhooks.com says. */
function headersOf(message: Message, { state, web, now, uuid }: WebhookDeps): Record<string, string> {
  const hook = state.hooks.get(message.hookId);
  const header = Object.values(kinds).find(({ trigger }) => trigger === message.event)?.header ?? '';
  const { variant } = state;
  const timestamp = `${Math.floor(now() / 1000)}`;
  const key = Buffer.from(hook?.signingToken?.replace(secret, '') ?? '', 'base64');
  const signed = `${message.guid}.${timestamp}.${message.body}`;
  const signature = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  const own = {
    'Content-Type': 'application/json',
    'User-Agent': `GitLab/${variant.version}.0-ee`,
    'X-Gitlab-Event': header,
    'X-Gitlab-Webhook-UUID': hook?.uuid ?? '',
    'X-Gitlab-Instance': web,
    // Unlike the key below it is another one when a delivery is sent again.
    'X-Gitlab-Event-UUID': uuid(),
    ...(differences.hasIdempotencyKey(variant) && { 'Idempotency-Key': message.guid }),
    ...(hook?.token !== undefined && { 'X-Gitlab-Token': hook.token }),
    ...(differences.showsHookSecrets(variant) && {
      'webhook-id': message.guid,
      'webhook-timestamp': timestamp,
      ...(hook?.signingToken !== undefined &&
        differences.hasHookSigning(variant) && { 'webhook-signature': signature }),
    }),
  };
  return { ...customHeaders(hook, own), ...own };
}
