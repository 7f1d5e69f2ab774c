/** A GitLab for unit tests: answers of the test's own choice instead of a server. */
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import { type BudgetOf, createMemoryBudgets } from '../budget.ts';
import type { Credential, CredentialSource } from '../credential.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeClient } from '../module.ts';
import { openGitLab } from './client.ts';
import type { GitLabCredential } from './credential.ts';
import { settings } from './settings.ts';

export interface TestRequest {
  readonly method: string;
  /** Below the base URL, with the query. */
  readonly path: string;
  readonly url: URL;
  readonly authorization: string | null;
  /** Of a POST. */
  readonly body: string;
}

export interface TestAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

const baseUrl = 'https://git.example/gitlab';
export const top = 1;

/** A token as an owner entered it. */
export const accessToken: GitLabCredential = { kind: 'token', accessToken: 'glpat-secret', rotates: false };

export interface TestGitLab {
  answer: (request: TestRequest) => TestAnswer | Promise<TestAnswer>;
  readonly requests: TestRequest[];
  readonly clock: { time: number; now(): number };
  /** Why the credential was rejected. */
  readonly rejections: string[];
  open(purpose?: { readonly budgets?: BudgetOf }): ForgeClient;
}

export function createTestGitLab(held: GitLabCredential = accessToken): TestGitLab {
  const clock = { time: Date.parse('2026-11-28T00:00:00Z'), now: () => clock.time };
  const requests: TestRequest[] = [];
  const budgets = createMemoryBudgets();
  let current: Credential<GitLabCredential> = {
    ...{ secret: new Secret(held), validUntil: undefined, version: 1, issuedAt: clock.time },
  };
  const lab: TestGitLab = {
    ...{ clock, requests, rejections: [] },
    answer: () => ({ status: 500 }),
    open: (given = {}) =>
      openGitLab(
        {
          integration: { forge: 'gitlab', settings: settings.parse({ baseUrl }), secrets: {} },
          connection: { kind: 'access-token', id: asId<ConnectionId>('gl1') },
          organization: asId<ForgeOrganizationId>(top),
          services: { fetch: send, clock, random: () => 0, budgets: given.budgets ?? budgets },
        },
        source,
      ),
  };
  const send: typeof fetch = async (input, init) => {
    const sent = new Request(input, init);
    const url = new URL(sent.url);
    const path = `${url.pathname}${url.search}`.replace('/gitlab', '');
    const request = { method: sent.method, path, url, authorization: sent.headers.get('authorization') };
    requests.push({ ...request, body: await sent.text() });
    const {
      status = 200,
      headers = {},
      json,
      text,
    } = await lab.answer({ ...request, body: requests.at(-1)?.body ?? '' });
    return new Response(text ?? JSON.stringify(json), { status, headers });
  };
  const source: CredentialSource<GitLabCredential> = {
    current: async () => current,
    async rotate(exchange, outdated) {
      const issued = await exchange(outdated);
      current = { ...issued, version: outdated.version + 1, issuedAt: clock.time };
      return current;
    },
    async reject(code) {
      lab.rejections.push(code);
      return new ForgeError(code, 'the credential was rejected');
    },
  };
  return lab;
}

const group = (id: number, parent: number | null) => ({
  ...{ id, path: `g${id}`, name: `G${id}`, full_path: parent === null ? `g${id}` : `g${parent}/g${id}` },
  ...{ parent_id: parent, share_with_group_lock: false, shared_with_groups: [] },
  runners_token: 'only for owners',
});
const project = (id: number, namespace: number) => ({
  ...{ id, path: `p${id}`, path_with_namespace: `g1/p${id}`, namespace: { id: namespace } },
  ...{ visibility: 'private', repository_access_level: 'enabled', archived: false, default_branch: 'main' },
  ...{
    marked_for_deletion_on: null,
    created_at: '2026-01-01T00:00:00Z',
    last_activity_at: '2026-01-01T00:00:00Z',
  },
  shared_with_groups: [],
});
export const member = (id: number, level = 30) => ({
  ...{
    id,
    username: `u${id}`,
    state: 'active',
    membership_state: 'active',
    access_level: level,
    expires_at: null,
  },
});
const node = (id: number) => ({
  ...{ id: `gid://gitlab/GroupMember/${id}`, accessLevel: { integerValue: 30 }, expiresAt: null },
  user: { id: `gid://gitlab/User/${id}`, username: `u${id}`, state: 'active' },
});

