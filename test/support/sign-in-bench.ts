/** A browser at the routes of sign-in, and a code host that believes whoever brings a code. */
import { asId, type ForgeAccountId, type UserId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { Integration } from '../../shared/forge/integration.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { parseIntegrations } from '../../shared/forge/integrations.ts';
import { type SignIn, SignInError, s256 } from '../../shared/forge/sign-in.ts';
import { pageRegistrations } from '../../shared/organizations/page-registrations.ts';
import type { HttpAnswer } from '../../shared/runtime/http-message.ts';
import { readSession } from '../../shared/sessions/session.ts';
import { answerSignIn } from '../../shared/sign-in/routes.ts';
import { signInUser } from '../../shared/sign-in/user-accounts.ts';
import {
  changeInstallationSettings,
  findInstallationSettings,
} from '../../shared/store/installation-settings.ts';
import { aFact } from './memory-forge.ts';
import { createPeople, proven } from './people.ts';
import { registeringFetch } from './registering-fetch.ts';
import { admitsEverybody } from './session-bench.ts';
import { gitHubHost } from './synchronized.ts';

export const consoleBaseUrl = 'https://console.example.com';
export const key = integrationKeyOf(gitHubHost);
const integration: Integration = {
  forge: gitHubHost.forge,
  settings: { baseUrl: gitHubHost.baseUrl },
  secrets: {},
};

export async function createSignInBench(facts: Parameters<typeof createPeople>[0] = []) {
  const people = await createPeople(facts);
  /** What goes wrong at the code host. */
  const forge = {
    fault: undefined as Error | undefined,
    /** What it says to people that they read. */
    readable: async (): Promise<undefined> => undefined,
  };
  /** What the process knows of the operator's secret, and its text now. */
  const integrations = { known: [integration] as readonly Integration[], text: '[]' };
  const codes = new Map<string, { account: string; codeChallenge: string; redirectUri: string }>();
  const signIn: SignIn = {
    isOffered: () => true,
    authorizeUrl: (_, request) =>
      `https://code.example.com/authorize?${new URLSearchParams({ ...request, selectAccount: String(request.selectAccount), forConnecting: String(request.forConnecting) })}`,
    async exchange(_, { callback, state, redirectUri, codeVerifier }) {
      if (callback.get('error') !== null) {
        throw new SignInError('denied', 'declined');
      }
      const code = codes.get(callback.get('code') ?? '');
      if (callback.get('state') !== state) {
        throw new SignInError('state-mismatch', 'another state');
      }
      codes.delete(callback.get('code') ?? '');
      if (code?.codeChallenge !== s256(codeVerifier) || code.redirectUri !== redirectUri) {
        throw new SignInError('bad-code', 'no such code');
      }
      return { accessToken: `secret-of-${code.account}` };
    },
    async identity(_, { accessToken }) {
      if (forge.fault !== undefined) {
        throw forge.fault;
      }
      const id = accessToken.replace('secret-of-', '');
      return { account: asId<ForgeAccountId>(id), login: `user-${id}`, name: `User <${id}>` };
    },
    installUrl: (_, { state }) => `https://code.example.com/install?state=${state}`,
    ownedOrganizations: () => Promise.reject(new ForgeError('unexpected', 'nobody asks here')),
    owns: () => Promise.reject(new ForgeError('unexpected', 'nobody asks here')),
    readable: () => forge.readable(),
  };
  const dependencies = {
    ...people.dependencies,
    consoleBaseUrl,
    logger: { warn: () => {}, error: () => {} },
    integrations: async () => ({ valid: integrations.known, invalid: [] }),
    newestIntegrations: async () => {
      const { valid, invalid } = parseIntegrations(integrations.text);
      return { valid: [...integrations.known, ...valid], invalid };
    },
    registrations: pageRegistrations({
      ...people.dependencies,
      consoleBaseUrl,
      logger: { error: () => {} },
      forges: {
        addressProblem: async () => undefined,
        integrationsChanged() {},
        servicesOf: () => ({
          fetch: registeringFetch,
          clock: people.clock,
          budgets: createMemoryBudgets(),
          random: () => 0,
        }),
      },
      integrationsSecret: {
        read: async () => ({ text: integrations.text, version: integrations.text }),
        async replace(text) {
          integrations.text = text;
          return true;
        },
      },
    }),
    signInOf: () => signIn,
    servicesOf: () => ({
      fetch: () => Promise.reject(new Error('nobody fetches here')),
      clock: people.clock,
      budgets: () => {
        throw new Error('nobody spends here');
      },
      random: () => 0,
    }),
    isSetUpCode: async (given: string) => given === 'the-set-up-code',
  };

  return {
    ...people,
    dependencies,
    forge,
    integrations,
    /** Makes the user of the account an administrator, so that the installation is set up. */
    async administrators(...users: UserId[]) {
      const settings = await findInstallationSettings(people.table);
      await people.table.transact([changeInstallationSettings(settings, { administrators: users })]);
    },
    policy: async (signInPolicy: 'members' | 'allow-list' | 'anyone') =>
      people.table.transact([
        changeInstallationSettings(await findInstallationSettings(people.table), { signIn: signInPolicy }),
      ]),
    visitor: () => createVisitor(dependencies, people.browser(), codes),
  };
}

type Dependencies = Parameters<typeof answerSignIn>[0];
type Browser = ReturnType<Awaited<ReturnType<typeof createPeople>>['browser']>;

interface Sent {
  readonly headers?: Record<string, string>;
  readonly form?: Record<string, string>;
}

function createVisitor(
  dependencies: Dependencies,
  browser: Browser,
  codes: Map<string, { account: string; codeChallenge: string; redirectUri: string }>,
) {
  async function ask(
    method: string,
    target: string,
    { headers = {}, form = {} }: Sent = {},
  ): Promise<HttpAnswer> {
    const { pathname, searchParams } = new URL(target, consoleBaseUrl);
    const answer = await answerSignIn(dependencies, {
      method,
      path: pathname,
      parameters: {},
      query: searchParams,
      headers: { 'x-repertoire-viewer': '192.0.2.7', 'user-agent': 'Firefox', ...headers },
      cookies: browser.cookies(),
      body: Buffer.from(new URLSearchParams(form).toString()),
    });
    browser.keep(answer.cookies ?? []);
    return answer;
  }
  const visitor = {
    browser,
    get: (target: string, headers: Record<string, string> = {}) => ask('GET', target, { headers }),
    /** As a form of ours. */
    post: (target: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      ask('POST', target, { form, headers: { origin: consoleBaseUrl, ...headers } }),
    /** The token of the forms that the person sees. */
    async formToken(): Promise<string> {
      const { body = '' } = await visitor.get('/sign-in');
      return /name="form-token" value="([^"]+)"/.exec(body)?.[1] ?? '';
    },
    /** Begins, and lets the code host send the person back. @returns the address that the browser is sent to */
    async toForge(purpose: string, account: string, form: Record<string, string> = {}): Promise<string> {
      const token = await visitor.formToken();
      return visitor.back(
        await visitor.post(`/sign-in/start/${key}`, { purpose, 'form-token': token, ...form }),
        account,
      );
    },
    /** What the code host makes of where we sent the browser. */
    back(sent: HttpAnswer, account: string): string {
      const { searchParams } = new URL(sent.headers?.refresh?.replace('0; url=', '') ?? '');
      const read = (name: string): string => searchParams.get(name) ?? '';
      const code = `code-${codes.size}-${read('state').slice(0, 8)}`;
      codes.set(code, { account, codeChallenge: read('codeChallenge'), redirectUri: read('redirectUri') });
      return `${read('redirectUri')}?${new URLSearchParams({ code, state: read('state') })}`;
    },
    signIn: async (account: string, form: Record<string, string> = {}) =>
      visitor.get(await visitor.toForge('sign-in', account, form)),
    who: async () =>
      (await readSession(dependencies, browser.cookies(), { isChange: true, findRefusal: admitsEverybody }))
        .signedIn,
  };
  return visitor;
}

/** An installation with an administrator, user 9, and members 1 and 2. */
export async function createInstallationBench() {
  const bench = await createSignInBench([aFact.member(1), aFact.member(2)]);
  const root = await signInUser(bench.dependencies, proven(9));
  await bench.administrators(root);
  return { ...bench, root };
}
