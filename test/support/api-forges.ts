/** One code host for tests of the API: whose organizations a person owns is what the test says. */
import type { Forges } from '../../shared/composition/forges.ts';
import { asId, type ForgeOrganizationId, type InstallationId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import type { CheckedToken } from '../../shared/forge/connecting.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { DeliveryAttempt, DeliveryLog, ForgeOrganization } from '../../shared/forge/forge.ts';
import type { IntegrationsSecret, InvalidIntegration } from '../../shared/forge/integrations.ts';
import type { ForgeClient, Integration } from '../../shared/forge/module.ts';
import type { OwnedOrganization } from '../../shared/forge/sign-in.ts';
import { addressProblem } from '../../shared/runtime/guarded-fetch.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { createMemoryForge, type MemoryForge } from './memory-forge.ts';
import { registeringFetch } from './registering-fetch.ts';
import { createSignInHost, type SignInHost } from './sign-in-host.ts';
import { gitHubHost } from './synchronized.ts';

export const integrationKey = 'github~github.com';

const integration: Integration = {
  forge: gitHubHost.forge,
  settings: { baseUrl: gitHubHost.baseUrl },
  secrets: { webhookSecret: 'never shown' },
};

const installedOn = (id: number, login: string, installation: number): OwnedOrganization => ({
  id: asId<ForgeOrganizationId>(id),
  login,
  name: login,
  kind: 'organization',
  connection: { kind: 'app-installation', installation: asId<InstallationId>(installation) },
});

const attemptOf = (id: string, installation: string): DeliveryAttempt => ({
  ...{ id, deliveryId: `event-${id}`, event: 'push', at: Date.parse('2026-11-22T11:30:00Z') },
  ...{ arrived: false, status: 502, isRedelivery: false, installation: asId<InstallationId>(installation) },
});

export interface ApiForges extends Forges {
  /** Where people prove who they are. */
  readonly signInHost: SignInHost;
  /** What the code host says that whoever asks owns. */
  owned: readonly OwnedOrganization[];
  invalid: readonly InvalidIntegration[];
  /** By the forge organization's installation, the organization that its probe finds. */
  readonly organizations: Map<string, ForgeOrganization>;
  /** By the value of an access token, what the code host says of it. Undefined: organizations install an App. */
  accessTokens: Map<string, CheckedToken<unknown>> | undefined;
  /** By the value of a token for contents, what it lacks. Undefined: a connection has one credential. */
  contentsTokens: Map<string, readonly string[]> | undefined;
  /** Throws instead of an answer to a person. */
  failure: Error | undefined;
  /** What can be read of every organization. */
  readonly contents: MemoryForge;
  deliveryLog: DeliveryLog | undefined;
  /** The App's log of deliveries, and what was delivered again. */
  attempts: readonly DeliveryAttempt[];
  readonly redelivered: string[];
  /** The operator's text. */
  text: string;
  readonly secret: IntegrationsSecret;
}

/** `rocket` can be connected, `later` needs access first, `acme` is connected, and `owner-login` is a personal account. */
export function createApiForges(): ApiForges {
  const contents = createMemoryForge();
  const signInHost = createSignInHost();
  const organizations = new Map<string, ForgeOrganization>([
    ['77', { id: asId(900), login: 'acme', suspended: false }],
    ['78', { id: asId(901), login: 'rocket', suspended: false }],
  ]);
  const forges: ApiForges = {
    signInHost,
    owned: [
      installedOn(900, 'acme', 77),
      installedOn(901, 'rocket', 78),
      { id: asId(902), login: 'later', name: 'Later', kind: 'organization', connection: undefined },
      { id: asId(1), login: 'owner-login', name: 'Owner', kind: 'personal', connection: undefined },
    ],
    invalid: [],
    accessTokens: undefined,
    contentsTokens: undefined,
    organizations,
    failure: undefined,
    contents,
    deliveryLog: undefined,
    attempts: [attemptOf('1', '77'), attemptOf('2', '78')],
    redelivered: [],
    text: '[]',
    secret: {
      read: async () => ({ text: forges.text, version: forges.text }),
      async replace(text, version) {
        if (forges.text !== version) {
          return false;
        }
        forges.text = text;
        return true;
      },
    },
    addressProblem: (address) =>
      addressProblem(address, {
        permittedHosts: new Set(),
        lookUp: async (host) => [host.endsWith('.internal') ? '10.0.0.1' : '140.82.121.4'],
      }),
    servicesOf: () => ({
      fetch: registeringFetch,
      clock: { now: () => 0 },
      budgets: createMemoryBudgets(),
      random: () => 0,
    }),
    integrations: async () => ({ valid: [integration], invalid: forges.invalid }),
    newestIntegrations: () => forges.integrations(),
    integrationsChanged() {},
    connecting: () =>
      forges.accessTokens && {
        ofGrant({ refreshToken, ...grant }, redirectUri) {
          if (refreshToken === undefined) {
            throw new RangeError('it cannot be renewed');
          }
          const secret = new Secret({ ...grant, refreshToken, redirectUri });
          return { secret, validUntil: grant.expiresAt };
        },
        grantOf: (value) => {
          const { accessToken } = value as { readonly accessToken?: string };
          return accessToken === undefined ? undefined : { accessToken };
        },
        async checkToken(token) {
          const secret = new Secret({ token });
          const unknown = ['The code host does not accept the token.'];
          const none = {
            credential: { secret, validUntil: undefined },
            missing: unknown,
            scopes: [],
            limits: [],
            unneeded: [],
          };
          return forges.accessTokens?.get(token) ?? none;
        },
        ...(forges.contentsTokens && {
          async addContentsToken(to, contentsToken) {
            const secret = new Secret({ ...(to.secret.reveal() as object), contentsToken });
            const missing = forges.contentsTokens?.get(contentsToken) ?? ['It is unknown.'];
            return {
              credential: { ...to, secret, readsContents: true },
              missing,
              scopes: ['read'],
              limits: ['It reads a part.'],
              unneeded: [],
            };
          },
        }),
      },
    async open({ connection, organization: id }, unstored) {
      // What is connected is asked with before it is stored.
      await unstored?.current();
      const organization =
        connection.kind === 'app-installation'
          ? organizations.get(connection.installation)
          : [...organizations.values()].find((one) => one.id === id);
      const structure = contents.reader();
      return {
        structure: { ...structure, probe: async () => organization ?? structure.probe() },
        contents: {} as ForgeClient['contents'],
        deliveryLog: forges.deliveryLog,
        attemptLog: {
          page: async (cursor) =>
            cursor === undefined
              ? { attempts: forges.attempts, next: 'second' }
              : { attempts: [], next: undefined },
          async attempt(id) {
            const found = forges.attempts.find((one) => one.id === id);
            if (found === undefined) {
              throw new ForgeError('not-found', 'there is no such attempt');
            }
            return found;
          },
          async redeliver(id) {
            forges.redelivered.push(id);
          },
        },
        requests: () => 0,
      };
    },
    openFor({ connection }) {
      if (connection.kind === 'of-repositories') {
        throw new RangeError('not on a forge');
      }
      return forges.open({ integration, connection });
    },
    signInOf: () => signInHost.signIn,
    personForge: () => ({
      async ownedOrganizations() {
        if (forges.failure !== undefined) {
          throw forges.failure;
        }
        return forges.owned;
      },
      owns: async (_, organization) => forges.owned.some(({ id }) => id === organization),
      installUrl: (state, organization) =>
        `https://github.com/apps/registry/installations/new?state=${state}&target=${organization ?? ''}`,
      revoke: async () => {},
    }),
  };
  return forges;
}