export interface TestWorld {
  readonly groups: number;
  readonly projects: number;
  /** Whether it answers GraphQL. */
  readonly graphql: boolean;
}

/** Answers as a GitLab of this size, in which each group and each project has one direct member. */
export function worldOf({ groups, projects, graphql }: TestWorld): TestGitLab['answer'] {
  const allGroups = Array.from({ length: groups }, (_, place) => group(place + 1, place === 0 ? null : top));
  const allProjects = Array.from({ length: projects }, (_, place) =>
    project(1000 + place, 1 + (place % groups)),
  );
  const paged = ({ url }: TestRequest, items: readonly unknown[]): TestAnswer => {
    const [page, size] = ['page', 'per_page'].map((name) => Number(url.searchParams.get(name) ?? 1));
    const end = (page ?? 1) * (size ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String((page ?? 1) + 1));
    const link = end < items.length ? { link: `<${next.href}>; rel="next"` } : {};
    return { json: items.slice(end - (size ?? 1), end), headers: { 'x-total': `${items.length}`, ...link } };
  };
  const connection = <Item>(
    items: readonly Item[],
    { size, after }: { size: number; after?: string | null },
  ) => {
    const start = Number(after ?? 0);
    const end = start + size;
    return {
      nodes: items.slice(start, end),
      pageInfo: { hasNextPage: end < items.length, endCursor: `${end}` },
    };
  };
  const one = (id: number) => ({ pageInfo: { hasNextPage: false }, nodes: [node(id)] });
  const askGraphql = ({ body }: TestRequest): TestAnswer => {
    const { operationName, variables } = JSON.parse(body);
    const id = `gid://gitlab/Group/${top}`;
    const below = allGroups
      .slice(1)
      .map((each) => ({ id: `gid://gitlab/Group/${each.id}`, groupMembers: one(each.id) }));
    const nodes = allProjects.map((each) => ({
      id: `gid://gitlab/Project/${each.id}`,
      projectMembers: one(each.id),
    }));
    return operationName === 'GroupMembers'
      ? {
          json: {
            data: { group: { id, groupMembers: one(top), descendantGroups: connection(below, variables) } },
          },
        }
      : { json: { data: { group: { id, projects: connection(nodes, variables) } } } };
  };
  const routes: readonly (readonly [RegExp, (request: TestRequest, id: number) => TestAnswer])[] = [
    [/^\/api\/v4\/metadata$/, () => ({ json: { version: '19.5.0-ee', enterprise: true } })],
    [/^\/api\/v4\/user$/, () => ({ json: { id: 7, username: 'alice' } })],
    [/^\/api\/v4\/groups\/(\d+)$/, (_, id) => ({ json: allGroups[id - 1] })],
    [/^\/api\/v4\/groups\/\d+\/members\/all\/7$/, () => ({ json: member(7, 50) })],
    [/^\/api\/v4\/groups\/\d+\/descendant_groups$/, (request) => paged(request, allGroups.slice(1))],
    [/^\/api\/v4\/groups\/\d+\/projects$/, (request) => paged(request, allProjects)],
    [
      /^\/api\/v4\/groups\/\d+\/pending_members$/,
      (request) => (graphql ? paged(request, []) : { status: 404 }),
    ],
    [/^\/api\/v4\/(?:groups|projects)\/(\d+)\/members$/, (request, id) => paged(request, [member(id)])],
    [/^\/api\/v4\/projects\/(\d+)$/, (_, id) => ({ json: allProjects[id - 1000] })],
    [/^\/api\/graphql$/, askGraphql],
  ];
  return (request) => {
    const path = request.path.replace(/\?.*/, '');
    for (const [pattern, give] of routes) {
      const found = pattern.exec(path);
      if (found !== null) return give(request, Number(found[1]));
    }
    return { status: 404, json: { message: '404 Not Found' } };
  };
}
