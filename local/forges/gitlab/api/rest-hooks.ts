import { randomUUID } from 'node:crypto';
import type { GroupHookSchema, ProjectHookSchema } from '@gitbeaker/rest';
import type { Reply } from '../../server/reply.ts';
import { hookStatus } from '../hook-status.ts';
import { MAINTAINER, OWNER } from '../levels.ts';
import { branchFilterStrategies, type Delivery, type Group, type Hook, type Project } from '../state.ts';
import { differences } from '../variants.ts';
import { type Context, groupAt, projectAt, type Route, requireLevel } from './context.ts';
import type { Held } from './held.ts';
import { forbidden, invalid, notFound, unprocessable } from './http.ts';
import { offsetPage } from './paging.ts';

/** The events of every hook, and those of groups only. */
const events = [
  ...['push_events', 'tag_push_events', 'issues_events', 'confidential_issues_events', 'note_events'],
  ...[
    'confidential_note_events',
    'merge_requests_events',
    'job_events',
    'pipeline_events',
    'wiki_page_events',
  ],
  ...['deployment_events', 'feature_flag_events', 'releases_events', 'emoji_events', 'milestone_events'],
  ...['resource_access_token_events', 'repository_update_events', 'vulnerability_events'],
];
const groupEvents = ['subgroup_events', 'member_events', 'project_events'];
/** https://docs.gitlab.com/administration/instance_limits/#number-of-webhooks */
const mostHooks = { group: 50, project: 100 };

type Has = 'groupId' | 'projectId';

