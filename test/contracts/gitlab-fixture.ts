/** GitLab's adapter against the simulated GitLab, for the contract tests. */
import { randomUUID } from 'node:crypto';
import { openForm, submit } from '../../local/browser/html-form.ts';
import type { GitObjects } from '../../local/forges/git/objects.ts';
import { createTestClock, startFixture } from '../../local/forges/gitlab/simulator-fixture.ts';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import type { World } from '../../local/forges/world/world.ts';
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import { credential as schema } from '../../shared/forge/gitlab/credential.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import type { ForgeClient, ForgeServices } from '../../shared/forge/module.ts';
import { s256 } from '../../shared/forge/sign-in.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { plainFetch } from '../../shared/runtime/plain-fetch.ts';
import { Secret } from '../../shared/runtime/secret.ts';
import { describeCredentials } from '../../shared/store/connection-credentials.ts';
import { createCredentialSource, storeCredential } from '../../shared/store/credential-store.ts';
import { createMemoryDataKeys } from '../support/memory-data-keys.ts';
import { createMemoryTable } from '../support/memory-table.ts';

const redirectUri = 'https://console.example/sign-in/callback/gitlab~simulated';
const connection = { kind: 'oauth-grant', id: asId<ConnectionId>('gl1') } as const;

/** Does not tell who waits for a seat, as little as GitLab tells others than owners: the adapter then reads each list of members by REST. */
export const untold: typeof fetch = async (input, init) =>
  /\/pending_members/.test(String(input)) ? new Response('{}', { status: 404 }) : plainFetch(input, init);

/** The simulated GitLab below a relative URL root, and the group `acme`, which is read with a grant of its owner. */
export async function startGitLab({
  variant = {},
  world,
  objects,
}: {
  variant?: Partial<Variant>;
  world?: World;
  objects?: GitObjects;
} = {}) {
  const clock = createTestClock();
  const gitlab = await startFixture({
    ...{ clock, variant, root: '/gitlab', ...(world && { world }), ...(objects && { objects }) },
    applications: [{ name: 'registry', redirectUris: [redirectUri], scopes: ['read_user', 'api'] }],
  });
  const { simulator } = gitlab;
  const { clientId, clientSecret } = simulator.application('registry');
  const integration = {
    forge: gitLab.id,
    settings: gitLab.settings.parse({ baseUrl: simulator.addresses.web, clientId }),
    secrets: gitLab.secrets.parse({ clientSecret }),
  };
  const services: ForgeServices = {
    ...{ fetch: plainFetch, clock, budgets: createMemoryBudgets(), random: () => 0 },
  };
  const signIn = known(gitLab.signIn);

  /** Opens the sign-in page and consents as the person, or declines. @returns the query of the callback */
  async function visit(address: string, login: string | undefined): Promise<URLSearchParams> {
    const form = await openForm(address);
    const { location } = await submit(form, login === undefined ? { cancel: 'true' } : { login });
    return new URL(known(location)).searchParams;
  }

  const table = createMemoryTable();
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const codeVerifier = 'a-verifier-that-has-as-many-characters-as-43';
  /** What a person grants on the pages of GitLab, for connecting. */
  async function grantOf(login: string) {
    const request = { redirectUri, state: 'state', codeChallenge: s256(codeVerifier), forConnecting: true };
    const callback = await visit(signIn.authorizeUrl(integration, request), login);
    const answer = { callback, state: 'state', redirectUri, codeVerifier };
    const { accessToken, refreshToken, expiresAt } = await signIn.exchange(integration, answer, services);
    return { accessToken, refreshToken: known(refreshToken), expiresAt };
  }
  /** Stores what a person grants. */
  async function useGrant(login: string): Promise<void> {
    const { expiresAt: validUntil, ...pair } = await grantOf(login);
    const secret = new Secret({ kind: 'oauth', ...pair, redirectUri } as const);
    await storeCredential({ table, cipher, clock }, connection.id, { secret, validUntil });
  }
  await useGrant('alice');

  const organization = asId<ForgeOrganizationId>(gitlab.group('acme').id);
  /** Stores an owner's token in place of the grant. */
  const useToken = async (value: string): Promise<void> => {
    const checked = await known(gitLab.connecting).checkToken(integration, value, organization, services);
    await storeCredential({ table, cipher, clock }, connection.id, checked.credential);
  };
  /** An access token as its owner sees it once. */
  const createToken = async (
    input: Parameters<typeof simulator.changes.run<'create-token'>>[1],
  ): Promise<string> => {
    const made = await simulator.changes.run('create-token', input);
    return String(Object.values(made ?? {}).find((value) => /^gl/.test(String(value))));
  };
  /** What an owner has set of how it is read. */
  const reading = { viewersInstall: false };
  /** A process of its own: its clients count requests together. */
  const startProcess = () => {
    const own = { ...services };
    return (): Promise<ForgeClient> =>
      gitLab.open(
        { integration, connection, organization, services: own, ...reading },
        createCredentialSource({ table, cipher, clock, newLeaseId: randomUUID }, connection.id, schema),
      );
  };
  /** Opens it as a new process does. */
  const open = (): Promise<ForgeClient> => startProcess()();
  return {
    ...{ gitlab, simulator, clock, integration, services, signIn, visit, organization, open, redirectUri },
    ...{ reading, useToken, useGrant, grantOf, createToken, connection, startProcess },
    /** When what the group is read with ends for good, as its owners see it. */
    endOfConnection: async () =>
      (await describeCredentials(table, [connection.id])).get(connection.id)?.endsAt,
    /** How often a refresh token was used. */
    exchanges: () => simulator.state.grants.filter(({ spent }) => spent).length,
    close: () => gitlab.close(),
  };
}
export type GitLab = Awaited<ReturnType<typeof startGitLab>>;

export function known<Value>(value: Value | null | undefined): Value {
  if (value === undefined || value === null) {
    throw new Error('the world does not have what the test wants');
  }
  return value;
}
