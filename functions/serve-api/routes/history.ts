import { z } from 'zod';
import { Time, timeOf } from '../../../shared/console-api/common.ts';
import { HistoryEntry, SignInEntry } from '../../../shared/console-api/history.ts';
import { actorKinds, auditPage, type ListedEntry } from '../../../shared/store/audit-log.ts';
import { signInPage } from '../../../shared/store/sign-in-log.ts';
import { basePath } from '../frame/base-path.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = { method: 'get', tag: 'History', access: 'owner', scope: 'members' } as const;

const byAct = {
  act: z.string().min(1).max(100).optional().meta({ description: 'Only this act, such as `stop-access`.' }),
  actor: z.string().min(1).max(100).optional().meta({ description: 'Only what this one did; an id.' }),
  since: Time.optional().meta({ description: 'From this moment on.' }),
  until: Time.optional().meta({ description: 'Before this moment.' }),
};

const filter = {
  ...byAct,
  source: z
    .enum(actorKinds)
    .optional()
    .meta({ description: 'Only what this kind did; `synchronization`: what came of a code host.' }),
  delivery: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Only what came of this webhook delivery, by the id that the code host sends.' }),
};

const momentOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/** @param slug undefined in the history of the installation, which has no runs */
const shown = ({ at, run, added, updated, removed, ...entry }: ListedEntry, slug?: string) => ({
  ...entry,
  at: timeOf(at),
  ...(run === undefined || slug === undefined
    ? {}
    : {
        run: {
          ...run,
          counts: { add: added ?? 0, update: updated ?? 0, remove: removed ?? 0 },
          changes: `${basePath}/organizations/${slug}/synchronizations/${run.synchronization}/runs/${run.number}/changes`,
        },
      }),
});

const listHistory = defineRoute(
  {
    ...common,
    name: 'listHistory',
    path: '/organizations/{slug}/history',
    summary: 'What was done to the organization, the newest first',
    description:
      'By people, keys and the operator; and, as `run`, what a code host said that changed something here, an entry for each run.',
    query: z.strictObject({ ...filter, ...pageQuery }),
    answer: { status: 200, schema: pageOf(HistoryEntry), description: 'A page of entries.' },
  },
  async ({ table }, { organization, query: { cursor, limit, ...asked } }) => {
    const list = { route: 'listHistory', filter: [organization.id, asked] };
    const { entries, next } = await auditPage(
      table,
      organization.id,
      { ...asked, since: momentOf(asked.since), until: momentOf(asked.until) },
      { limit: limitOf({ limit }), after: placeOf(list, cursor) },
    );
    return {
      body: { items: entries.map((one) => shown(one, organization.slug)), next: cursorFor(list, next) },
    };
  },
);

/** Entries of one answer: three reads, and far from the 6 MB of a Lambda's answer. */
const exportMax = 750;

const exportHistory = defineRoute(
  {
    ...common,
    name: 'exportHistory',
    path: '/organizations/{slug}/history/export',
    summary: 'The history as JSON lines',
    description: `At most ${exportMax} entries; the header \`X-Next-Cursor\` is there as long as more follow.`,
    query: z.strictObject({ ...filter, cursor: pageQuery.cursor }),
    answer: {
      status: 200,
      schema: z.string(),
      mediaType: 'application/jsonl',
      description: 'An entry on each line.',
    },
  },
  async ({ table }, { organization, query: { cursor, ...asked } }) => {
    const list = { route: 'exportHistory', filter: [organization.id, asked] };
    const { entries, next } = await auditPage(
      table,
      organization.id,
      { ...asked, since: momentOf(asked.since), until: momentOf(asked.until) },
      { limit: exportMax, after: placeOf(list, cursor) },
    );
    const following = cursorFor(list, next);
    return {
      body: entries.map((entry) => `${JSON.stringify(shown(entry, organization.slug))}\n`).join(''),
      headers: following === undefined ? {} : { 'x-next-cursor': following },
    };
  },
);

const ofInstallation = {
  method: 'get',
  tag: 'Installation',
  access: 'administrator',
  scope: 'none',
} as const;

const listInstallationHistory = defineRoute(
  {
    ...ofInstallation,
    name: 'listInstallationHistory',
    path: '/installation/history',
    summary: 'What administrators did to the installation, the newest first',
    query: z.strictObject({ ...byAct, ...pageQuery }),
    answer: { status: 200, schema: pageOf(HistoryEntry), description: 'A page of entries.' },
  },
  async ({ table }, { query: { cursor, limit, ...asked } }) => {
    const list = { route: 'listInstallationHistory', filter: asked };
    const { entries, next } = await auditPage(
      table,
      undefined,
      { ...asked, since: momentOf(asked.since), until: momentOf(asked.until) },
      { limit: limitOf({ limit }), after: placeOf(list, cursor) },
    );
    return { body: { items: entries.map((one) => shown(one)), next: cursorFor(list, next) } };
  },
);

const listSignIns = defineRoute(
  {
    ...ofInstallation,
    name: 'listSignIns',
    path: '/installation/sign-ins',
    summary: 'Who signed in or was refused, the newest first',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(SignInEntry), description: 'A page of entries.' },
  },
  async ({ table }, { query: { cursor, limit } }) => {
    const list = { route: 'listSignIns', filter: undefined };
    const { entries, next } = await signInPage(table, {
      limit: limitOf({ limit }),
      after: placeOf(list, cursor),
    });
    return {
      body: {
        items: entries.map(({ at, ...entry }) => ({ ...entry, at: timeOf(at) })),
        next: cursorFor(list, next),
      },
    };
  },
);

export const historyRoutes: readonly Route[] = [
  listHistory,
  exportHistory,
  listInstallationHistory,
  listSignIns,
];
