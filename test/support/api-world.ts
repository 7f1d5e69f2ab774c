/** The API on a table in memory, with people of every role, called with events of API Gateway. */
import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect } from 'vitest';
import { createApp } from '../../functions/serve-api/app.ts';
import type { ApiDependencies } from '../../functions/serve-api/frame/dependencies.ts';
import type { Route } from '../../functions/serve-api/frame/route.ts';
import { httpApiEvent } from '../../local/cloud/http-api/event.ts';
import { type ApiKeyScope, makeApiKey } from '../../shared/domain/api-key.ts';
import {
  type ApiKeyId,
  asId,
  type ForgeAccountId,
  newId,
  type OrganizationId,
  type UserId,
} from '../../shared/domain/ids.ts';
import { tokenHash } from '../../shared/domain/token.ts';
import { appHandler } from '../../shared/runtime/app-handler.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { originSecretHeader, viewerAddressHeader } from '../../shared/runtime/environment.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { startSession } from '../../shared/sessions/session.ts';
import { addApiKey } from '../../shared/store/api-key-store.ts';
import { refusalAct } from '../../shared/store/audit-log.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { changeInstallationSettings } from '../../shared/store/installation-settings.ts';
import { keys } from '../../shared/store/keys.ts';
import { putPerson } from '../../shared/store/member-store.ts';
import { addOrganization } from '../../shared/store/organization-store.ts';
import type { Item } from '../../shared/store/table.ts';
import { makeUser } from '../../shared/store/user-store.ts';
import { makeSshKey } from '../../shared/vcs/ssh-key.ts';
import { type ApiForges, createApiForges } from './api-forges.ts';
import { apiPrefix, undocumented } from './documented-answers.ts';
import { createMemoryDataKeys } from './memory-data-keys.ts';
import { aFact } from './memory-forge.ts';
import { createMemoryTable, type MemoryTable } from './memory-table.ts';
import { createRecordingQueue } from './recording-queue.ts';
import {
  addSynchronized,
  gitHubHost,
  openAtEdge,
  organizationId,
  synchronizationId,
} from './synchronized.ts';

/** `acme` has the first three; `other` belongs to the stranger; the administrator has no organization. */
export const people = ['owner', 'member', 'outside', 'stranger', 'administrator'] as const;
export type Person = (typeof people)[number];

/** Who sends a request: a person, nobody, the operator, or a machine with a key. */
export type Sender = Person | 'nobody' | 'operator' | { readonly secret: string };

export interface ApiRequest {
  readonly method?: string;
  /** Below /api/v1, with the query. */
  readonly path: string;
  /** JSON, unless it is a string. */
  readonly body?: unknown;
  /** Undefined leaves out what would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as they please
  readonly body: any;
}

export const consoleBaseUrl = 'https://console.example';
const secrets = { origin: 'origin-secret', operator: 'operator-key' } as const;
export const userOf = (person: Person): UserId => asId<UserId>(`user${person}`.padEnd(16, '2').slice(0, 16));
export const otherOrganization = asId<OrganizationId>('org2');

export interface ApiWorld {
  readonly table: MemoryTable;
  /** What the code host says. */
  readonly forges: ApiForges;
  readonly dependencies: ApiDependencies;
  now(): number;
  advance(ms: number): void;
  /** Begins another session, which the person's requests come with from then on. */
  signIn(person: Person, authenticatedAt?: number): Promise<void>;
  /** What the person's browser sends from then on beside the session. @param setCookies as headers `Set-Cookie` */
  keepCookies(person: Person, setCookies: readonly string[]): void;
  /** As the header `Cookie`. */
  cookiesOf(person: Person): string;
  ask(sender: Sender, request: ApiRequest): Promise<ApiResponse>;
  /** Everything that requests may change: all but how many there were, and which were refused. */
  stored(): ReadonlyMap<string, Item>;
  /** A machine with a key of an organization. */
  machine(
    scopes: readonly ApiKeyScope[],
    organization?: OrganizationId,
  ): Promise<{ readonly secret: string }>;
}

