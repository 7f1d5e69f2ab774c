/** A browser at the routes of sign-in. */
import type { UserId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import type { Integration } from '../../shared/forge/integration.ts';
import { integrationKeyOf } from '../../shared/forge/integration-key.ts';
import { parseIntegrations } from '../../shared/forge/integrations.ts';
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
import { createSignInHost, type SignInHost } from './sign-in-host.ts';
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
  const host = createSignInHost();
  /** What the process knows of the operator's secret, and its text now. */
  const integrations = { known: [integration] as readonly Integration[], text: '[]' };
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
    signInOf: () => host.signIn,
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
    forge: host.faults,
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
    visitor: () => createVisitor(dependencies, people.browser(), host),
  };
}

type Dependencies = Parameters<typeof answerSignIn>[0];
type Browser = ReturnType<Awaited<ReturnType<typeof createPeople>>['browser']>;

interface Sent {
  readonly headers?: Record<string, string>;
  readonly form?: Record<string, string>;
}

function createVisitor(dependencies: Dependencies, browser: Browser, host: SignInHost) {
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
      return host.back(sent.headers?.refresh?.replace('0; url=', '') ?? '', account);
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
