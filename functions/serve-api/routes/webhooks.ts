import { z } from 'zod';
import { Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { DeliveryAttempt, Hook, ReceivedDelivery, Webhook } from '../../../shared/console-api/webhooks.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { HooksState } from '../../../shared/organizations/describe-hooks.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { attemptsOf, hookPage, redeliver, webhookStates } from '../../../shared/organizations/webhooks.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import { deliveredPage } from '../../../shared/store/delivery-history.ts';
import { countRequest, secondsToNextWindow } from '../../../shared/store/rate-store.ts';
import { monitoredAt } from '../frame/base-path.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const path = '/organizations/{slug}/webhooks';
const owners = { tag: 'Webhooks', access: 'owner', scope: 'synchronizations' } as const;
const params = z.object({ synchronization: Id });

/** Requests in a minute that ask a code host for its log: of one organization, since all share the budget there. */
const logQuota = 10;

async function withinLogQuota(
  { table, clock }: Pick<ApiDependencies, 'table' | 'clock'>,
  { id }: Pick<Organization, 'id'>,
): Promise<void> {
  const now = clock.now();
  if ((await countRequest(table, `delivery-log.${id}`, now)) > logQuota) {
    refuse('rate-limited', `More than ${logQuota} requests for the log in a minute.`, {
      retryAfter: secondsToNextWindow(now),
    });
  }
}

export const shownHooks = (hooks: HooksState | undefined) =>
  hooks && {
    ...hooks,
    problem: hooks.problem && { ...hooks.problem, since: timeOf(hooks.problem.since) },
  };

const list = defineRoute(
  {
    ...owners,
    name: 'listWebhooks',
    method: 'get',
    path,
    summary: 'Whether deliveries of the code hosts arrive',
    answer: {
      status: 200,
      schema: z.object({ items: z.array(Webhook) }),
      description: 'One for each synchronization.',
    },
  },
  async ({ table }, { organization }) => {
    const states = await webhookStates(table, organization.id);
    return {
      body: {
        items: states.map(({ synchronization, last, refusedAt, hooks, ...one }) => ({
          ...{ synchronization: synchronization.id, login: synchronization.login },
          ...{ forge: synchronization.forge, baseUrl: synchronization.baseUrl, ...one },
          hooks: shownHooks(hooks),
          lastDelivery: last && { at: timeOf(last.at), event: last.event },
          refusedAt: optionalTimeOf(refusedAt),
        })),
      },
    };
  },
);

const deliveries = defineRoute(
  {
    ...owners,
    name: 'listDeliveries',
    method: 'get',
    path: `${path}/{synchronization}/deliveries`,
    summary: 'The deliveries of the last seven days that said something new, the newest first',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ReceivedDelivery), description: 'A page of deliveries.' },
  },
  async ({ table }, { organization, params: { synchronization }, query: { cursor, limit } }) => {
    const { id } = await synchronizationIn(table, organization, synchronization);
    const place = { route: 'listDeliveries', filter: [organization.id, id] };
    const page = await deliveredPage(table, id, { limit: limitOf({ limit }), after: placeOf(place, cursor) });
    return {
      body: {
        items: page.deliveries.map(({ delivery, event, at, by }) => ({
          delivery,
          event,
          at: timeOf(at),
          by,
        })),
        next: cursorFor(place, page.next),
      },
    };
  },
);

const hooks = defineRoute(
  {
    ...owners,
    name: 'listHooks',
    method: 'get',
    path: `${path}/{synchronization}/hooks`,
    summary: 'The webhooks that are installed for a synchronization',
    description: 'Empty where the code host delivers without them, as to an App.',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Hook), description: 'A page of webhooks.' },
  },
  async ({ table }, { organization, params: { synchronization }, query: { cursor, limit } }) => {
    const one = await synchronizationIn(table, organization, synchronization);
    const place = { route: 'listHooks', filter: [organization.id, one.id] };
    const page = await hookPage(table, one, { limit: limitOf({ limit }), after: placeOf(place, cursor) });
    return {
      body: {
        items: page.hooks.map(
          ({ source, repository, fullName, state = 'installing' as const, stateSince }) => ({
            ...{ hook: source, state, since: optionalTimeOf(stateSince) },
            repository: repository && { id: repository, name: fullName },
          }),
        ),
        next: cursorFor(place, page.next),
      },
    };
  },
);

const attempts = defineRoute(
  {
    ...owners,
    name: 'listDeliveryAttempts',
    method: 'get',
    path: `${path}/{synchronization}/attempts`,
    summary: 'What the code host tried to deliver, by its own log, the newest first',
    description:
      'Asks the code host once. The log of an App is that of all organizations, and yours alone is shown: a page may be empty and not the last. Where there are several webhooks, `hook` says whose log it is.',
    params,
    query: z.strictObject({ cursor: pageQuery.cursor, hook: Id.optional() }),
    problems: [409],
    answer: { status: 200, schema: pageOf(DeliveryAttempt), description: 'A page of attempts.' },
  },
  async (dependencies, { organization, params: { synchronization }, query: { cursor, hook } }) => {
    const one = await synchronizationIn(dependencies.table, organization, synchronization);
    await withinLogQuota(dependencies, organization);
    const place = { route: 'listDeliveryAttempts', filter: [organization.id, one.id, hook] };
    const page = await attemptsOf(dependencies, one, placeOf(place, cursor), hook);
    return {
      body: {
        items: page.attempts.map(({ id, deliveryId, event, at, arrived, status, isRedelivery }) => ({
          ...{ id, delivery: deliveryId, event, at: optionalTimeOf(at), arrived, status, isRedelivery },
        })),
        next: cursorFor(place, page.next),
      },
    };
  },
);

const again = defineRoute(
  {
    ...owners,
    name: 'redeliver',
    method: 'post',
    path: `${path}/{synchronization}/attempts/{attempt}/redelivery`,
    summary: 'Have the code host deliver an event again',
    description: 'Each request delivers it once more. What was delivered before is only looked at again.',
    params: params.extend({ attempt: z.string().regex(/^[\w-]{1,64}$/, 'is no id of an attempt') }),
    act: 'redeliver',
    isDangerous: false,
    idempotency: 'natural',
    answer: {
      status: 202,
      description:
        'It is going to be delivered. `Location` is the log, which has the new attempt afterwards.',
    },
  },
  async (dependencies, { organization, params: { synchronization, attempt }, accountable }) => {
    const one = await synchronizationIn(dependencies.table, organization, synchronization);
    await withinLogQuota(dependencies, organization);
    const hook = await redeliver(dependencies, one, attempt, await accountable());
    const log = `/organizations/${organization.slug}/webhooks/${one.id}/attempts` as const;
    return { headers: monitoredAt(hook === undefined ? log : `${log}?hook=${hook}`) };
  },
);

export const webhookRoutes: readonly Route[] = [list, deliveries, hooks, attempts, again];
