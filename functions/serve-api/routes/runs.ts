import { z } from 'zod';
import { Id, Time } from '../../../shared/console-api/common.ts';
import { Change, Progress, Run, RunDifference, RunNumber, Undo } from '../../../shared/console-api/runs.ts';
import { differencesOfRun } from '../../../shared/organizations/run-differences.ts';
import { oneRun, pageOfChanges, pageOfRuns } from '../../../shared/organizations/run-pages.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { synchronizationProgress, synchronizeNow } from '../../../shared/organizations/synchronize-now.ts';
import { type Undone, undoProgress, undoRun } from '../../../shared/organizations/undo-run.ts';
import { type Caller, mayReadPeople } from '../frame/access.ts';
import { monitoredAt } from '../frame/base-path.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const tag = 'Synchronizations';
const path = '/organizations/{slug}/synchronizations/{synchronization}';
const read = { method: 'get', tag, access: 'owner', scope: 'read' } as const;
/** Changes and what is put back name people. */
const readPeople = { ...read, scope: 'members' } as const;
const request = {
  method: 'post',
  tag,
  access: 'owner',
  scope: 'synchronizations',
  isDangerous: false,
  idempotency: 'natural',
} as const;

const Which = z.object({ synchronization: Id });
const WhichRun = Which.extend({ number: RunNumber });
const Since = z.strictObject({ asked: Time.meta({ description: '`asked` of the answer to the request.' }) });

const synchronize = defineRoute(
  {
    ...request,
    name: 'synchronize',
    path: `${path}/runs`,
    summary: 'Read everything from the code host now',
    params: Which,
    act: 'synchronize',
    answer: {
      status: 202,
      schema: Progress,
      description: 'Requested. The address in `Location` shows the progress.',
    },
  },
  async (dependencies, { organization, params, accountable }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, params.synchronization);
    const body = await synchronizeNow(dependencies, synchronization, await accountable());
    const { slug } = organization;
    const progress = `/organizations/${slug}/synchronizations/${synchronization.id}/progress` as const;
    return { body, headers: monitoredAt(`${progress}?asked=${body.asked}`) };
  },
);

const readProgress = defineRoute(
  {
    ...read,
    orScopes: ['synchronizations'],
    name: 'readSynchronizationProgress',
    path: `${path}/progress`,
    summary: 'The progress of a read that was requested',
    params: Which,
    query: Since,
    answer: { status: 200, schema: Progress, description: 'The progress of each list.' },
  },
  async ({ table, clock }, { organization, params, query }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    const asked = Date.parse(query.asked);
    return { body: await synchronizationProgress({ table, clock }, synchronization, asked) };
  },
);

const listRuns = defineRoute(
  {
    ...read,
    name: 'listRuns',
    path: `${path}/runs`,
    summary: 'The runs, the newest first',
    params: Which,
    query: z.strictObject({
      all: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: '`true`: also those that changed nothing.' }),
      failed: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: '`true`: those in which something could not be read, and no others.' }),
      ...pageQuery,
    }),
    answer: { status: 200, schema: pageOf(Run), description: 'A page of runs.' },
  },
  async ({ table, clock }, { organization, params, query: { all, failed, limit, cursor } }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    const which = failed === 'true' ? 'failed' : all === 'true' ? 'all' : 'changes';
    const list = { route: 'listRuns', filter: [synchronization.id, which] };
    const page = { limit: limitOf({ limit }), after: placeOf(list, cursor) };
    const { entries, next } = await pageOfRuns(table, synchronization, which, page, clock.now());
    return { body: { items: entries, next: cursorFor(list, next) } };
  },
);

const readRun = defineRoute(
  {
    ...read,
    name: 'readRun',
    path: `${path}/runs/{number}`,
    summary: 'One run',
    params: WhichRun,
    answer: { status: 200, schema: Run, description: 'The run, without its changes.' },
  },
  async ({ table, clock }, { organization, params }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    return { body: await oneRun(table, synchronization, params.number, clock.now()) };
  },
);

const listChanges = defineRoute(
  {
    ...readPeople,
    name: 'listRunChanges',
    path: `${path}/runs/{number}/changes`,
    summary: 'What a run changed, and why',
    params: WhichRun,
    query: z.strictObject(pageQuery),
    answer: {
      status: 200,
      schema: pageOf(Change),
      description: 'A page of changes, in the order in which they were made.',
    },
  },
  async ({ table }, { organization, params: { synchronization: id, number }, query: { limit, cursor } }) => {
    const synchronization = await synchronizationIn(table, organization, id);
    const list = { route: 'listRunChanges', filter: [id, number] };
    const page = { limit: limitOf({ limit }), after: placeOf(list, cursor) };
    const { entries, next } = await pageOfChanges(table, synchronization, number, page);
    return { body: { items: entries, next: cursorFor(list, next) } };
  },
);

const listDifferences = defineRoute(
  {
    ...readPeople,
    name: 'listRunDifferences',
    path: `${path}/runs/{number}/differences`,
    summary: 'The same changes as data: before and after',
    params: WhichRun,
    query: z.strictObject(pageQuery),
    answer: {
      status: 200,
      schema: pageOf(RunDifference),
      description: 'A page of changes, in the order in which they were made.',
    },
  },
  async ({ table }, { organization, params: { synchronization: id, number }, query: { limit, cursor } }) => {
    const synchronization = await synchronizationIn(table, organization, id);
    const list = { route: 'listRunDifferences', filter: [id, number] };
    const page = { limit: limitOf({ limit }), after: placeOf(list, cursor) };
    const { entries, next } = await differencesOfRun(table, synchronization, number, page);
    return { body: { items: entries, next: cursorFor(list, next) } };
  },
);

const onlyCounts = 'A key without the scope `members` gets only counts: the lists name people.';

const shownTo = (caller: Caller, undone: Undone): Undone =>
  mayReadPeople(caller) ? undone : { ...undone, putBack: [], left: [] };

const undo = defineRoute(
  {
    ...request,
    name: 'undoRun',
    path: `${path}/runs/{number}/undo`,
    summary: 'Restore what a run removed, as far as the code host still has it',
    description: onlyCounts,
    params: WhichRun,
    act: 'undo-run',
    answer: {
      status: 202,
      schema: Undo,
      description: 'Requested. The address in `Location` shows the progress.',
    },
  },
  async (dependencies, { organization, params: { synchronization: id, number }, caller, accountable }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, id);
    const undone = await undoRun(dependencies, synchronization, number, await accountable());
    const { slug } = organization;
    const progress = `/organizations/${slug}/synchronizations/${id}/runs/${number}/undo` as const;
    const body = shownTo(caller, undone);
    return { body, headers: monitoredAt(`${progress}?asked=${body.asked}`) };
  },
);

const readUndo = defineRoute(
  {
    ...readPeople,
    orScopes: ['synchronizations'],
    name: 'readUndo',
    path: `${path}/runs/{number}/undo`,
    summary: 'What an undo that was requested has restored by now, and why the rest is not',
    description: onlyCounts,
    params: WhichRun,
    query: Since,
    answer: { status: 200, schema: Undo, description: 'The progress.' },
  },
  async ({ table, clock }, { organization, params, query, caller }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    const asked = Date.parse(query.asked);
    const undone = await undoProgress({ table, clock }, synchronization, params.number, asked);
    return { body: shownTo(caller, undone) };
  },
);

export const runRoutes: readonly Route[] = [
  synchronize,
  readProgress,
  listRuns,
  readRun,
  listChanges,
  listDifferences,
  undo,
  readUndo,
];