export async function createApiWorld(added: readonly Route[] = []): Promise<ApiWorld> {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const clock = { now: () => time };
  const table = createMemoryTable();
  const forges = createApiForges();
  const cookies = new Map<Sender, string>();
  const dependencies: ApiDependencies = {
    table,
    workQueue: createRecordingQueue(),
    clock,
    randomBytes,
    cipher: createEnvelopeCipher(createMemoryDataKeys()),
    logger: quietLogger(),
    forges,
    integrationsSecret: forges.secret,
    isFromCdn: async ({ headers }) => headers[originSecretHeader] === secrets.origin,
    isOperatorKey: async (given) => given === secrets.operator,
    consoleBaseUrl,
    registryBaseUrl: 'https://registry.example',
    vcs: { hasWorker: true, readsFolders: true, readableKinds: ['git'], makeSshKey },
  };
  await populate(table, time);
  const signIn = async (person: Person, authenticatedAt = time): Promise<void> => {
    const origin = { address: '198.51.100.7', userAgent: 'test' };
    const { setCookies } = await startSession(dependencies, {
      user: userOf(person),
      authenticatedAt,
      ...origin,
    });
    cookies.set(person, pairsOf(setCookies));
  };
  for (const person of people) {
    await signIn(person);
  }
  const app = createApp(dependencies, added);
  const handler = appHandler(dependencies, async () => app);
  return {
    table,
    forges,
    dependencies,
    signIn,
    stored: () =>
      new Map(
        [...table.dump()].filter(
          ([name, { act }]) => !name.startsWith(keys.rate('', 0).pk) && act !== refusalAct,
        ),
      ),
    now: clock.now,
    advance(ms) {
      time += ms;
    },
    keepCookies(person, setCookies) {
      const kept = new Map(
        [cookies.get(person) ?? '', pairsOf(setCookies)]
          .flatMap((pairs) => pairs.split('; '))
          .map((pair) => [pair.split('=')[0], pair]),
      );
      cookies.set(person, [...kept.values()].join('; '));
    },
    cookiesOf: (person) => cookies.get(person) ?? '',
    async ask(sender, request) {
      const event = eventOf(sender, cookies.get(sender), request, time) as APIGatewayProxyEventV2;
      const result = await handler(event, { awsRequestId: 'request-1' } as Context);
      const text = result.body ?? '';
      const headers = Object.fromEntries(
        Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      const answer = { status: result.statusCode ?? 0, headers, cookies: result.cookies ?? [], text };
      expect(undocumented(request.method ?? 'GET', `${apiPrefix}${request.path}`, answer)).toEqual([]);
      return { ...answer, body: parsed(text) };
    },
    async machine(scopes, organization = organizationId) {
      const secret = makeApiKey(randomBytes);
      await table.transact(
        addApiKey({
          id: newId<ApiKeyId>(randomBytes),
          organization,
          hash: tokenHash(secret),
          description: 'build server',
          scopes: [...scopes],
          madeBy: 'owner',
          createdAt: time,
        }),
      );
      return { secret };
    },
  };
}

const pairsOf = (setCookies: readonly string[]): string =>
  setCookies.map((cookie) => cookie.split(';')[0]).join('; ');

/** Does not print refused requests, of which tests send many. */
const quietLogger = () => Object.assign(createLogger('serve-api'), { info: () => {} });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function populate(table: MemoryTable, now: number): Promise<void> {
  await addSynchronized(table);
  const accounts = people.map((person, place) => ({ person, account: asId<ForgeAccountId>(place + 1) }));
  const right = { changedAt: now, gives: true };
  await table.transact([
    ...accounts.flatMap(({ person, account }) =>
      makeUser(userOf(person), { ...gitHubHost, account }, `${person}-login`, now),
    ),
    putFact(synchronizationId, aFact.member(1, 'owner'), 1, right),
    putFact(synchronizationId, aFact.member(2, 'member'), 1, right),
    putFact(synchronizationId, aFact.member(3, 'outside'), 1, right),
    ...addOrganization({ id: otherOrganization, slug: 'other', name: 'Other', ownedVendors: [] }),
    openAtEdge(otherOrganization, 'other'),
    ...putPerson(otherOrganization, userOf('stranger'), { isOwner: true, isOff: false }),
    changeInstallationSettings({ version: 0 }, { administrators: [userOf('administrator')] }),
  ]);
}

function eventOf(
  sender: Sender,
  cookie: string | undefined,
  { method = 'GET', path, body, headers = {} }: ApiRequest,
  now: number,
) {
  const isPerson = cookie !== undefined;
  const secret = typeof sender === 'object' ? sender.secret : secrets.operator;
  const isMachine = typeof sender === 'object' || sender === 'operator';
  const isChange = method !== 'GET' && method !== 'HEAD';
  const all: Record<string, string | undefined> = {
    [viewerAddressHeader]: '198.51.100.7',
    [originSecretHeader]: secrets.origin,
    cookie,
    ...(isPerson && isChange ? { origin: consoleBaseUrl, 'x-repertoire-request': '1' } : {}),
    ...(isMachine ? { authorization: `Bearer ${secret}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value]] as const],
  );
  return httpApiEvent(
    {
      method,
      target: `${apiPrefix}${path}`,
      headers: new Map(sent),
      body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
      remoteAddress: '192.0.2.1',
    } as unknown as Parameters<typeof httpApiEvent>[0],
    {
      apiId: 'api',
      accountId: '0',
      domainName: 'api.example',
      routeKey: 'ANY /api/v1/{proxy+}',
      pathParameters: {},
      requestId: 'request-1',
      now,
    },
  );
}
