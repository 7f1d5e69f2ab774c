/** Bitbucket's adapter against the simulated Bitbucket, for the contract tests. */
import { randomUUID } from 'node:crypto';
import { openForm, submit } from '../../local/browser/html-form.ts';
import type { Scope } from '../../local/forges/bitbucket/scopes.ts';
import { startFixture } from '../../local/forges/bitbucket/simulator-fixture.ts';
import type { Variant } from '../../local/forges/bitbucket/variants.ts';
import type { GitObjects } from '../../local/forges/git/objects.ts';
import type { World } from '../../local/forges/world/world.ts';
import {
  asId,
  type ConnectionId,
  type ForgeAccountId,
  type ForgeOrganizationId,
} from '../../shared/domain/ids.ts';
import { credential as schema } from '../../shared/forge/bitbucket/credential.ts';
import { bitbucket } from '../../shared/forge/bitbucket/module.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import type { ForgeClient, ForgeServices } from '../../shared/forge/module.ts';
import { s256 } from '../../shared/forge/sign-in.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { plainFetch } from '../../shared/runtime/plain-fetch.ts';
import { describeCredentials } from '../../shared/store/connection-credentials.ts';
import { createCredentialSource, storeCredential } from '../../shared/store/credential-store.ts';
import { createMemoryDataKeys } from '../support/memory-data-keys.ts';
import { createMemoryTable } from '../support/memory-table.ts';

const redirectUri = 'https://console.example/sign-in/callback/bitbucket~simulated';
const connection = { kind: 'oauth-grant', id: asId<ConnectionId>('bb1') } as const;
const consumerScopes: Scope[] = ['account', 'repository', 'project', 'project:admin', 'webhook'];

/** The simulated Bitbucket, and the workspace `acme`, which is read with a grant of its administrator. */
export async function startBitbucket({
  variant = {},
  world,
  objects,
  scopes = consumerScopes,
}: {
  variant?: Partial<Variant>;
  world?: World;
  objects?: GitObjects;
  scopes?: Scope[];
} = {}) {
  const cloud = await startFixture({ variant, ...(world && { world }), ...(objects && { objects }) });
  const { simulator, clock } = cloud;
  const made = { name: 'registry', callbackUrl: redirectUri, scopes };
  await simulator.changes.run('register-consumer', made);
  const { key, secret: clientSecret } = simulator.consumer('registry');
  const { web: baseUrl, api: apiUrl } = simulator.addresses;
  const integration = {
    forge: bitbucket.id,
    settings: bitbucket.settings.parse({ baseUrl, apiUrl, clientId: key }),
    secrets: bitbucket.secrets.parse({ clientSecret }),
  };
  const services: ForgeServices = {
    ...{ fetch: plainFetch, clock, budgets: createMemoryBudgets(), random: () => 0 },
  };
  const signIn = known(bitbucket.signIn);
  const connecting = known(bitbucket.connecting);

  /** Opens the sign-in page and consents as the person, or declines. @returns the query of the callback */
  async function visit(address: string, login: string | undefined): Promise<URLSearchParams> {
    const form = await openForm(address);
    const { location } = await submit(form, login === undefined ? { cancel: 'true' } : { login });
    return new URL(known(location)).searchParams;
  }

  const table = createMemoryTable();
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const codeVerifier = 'a-verifier-that-has-as-many-characters-as-43';
  const request = { redirectUri, state: 'state', codeChallenge: s256(codeVerifier), forConnecting: true };
  const callback = await visit(signIn.authorizeUrl(integration, request), 'alice');
  const answer = { callback, state: 'state', redirectUri, codeVerifier };
  const grant = await signIn.exchange(integration, answer, services);
  const account = asId<ForgeAccountId>(cloud.account('alice').uuid);
  const granted = connecting.ofGrant({ ...grant, account }, redirectUri);
  await storeCredential({ table, cipher, clock }, connection.id, granted);

  const organization = asId<ForgeOrganizationId>(cloud.workspace('acme').uuid);
  /** Checks a token, and stores it in place of the grant. */
  const useToken = async (entered: string) => {
    const checked = await connecting.checkToken(integration, entered, organization, services);
    await storeCredential({ table, cipher, clock }, connection.id, checked.credential);
    return checked;
  };
  /** Checks a token for contents, and stores it beside the grant. */
  const useContentsToken = async (entered: string) => {
    const add = known(connecting.addContentsToken);
    const checked = await add(integration, granted, entered, organization, services);
    await storeCredential({ table, cipher, clock }, connection.id, checked.credential);
    return checked;
  };
  const checkGrant = () => known(connecting.checkGrant)(integration, granted, organization, services);
  /** Begins a process: what it has reserved of budgets is its own. */
  const startProcess = ({
    kind,
    id,
  }: {
    readonly kind: 'oauth-grant';
    readonly id: ConnectionId;
  } = connection) => {
    const own = { ...services };
    return (): Promise<ForgeClient> =>
      bitbucket.open(
        { integration, connection: { kind, id }, organization, services: own },
        createCredentialSource({ table, cipher, clock, newLeaseId: randomUUID }, id, schema),
      );
  };
  /** Opens another connection by a token that somebody enters. */
  const openWithToken = async (entered: string): Promise<ForgeClient> => {
    const other = { ...connection, id: asId<ConnectionId>('bb2') };
    const { credential } = await connecting.checkToken(integration, entered, organization, services);
    await storeCredential({ table, cipher, clock }, other.id, credential);
    return startProcess(other)();
  };
  /** Opens it as a new process does. */
  const open = (): Promise<ForgeClient> => startProcess()();
  return {
    ...{ cloud, simulator, clock, integration, services, signIn, visit, organization, open, redirectUri },
    ...{ checkGrant, useToken, useContentsToken, connection, account, openWithToken, startProcess },
    factsOfConnection: async () => (await describeCredentials(table, [connection.id])).get(connection.id),
    close: () => cloud.close(),
  };
}
export type Bitbucket = Awaited<ReturnType<typeof startBitbucket>>;

export function known<Value>(value: Value | null | undefined): Value {
  if (value === undefined || value === null) {
    throw new Error('the world does not have what the test wants');
  }
  return value;
}
