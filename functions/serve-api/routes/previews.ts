import { z } from 'zod';
import { Id } from '../../../shared/console-api/common.ts';
import { Preview, PreviewedChange, PreviewNumber } from '../../../shared/console-api/previews.ts';
import { pageOfPreview } from '../../../shared/organizations/preview-pages.ts';
import { type PreviewJob, previewJob, requestPreview } from '../../../shared/organizations/previews.ts';
import { synchronizationIn } from '../../../shared/organizations/synchronization-of.ts';
import { monitoredAt } from '../frame/base-path.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const path = '/organizations/{slug}/synchronizations/{synchronization}/previews';
const common = { tag: 'Synchronizations', access: 'owner' } as const;
const Which = z.object({ synchronization: Id });
const WhichPreview = Which.extend({ number: PreviewNumber });

const shown = ({ number, state, progress, failure, result }: PreviewJob) => ({
  ...{ number, state, progress, failure },
  requests: result?.requests,
  scopes: result?.scopes.map(({ changes, held, deferred, ...scope }) => ({
    ...scope,
    changes: changes.length,
    held: held.length,
    deferred: deferred.length,
  })),
});

const request = defineRoute(
  {
    ...common,
    name: 'requestPreview',
    method: 'post',
    path,
    scope: 'synchronizations',
    isDangerous: false,
    idempotency: 'natural',
    summary: 'Read the code host now, and show what a run would change',
    description: 'Nothing is changed. A request while another waits joins it.',
    params: Which,
    query: z.strictObject({
      viewersInstall: z.enum(['true', 'false']).optional().meta({
        description:
          'As if this were set: whether people who may view code there, but not download it, install packages.',
      }),
    }),
    act: 'preview-run',
    answer: {
      status: 202,
      schema: Preview,
      description: 'Requested. The address in `Location` shows the progress.',
    },
  },
  async (dependencies, { organization, params, query, accountable }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, params.synchronization);
    const job = await requestPreview(dependencies, synchronization, await accountable(), {
      ...(query.viewersInstall !== undefined && { viewersInstall: query.viewersInstall === 'true' }),
    });
    const { slug } = organization;
    return {
      body: shown(job),
      headers: monitoredAt(
        `/organizations/${slug}/synchronizations/${synchronization.id}/previews/${job.number}`,
      ),
    };
  },
);

const read = defineRoute(
  {
    ...common,
    name: 'readPreview',
    method: 'get',
    path: `${path}/{number}`,
    scope: 'read',
    orScopes: ['synchronizations'],
    summary: 'How far a preview is, and what it found',
    description: 'Kept for a day.',
    params: WhichPreview,
    answer: { status: 200, schema: Preview, description: 'The preview, without the changes themselves.' },
  },
  async (dependencies, { organization, params: { synchronization: id, number } }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, id);
    return { body: shown(await previewJob(dependencies, synchronization, number)) };
  },
);

const listChanges = defineRoute(
  {
    ...common,
    name: 'listPreviewChanges',
    method: 'get',
    path: `${path}/{number}/changes`,
    // Changes name people.
    scope: 'members',
    summary: 'What a run would have changed when the preview was made, and why',
    description: 'Of each list of the code host at most 5,000. Empty until the preview is done.',
    params: WhichPreview,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(PreviewedChange), description: 'A page of changes.' },
  },
  async (dependencies, { organization, params: { synchronization: id, number }, query }) => {
    const synchronization = await synchronizationIn(dependencies.table, organization, id);
    const { result } = await previewJob(dependencies, synchronization, number);
    const list = { route: 'listPreviewChanges', filter: [id, number] };
    const from = Number(placeOf(list, query.cursor) ?? 0);
    const to = from + limitOf(query);
    const { entries, count } = await pageOfPreview(dependencies.table, synchronization, result, { from, to });
    return {
      body: { items: [...entries], next: cursorFor(list, to < count ? String(to) : undefined) },
    };
  },
);

export const previewRoutes: readonly Route[] = [request, read, listChanges];
