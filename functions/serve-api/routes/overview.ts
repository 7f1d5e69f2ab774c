import { z } from 'zod';
import { Id, optionalTimeOf, timeOf } from '../../../shared/console-api/common.ts';
import { Activity, ImportSummary, Overview } from '../../../shared/console-api/overview.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { isImporting, type Synchronization } from '../../../shared/domain/synchronization.ts';
import { activityOf } from '../../../shared/organizations/activity.ts';
import { connectionsOf, type DescribedConnection } from '../../../shared/organizations/connections.ts';
import { importProgressOf } from '../../../shared/organizations/import-progress.ts';
import { importSummaryOf } from '../../../shared/organizations/import-summary.ts';
import { type OverviewPart, overviewOf } from '../../../shared/organizations/overview.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { reconcileMinutes } from '../../../shared/runtime/time-limits.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { daysQuery, daysUsual } from '../frame/days.ts';
import type { ApiDependencies } from '../frame/dependencies.ts';
import { defineRoute, type Route } from '../frame/route.ts';
import { shownSynchronization } from './synchronizations.ts';
import { shownHooks } from './webhooks.ts';

const historyShown = 10;
const runsShown = 5;

const readOverview = defineRoute(
  {
    name: 'readOverview',
    method: 'get',
    path: '/organizations/{slug}/overview',
    tag: 'Status',
    summary: 'An organization at a glance: what is well, what changed lately, what needs a person',
    description:
      'Counts what there is, so it reads as much as that has MB: not for asking every second. Who waits as a new member is in GET /organizations/{slug}/people.',
    access: 'owner',
    // It has the latest history.
    scope: 'members',
    answer: { status: 200, schema: Overview, description: 'The overview.' },
  },
  async (dependencies, { organization, synchronizations }) => {
    const { table, clock } = dependencies;
    const all = await synchronizations();
    const [found, connections, history] = await Promise.all([
      overviewOf(table, organization, all, clock.now()),
      connectionsOf(table, organization, clock.now()),
      auditLog(table, organization.id, historyShown),
    ]);
    const { parts, packages, versions, downloads, waiting, scanFailures, ...attention } = found;
    return {
      body: {
        ...{ slug: organization.slug, name: organization.name },
        accessStoppedAt: optionalTimeOf(organization.accessStoppedAt),
        synchronizations: await Promise.all(
          parts.map((part) => shownPart(dependencies, organization, all, part, connections)),
        ),
        counts: { packages, versions, downloads },
        attention: {
          ...attention,
          waiting: waiting.filter(({ count }) => count > 0),
          scanFailures: {
            ...scanFailures,
            items: scanFailures.items.map((one) => ({ ...one, at: timeOf(one.at) })),
          },
        },
        lately: {
          runs: parts
            .flatMap(({ synchronization, lastChanges }) =>
              lastChanges.map((run) => ({ ...run, synchronization: synchronization.id })),
            )
            .toSorted((one, other) => (one.started < other.started ? 1 : -1))
            .slice(0, runsShown),
          history: history.map(({ at, ...entry }) => ({ ...entry, at: timeOf(at) })),
        },
      },
    };
  },
);

async function shownPart(
  dependencies: ApiDependencies,
  organization: Organization,
  all: readonly Synchronization[],
  { synchronization, lastRun, held, hooks, counts }: OverviewPart,
  connections: readonly DescribedConnection[],
) {
  const shown = await shownSynchronization(dependencies, organization, all, synchronization);
  const connection = connections.find(({ usedBy }) => usedBy.id === synchronization.id);
  const { rightsAsOf } = shown;
  return {
    ...shown,
    lastRun,
    nextReadBy: rightsAsOf && timeOf(Date.parse(rightsAsOf) + reconcileMinutes * 60_000),
    heldRemovals: held.map(({ scope, since, count }) => ({ scope, count, since: timeOf(since) })),
    connection: {
      state: synchronization.credentialState,
      expiresAt: optionalTimeOf(connection?.expiresAt),
      advice: connection?.advice,
    },
    hooks: shownHooks(hooks),
    counts,
  };
}

const readActivity = defineRoute(
  {
    name: 'readActivity',
    method: 'get',
    path: '/organizations/{slug}/activity',
    tag: 'Status',
    summary: 'Installations and packages, day by day',
    access: 'owner',
    scope: 'read',
    query: daysQuery,
    answer: { status: 200, schema: Activity, description: 'Every day.' },
  },
  async ({ table, clock }, { organization, query }) => ({
    body: { days: await activityOf(table, organization.id, query.days ?? daysUsual, clock.now()) },
  }),
);

const readImport = defineRoute(
  {
    name: 'readImport',
    method: 'get',
    path: '/organizations/{slug}/synchronizations/{synchronization}/import',
    tag: 'Synchronizations',
    summary: 'What the first import has found so far, and what is no package and why',
    description: 'Also after it is over. Asked again and again it shows the progress.',
    access: 'owner',
    scope: 'read',
    params: z.object({ synchronization: Id }),
    answer: { status: 200, schema: ImportSummary, description: 'Counts, and what was skipped.' },
  },
  async ({ table, clock }, { organization, params }) => {
    const synchronization = await synchronizationIn(table, organization, params.synchronization);
    const now = clock.now();
    const [progress, { lists, ...found }] = await Promise.all([
      importProgressOf(table, synchronization, now),
      importSummaryOf(table, organization, synchronization),
    ]);
    const isPublished = found.counts.published === found.counts.packages;
    return {
      body: {
        // Of a package that cannot be published the end of the import tells, a day later at most.
        isOver: progress === undefined && (isPublished || !isImporting(synchronization, now)),
        lists: lists.map(({ name, readAt }) => ({ name, readAt: optionalTimeOf(readAt) })),
        ...found,
      },
    };
  },
);

export const overviewRoutes: readonly Route[] = [readOverview, readActivity, readImport];
