import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import type { Fault, Faults } from '../../faults/faults.ts';
import { createGitObjects } from '../../git/objects.ts';
import type { GitHubState, Installation, Organization, Repository, Team, User } from '../state.ts';
import { createCodeload } from './codeload.ts';
import type { Addresses, RequestEntry } from './ports.ts';
import { createSecondaryLimits } from './secondary-limits.ts';
import { createGitHubApi } from './server.ts';
import { createTokenStore } from './tokens.ts';

/** Made once per process, since generating an RSA key takes a while. */
const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export const ORGANIZATION_ID = 501;
export const INSTALLATION_ID = 42;

export const PERMISSIONS: Installation['permissions'] = {
  contents: 'read',
  members: 'read',
  administration: 'read',
  organization_administration: 'read',
  organization_custom_org_roles: 'read',
};

/** The state of an organization, `acme`, that has only the app. */
export function emptyState(): GitHubState {
  const organization: Organization = {
    id: ORGANIZATION_ID,
    nodeId: 'O_acme',
    login: 'acme',
    name: 'Acme Ltd',
    defaultRepositoryPermission: 'read',
    members: new Map(),
  };
  const installation: Installation = {
    id: INSTALLATION_ID,
    organizationId: ORGANIZATION_ID,
    repositorySelection: 'all',
    repositoryIds: new Set(),
    permissions: { ...PERMISSIONS },
    createdAt: '2026-01-01T00:00:00Z',
  };
  return {
    app: {
      id: 7001,
      nodeId: 'A_7001',
      slug: 'repertoire-test',
      clientId: 'Iv23liTEST',
      clientSecret: 'client-secret',
      privateKey: KEY.privateKey,
      webhookSecret: 'webhook-secret',
    },
    users: new Map(),
    organizations: new Map([[organization.id, organization]]),
    teams: new Map(),
    repositories: new Map(),
    installations: new Map([[installation.id, installation]]),
    deliveries: [],
    formerNames: new Map(),
    nextId: 10_000,
  };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the test's world has no ${what}`);
  return value;
}

export function acme(state: GitHubState): Organization {
  return known(state.organizations.get(ORGANIZATION_ID), 'acme');
}

export function installation(state: GitHubState): Installation {
  return known(state.installations.get(INSTALLATION_ID), 'installation');
}

export function addUser(state: GitHubState, id: number, login: string, role?: 'admin' | 'member'): User {
  const user: User = { id, nodeId: `U_${id}`, login, type: 'User' };
  state.users.set(id, user);
  if (role !== undefined) acme(state).members.set(id, { role, state: 'active' });
  return user;
}

export function addTeam(state: GitHubState, id: number, slug: string, parentId?: number): Team {
  const team: Team = {
    id,
    nodeId: `T_${id}`,
    organizationId: ORGANIZATION_ID,
    slug,
    name: slug,
    privacy: 'closed',
    members: new Map(),
    repositories: new Map(),
    ...(parentId === undefined ? {} : { parentId }),
  };
  state.teams.set(id, team);
  return team;
}

export function addRepository(
  state: GitHubState,
  id: number,
  name: string,
  gitDirectory = '/nonexistent',
): Repository {
  const repository: Repository = {
    id,
    nodeId: `R_${id}`,
    organizationId: ORGANIZATION_ID,
    name,
    visibility: 'private',
    archived: false,
    disabled: false,
    defaultBranch: 'main',
    gitDirectory,
    createdAt: '2026-01-01T00:00:00Z',
    pushedAt: '2026-02-01T00:00:00Z',
    collaborators: new Map(),
  };
  state.repositories.set(id, repository);
  return repository;
}

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

/** Creates faults that strike once each, if everything that they name matches. */
export function createTestFaults(): Faults & {
  add(kind: string, match: Record<string, string>, fault?: Fault): void;
} {
  const waiting: { kind: string; match: Record<string, string>; fault: Fault }[] = [];
  return {
    add: (kind, match, fault = {}) => void waiting.push({ kind, match, fault }),
    take: (kind, match) => {
      const index = waiting.findIndex(
        (each) =>
          each.kind === kind && Object.entries(each.match).every(([name, value]) => match[name] === value),
      );
      return index < 0 ? undefined : waiting.splice(index, 1)[0]?.fault;
    },
  };
}

/** A JWT of the app, with the given claims. */
export function makeJwt(claims: Record<string, unknown>, privateKey = KEY.privateKey): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
}

/** Starts the simulated API and download host over a state, on ports of their own. */
export async function startApi(state: GitHubState, options: { secondaryLimits?: boolean } = {}) {
  const faults = createTestFaults();
  const requests: RequestEntry[] = [];
  const redelivered: number[] = [];
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const objects = createGitObjects();
  const tokens = createTokenStore({ now, random: randomBytes });
  const past: { state?: GitHubState } = {};
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const recordRequest = (entry: RequestEntry) => void requests.push(entry);
  const download = await listen(createCodeload({ state, faults, now, sleep, objects, recordRequest }));
  const addresses: Addresses & { api: string } = {
    api: '',
    web: 'http://127.0.0.1:1',
    codeload: download.url,
  };
  const api = await listen((request, response) => handle(request, response));
  addresses.api = api.url;
  const handle = createGitHubApi({
    state,
    tokens,
    faults,
    addresses,
    redeliver: async (id) => void redelivered.push(id),
    now,
    past: () => past.state,
    sleep,
    ...(options.secondaryLimits && { secondaryLimits: createSecondaryLimits(now) }),
    objects,
    recordRequest,
  });
  const app = new App({
    appId: state.app.id,
    privateKey: state.app.privateKey,
    Octokit: Octokit.defaults({ baseUrl: api.url, log: { debug() {}, info() {}, warn() {}, error() {} } }),
  });
  return {
    app,
    octokit: await app.getInstallationOctokit(INSTALLATION_ID),
    url: api.url,
    codeloadUrl: download.url,
    faults,
    requests,
    redelivered,
    clock,
    past,
    tokens,
    /** Issues an installation token for requests made by the test. */
    token(
      options: { permissions?: Record<string, string>; repositoryIds?: number[]; stateless?: boolean } = {},
    ): string {
      const made = tokens.issue(state, INSTALLATION_ID, { stateless: true, ...options });
      if ('status' in made) throw new Error(made.message);
      return made.token;
    },
    /** The token of a person who signed in. */
    userToken(userId: number): string {
      const redirectUri = 'https://console.example/back';
      const code = tokens.users.authorize({ userId, redirectUri });
      return tokens.users.exchange(code, redirectUri, undefined)?.accessToken ?? '';
    },
    async stop() {
      objects.close();
      for (const { server } of [api, download]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** Sends one GraphQL request. @returns status, headers and body */
export async function graphql(
  api: TestApi,
  query: string,
  variables: Record<string, unknown> = {},
  token: string = api.token(),
) {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on the shape of each answer itself
  const body: any = await response.json();
  return { status: response.status, headers: response.headers, body };
}

/** Sends one REST request without following redirects. */
export async function rest(
  api: TestApi,
  path: string,
  token: string | undefined = api.token(),
  init: RequestInit = {},
) {
  const response = await fetch(path.startsWith('http') ? path : `${api.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { ...(token === '' ? {} : { authorization: `bearer ${token}` }), ...init.headers },
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts on the shape of each answer itself
  const body: any = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}