/** Secrets are never shown. */
function hookShape({ state, now }: Pick<Context, 'state' | 'now'>, hook: Hook) {
  const isGroups = hook.groupId !== undefined;
  const flags = Object.fromEntries(
    [...events, ...(isGroups ? groupEvents : [])].map((name) => [name, hook.events.has(name)]),
  );
  const own = isGroups ? { group_id: hook.groupId } : { project_id: hook.projectId };
  const shape = {
    ...{ id: hook.id, url: hook.url, name: hook.name ?? '', description: hook.description ?? '' },
    created_at: hook.createdAt,
    ...{ push_events: hook.events.has('push_events'), tag_push_events: hook.events.has('tag_push_events') },
    ...{ issues_events: false, confidential_issues_events: false, note_events: false },
    ...{ confidential_note_events: false, merge_requests_events: false, job_events: false },
    ...{ pipeline_events: false, wiki_page_events: false, deployment_events: false },
    ...{ releases_events: false, repository_update_events: false, subgroup_events: false },
    ...flags,
    enable_ssl_verification: hook.enableSslVerification,
    push_events_branch_filter: hook.branchFilter ?? null,
    branch_filter_strategy: hook.branchFilterStrategy ?? 'wildcard',
    custom_webhook_template: hook.customTemplate ?? null,
    custom_headers: Object.keys(hook.customHeaders ?? {}).map((key) => ({ key })),
    url_variables: [],
    ...hookStatus(state.variant, hook, now()),
    ...(differences.showsHookSecrets(state.variant) && {
      token_present: hook.token !== undefined,
      signing_token_present: hook.signingToken !== undefined,
    }),
    ...own,
  };
  shape satisfies Held<GroupHookSchema, Has> & Held<ProjectHookSchema, Has>;
  return shape;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const flagIn = (value: unknown): boolean =>
  value === true || value === 'true' || value === '1' || value === 1;

/** @throws RefusalError 400, 422 for an address that is none */
function urlOf({ body }: Context): string {
  const url = textOf(body.url);
  if (url === undefined) throw invalid('url is missing');
  if (!/^https?:\/\/[^\s/]/.test(url)) throw unprocessable({ url: ['must be a valid URL'] });
  return url;
}

/** `whsec_` and 32 bytes in base64; versions without signing ignore it. */
function signingTokenOf({ body, state }: Context): string | undefined {
  const given = textOf(body.signing_token);
  if (given === undefined || !differences.hasHookSigning(state.variant)) return undefined;
  if (Buffer.from(given.replace(/^whsec_/, ''), 'base64').length !== 32 || !given.startsWith('whsec_')) {
    throw unprocessable({ signing_token: ['is invalid'] });
  }
  return given;
}

const textFields = [
  ['name', 'name'],
  ['description', 'description'],
  ['push_events_branch_filter', 'branchFilter'],
  ['custom_webhook_template', 'customTemplate'],
] as const;

/** @throws RefusalError 422 for a header that is none */
function requireHeader(key: unknown, value: unknown): void {
  const isHeader = typeof key === 'string' && /^[A-Za-z][\w.-]*$/.test(key) && textOf(value) !== undefined;
  if (!isHeader) throw unprocessable({ custom_headers: ['must be a valid json schema'] });
}

/** Adds headers to those that the hook has: none is removed. */
function addHeaders({ body, state }: Context, hook: Hook): void {
  const given = Array.isArray(body.custom_headers) ? body.custom_headers : [];
  if (given.length === 0 || !differences.hasCustomHeaders(state.variant)) return;
  for (const { key, value } of given) requireHeader(key, value);
  const headers = Object.fromEntries(given.map(({ key, value }) => [key, value]));
  hook.customHeaders = { ...hook.customHeaders, ...headers };
}

/** @throws RefusalError 400 for a strategy that is none */
function setBranchFilter({ body }: Context, hook: Hook): void {
  const { branch_filter_strategy: given } = body;
  if (given !== undefined) {
    const strategy = branchFilterStrategies.find((one) => one === given);
    if (strategy === undefined) throw invalid('branch_filter_strategy does not have a valid value');
    hook.branchFilterStrategy = strategy;
  }
  if (hook.branchFilterStrategy === 'all_branches') delete hook.branchFilter;
}

/**
 * Writes what the body says; everything else stays. With another address the token is erased unless it is named too: gitlabhq,
 * app/models/concerns/web_hooks/hook.rb
 */
function applyBody(context: Context, hook: Hook): void {
  const { body } = context;
  for (const [name, value] of Object.entries(body)) {
    if (!name.endsWith('_events')) continue;
    if (flagIn(value)) hook.events.add(name);
    else hook.events.delete(name);
  }
  const url = urlOf(context);
  addHeaders(context, hook);
  // Whoever receives it at another address does not get them.
  const isMoved = url !== hook.url;
  if (isMoved) delete hook.customHeaders;
  hook.url = url;
  const token = textOf(body.token);
  if (token !== undefined) hook.token = token;
  else if (isMoved || 'token' in body) delete hook.token;
  const signingToken = signingTokenOf(context);
  if (signingToken !== undefined) hook.signingToken = signingToken;
  if ('enable_ssl_verification' in body) hook.enableSslVerification = flagIn(body.enable_ssl_verification);
  for (const [field, key] of textFields) {
    const value = textOf(body[field]);
    if (value !== undefined) hook[key] = value;
    else if (field in body) delete hook[key];
  }
  setBranchFilter(context, hook);
}

/** Finds the group or project, if the requester may manage its hooks. */
type Owner = (context: Context) => Group | Project;

const groupOwner: Owner = (context) => {
  const group = groupAt(context);
  requireLevel(context, group, OWNER);
  if (!differences.hasGroupHooks(context.state.variant)) throw notFound();
  return group;
};
const projectOwner: Owner = (context) => {
  const { project } = projectAt(context);
  requireLevel(context, project, MAINTAINER);
  return project;
};

const belongsTo = (hook: Hook, source: Group | Project): boolean =>
  source.kind === 'group' ? hook.groupId === source.id : hook.projectId === source.id;

function hookAt(context: Context, source: Group | Project): Hook {
  const hook = context.state.hooks.get(Number(context.params.hook));
  if (hook === undefined || !belongsTo(hook, source)) throw notFound();
  return hook;
}

async function addHook(context: Context, source: Group | Project): Promise<Reply> {
  const { state, services } = context;
  const own = [...state.hooks.values()].filter((hook) => belongsTo(hook, source));
  if (own.length >= mostHooks[source.kind]) {
    throw unprocessable({
      base: [`Maximum number of ${source.kind} hooks (${mostHooks[source.kind]}) exceeded`],
    });
  }
  const hook: Hook = {
    id: state.nextId++,
    ...(source.kind === 'group' ? { groupId: source.id } : { projectId: source.id }),
    uuid: randomUUID(),
    url: urlOf(context),
    events: new Set(['push_events']),
    enableSslVerification: true,
    createdAt: new Date(context.now()).toISOString(),
    failures: 0,
  };
  applyBody(context, hook);
  state.hooks.set(hook.id, hook);
  await services.changed();
  return { status: 201, json: hookShape(context, hook) };
}

/** One of a hook's requests in the last seven days. */
function eventShape(delivery: Delivery) {
  const hidden = Object.entries(delivery.requestHeaders ?? {}).map(([name, value]) => [
    name,
    /token|signature/i.test(name) ? '[REDACTED]' : value,
  ]);
  return {
    id: delivery.id,
    url: delivery.url,
    trigger: delivery.event,
    request_headers: Object.fromEntries(hidden),
    request_data: JSON.parse(delivery.body),
    response_headers: delivery.responseHeaders ?? {},
    response_body: delivery.responseBody ?? '',
    execution_duration: delivery.durationMs / 1000,
    response_status: delivery.statusCode === 0 ? 'internal error' : `${delivery.statusCode}`,
  };
}

function listEvents(context: Context, hook: Hook): Promise<Reply> {
  const status = context.url.searchParams.get('status');
  const classes: Readonly<Record<string, number>> = { successful: 2, client_failure: 4, server_failure: 5 };
  const events = context.state.deliveries
    .filter(({ hookId, statusCode }) => {
      if (hookId !== hook.id) return false;
      if (status === null) return true;
      const wanted = classes[status];
      return wanted === undefined ? `${statusCode}` === status : Math.floor(statusCode / 100) === wanted;
    })
    .sort((a, b) => b.id - a.id);
  return offsetPage(context, events, eventShape);
}

/** "Must be called once the hook's own limit has been checked": a receiver's failure is the requester's 422. */
async function testHook(context: Context, hook: Hook): Promise<Reply> {
  const status = await context.services.hooks.test(hook.id, context.params.trigger ?? '');
  if (status === undefined) throw invalid('trigger does not have a valid value');
  if (status < 200 || status > 299) {
    const message = status === 0 ? 'Failed to open TCP connection' : `Hook returned ${status}`;
    return { status: 422, json: { message } };
  }
  return { status: 201, json: { message: '201 Created' } };
}

function requireHeaders({ state }: Context): void {
  if (!differences.hasCustomHeaders(state.variant)) throw notFound();
}

async function setHeader(context: Context, hook: Hook): Promise<Reply> {
  requireHeaders(context);
  const { params, body, services } = context;
  const key = params.key ?? '';
  requireHeader(key, body.value);
  hook.customHeaders = { ...hook.customHeaders, [key]: `${body.value}` };
  await services.changed();
  return { status: 204 };
}

async function removeHeader(context: Context, hook: Hook): Promise<Reply> {
  requireHeaders(context);
  const { params, services } = context;
  const key = params.key ?? '';
  if (hook.customHeaders?.[key] === undefined) throw notFound('Custom header');
  delete hook.customHeaders[key];
  await services.changed();
  return { status: 204 };
}

function routesOf(kind: 'groups' | 'projects', owner: Owner): Route[] {
  const base = `/${kind}/{id}/hooks`;
  const on =
    (handle: (context: Context, hook: Hook, source: Group | Project) => Reply | Promise<Reply>) =>
    (context: Context) => {
      const source = owner(context);
      return handle(context, hookAt(context, source), source);
    };
  const hasEvents = (context: Context): void => {
    if (!differences.hasHookEvents(context.state.variant)) throw notFound();
  };
  return [
    {
      method: 'GET',
      pattern: base,
      handle(context) {
        const source = owner(context);
        const hooks = [...context.state.hooks.values()].filter((hook) => belongsTo(hook, source));
        return offsetPage(context, hooks, (hook) => hookShape(context, hook));
      },
    },
    { method: 'POST', pattern: base, handle: (context) => addHook(context, owner(context)) },
    {
      method: 'GET',
      pattern: `${base}/{hook}`,
      handle: on((context, hook) => ({ status: 200, json: hookShape(context, hook) })),
    },
    {
      method: 'PUT',
      pattern: `${base}/{hook}`,
      handle: on(async (context, hook) => {
        applyBody(context, hook);
        await context.services.changed();
        return { status: 200, json: hookShape(context, hook) };
      }),
    },
    {
      method: 'DELETE',
      pattern: `${base}/{hook}`,
      handle: on(async (context, hook) => {
        context.state.hooks.delete(hook.id);
        await context.services.changed();
        return { status: 204 };
      }),
    },
    { method: 'PUT', pattern: `${base}/{hook}/custom_headers/{key}`, handle: on(setHeader) },
    { method: 'DELETE', pattern: `${base}/{hook}/custom_headers/{key}`, handle: on(removeHeader) },
    { method: 'POST', pattern: `${base}/{hook}/test/{trigger}`, handle: on(testHook) },
    {
      method: 'GET',
      pattern: `${base}/{hook}/events`,
      handle: on((context, hook) => {
        hasEvents(context);
        return listEvents(context, hook);
      }),
    },
    {
      method: 'POST',
      pattern: `${base}/{hook}/events/{event}/resend`,
      handle: on(async (context, hook) => {
        hasEvents(context);
        const status = await context.services.hooks.resend(hook.id, Number(context.params.event));
        if (status === undefined) throw notFound();
        if (status === 0) throw forbidden();
        return { status: 201, json: { response_status: status } };
      }),
    },
  ];
}

/** https://docs.gitlab.com/api/group_webhooks/ and https://docs.gitlab.com/api/project_webhooks/ */
export const hookRoutes: readonly Route[] = [
  ...routesOf('groups', groupOwner),
  ...routesOf('projects', projectOwner),
];
