import { z } from 'zod';
import { Id } from '../../../shared/console-api/common.ts';
import { DecidedRemovals, HeldRemovals, RemovalsDecision } from '../../../shared/console-api/runs.ts';
import { decideRemovals } from '../../../shared/organizations/decide-removals.ts';
import { pageOfHeld } from '../../../shared/organizations/held-pages.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Synchronizations';
const path = '/organizations/{slug}/synchronizations/{synchronization}/held-removals';
const Which = z.object({ synchronization: Id });

const listHeldRemovals = defineRoute(
  {
    name: 'listHeldRemovals',
    method: 'get',
    path,
    tag,
    summary: 'Removals that wait for an owner',
    access: 'owner',
    // It names those who would lose something.
    scope: 'members',
    params: Which,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(HeldRemovals), description: 'A page, by scope.' },
  },
  async ({ table }, { organization, params, query: { limit, cursor } }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    const list = { route: 'listHeldRemovals', filter: synchronization.id };
    const page = { limit: limitOf({ limit }), after: placeOf(list, cursor) };
    const { entries, next } = await pageOfHeld(table, synchronization, page);
    return { body: { items: entries, next: cursorFor(list, next) } };
  },
);

const decide = defineRoute(
  {
    name: 'decideHeldRemovals',
    method: 'post',
    path: `${path}/decide`,
    tag,
    summary: 'Allow held removals, or keep what they would remove',
    description: 'Decides on exactly what was shown: 409 if other removals are held by now.',
    access: 'owner',
    scope: 'synchronizations',
    params: Which,
    body: RemovalsDecision,
    act: 'decide-removals',
    isDangerous: false,
    idempotency: 'natural',
    answer: {
      status: 200,
      schema: DecidedRemovals,
      description: 'Decided; after a yes the list is read again at once.',
    },
  },
  async (dependencies, { organization, params, body: { why, ...decision }, accountable }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, params.synchronization);
    return { body: await decideRemovals(dependencies, synchronization, decision, await accountable(why)) };
  },
);

export const heldRemovalRoutes: readonly Route[] = [listHeldRemovals, decide];
