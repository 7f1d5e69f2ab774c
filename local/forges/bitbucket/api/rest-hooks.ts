import { z } from 'zod';
import type { Reply } from '../../server/reply.ts';
import { hookEvents } from '../hook-events.ts';
import type { BitbucketState, Hook, Repository, Workspace } from '../state.ts';
import { uuidOf } from '../world-to-state.ts';
import { administeredWorkspaceAt, type Context, type Route, repositoryAt } from './context.ts';
import { notFound, refused } from './http.ts';
import { listPage, single } from './paging.ts';
import { hookShape, shapingOf } from './shapes.ts';

/** `null` and an empty text remove a secret, and leaving it out keeps it. */
const fields = z.object({
  url: z.url({ protocol: /^https?$/ }).optional(),
  description: z.string().optional(),
  active: z.boolean().optional(),
  secret: z.string().max(128).nullish(),
  events: z.array(z.string()).min(1).optional(),
  skip_cert_verification: z.boolean().optional(),
});

/** @throws RefusalError 400 */
function readFields({ body }: Context, subject: 'repository' | 'workspace'): z.output<typeof fields> {
  const parsed = fields.safeParse(body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => [path.join('.'), [message]]);
    throw refused(400, 'Bad request', { fields: Object.fromEntries(issues) });
  }
  const known: readonly string[] = hookEvents[subject].map(({ event }) => event);
  const unknown = (parsed.data.events ?? []).filter((event) => !known.includes(event));
  if (unknown.length > 0) {
    throw refused(400, 'Bad request', { fields: { events: [`Invalid event: ${unknown.join(', ')}`] } });
  }
  return parsed.data;
}

function apply(hook: Hook, given: z.output<typeof fields>): void {
  const { url, description, active, secret, events, skip_cert_verification: skips } = given;
  if (url !== undefined) hook.url = url;
  if (description !== undefined) hook.description = description;
  if (active !== undefined) hook.active = active;
  if (skips) hook.skipsCertificates = true;
  else if (skips === false) delete hook.skipsCertificates;
  if (events !== undefined) hook.events = new Set(events);
  if (secret === null || secret === '') delete hook.secret;
  else if (secret !== undefined) hook.secret = secret;
}

/** What a hook belongs to, and the hooks that do. */
interface Subject {
  readonly type: 'repository' | 'workspace';
  at(context: Context): Repository | Workspace;
}

const isOf = (hook: Hook, subject: Repository | Workspace): boolean =>
  'project' in subject
    ? hook.repository === subject.uuid
    : hook.repository === undefined && hook.workspace === subject.uuid;

const hooksOf = ({ hooks }: BitbucketState, subject: Repository | Workspace): readonly Hook[] =>
  [...hooks.values()].filter((hook) => isOf(hook, subject));

/** @throws RefusalError 404 */
function hookAt(context: Context, subject: Repository | Workspace): Hook {
  const hook = context.state.hooks.get(context.params.hook ?? '');
  if (hook === undefined || !isOf(hook, subject)) throw notFound();
  return hook;
}

async function create(context: Context, { type, at }: Subject): Promise<Reply> {
  const subject = at(context);
  const given = readFields(context, type);
  if (given.url === undefined || given.events === undefined) {
    throw refused(400, 'Bad request', { fields: { url: ['required key not provided'] } });
  }
  const { services, state } = context;
  const uuid = uuidOf(services.random(16));
  const hook: Hook = {
    uuid,
    ...('project' in subject
      ? { workspace: subject.workspace, repository: subject.uuid }
      : { workspace: subject.uuid }),
    ...{ url: given.url, description: '', active: true, events: new Set(given.events) },
    createdAt: new Date(services.now()).toISOString(),
  };
  apply(hook, given);
  state.hooks.set(uuid, hook);
  await services.changed();
  return { ...single(context, hookShape(shapingOf(context), hook)), status: 201 };
}

async function update(context: Context, { type, at }: Subject): Promise<Reply> {
  const hook = hookAt(context, at(context));
  apply(hook, readFields(context, type));
  await context.services.changed();
  return single(context, hookShape(shapingOf(context), hook));
}

async function remove(context: Context, { at }: Subject): Promise<Reply> {
  const hook = hookAt(context, at(context));
  context.state.hooks.delete(hook.uuid);
  await context.services.changed();
  return { status: 204 };
}

function routesOf(base: string, subject: Subject): readonly Route[] {
  const needs = (...names: readonly ('read' | 'write' | 'delete')[]) => ({
    scopes: ['webhook' as const],
    apiScopes: names.map((name) => `${name}:webhook:bitbucket` as const),
  });
  const one = `${base}/{hook}`;
  const shape = (context: Context) => (hook: Hook) => hookShape(shapingOf(context), hook);
  return [
    {
      ...{ method: 'GET', pattern: base, ...needs('read') },
      handle: (context) =>
        listPage(context, hooksOf(context.state, subject.at(context)), { shape: shape(context) }),
    },
    {
      ...{ method: 'POST', pattern: base, ...needs('read', 'write') },
      handle: (context) => create(context, subject),
    },
    {
      ...{ method: 'GET', pattern: one, ...needs('read') },
      handle: (context) => single(context, shape(context)(hookAt(context, subject.at(context)))),
    },
    {
      ...{ method: 'PUT', pattern: one, ...needs('read', 'write') },
      handle: (context) => update(context, subject),
    },
    {
      ...{ method: 'DELETE', pattern: one, ...needs('delete') },
      handle: (context) => remove(context, subject),
    },
  ];
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-webhooks/ */
export const hookRoutes: readonly Route[] = [
  ...routesOf('/2.0/workspaces/{workspace}/hooks', { type: 'workspace', at: administeredWorkspaceAt }),
  ...routesOf('/2.0/repositories/{workspace}/{repository}/hooks', {
    type: 'repository',
    at: (context) => repositoryAt(context, 'admin'),
  }),
  {
    ...{ method: 'GET', pattern: '/2.0/hook_events/{subject}', scopes: [], apiScopes: [], open: true },
    handle(context) {
      const { subject } = context.params;
      if (subject !== 'repository' && subject !== 'workspace') throw notFound();
      return listPage(context, hookEvents[subject], { shape: (event) => event });
    },
  },
];
