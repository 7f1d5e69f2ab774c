/** A simulated Bitbucket and what people may read here because of it. One simulator serves all sequences. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { BitbucketSimulator } from '../../../local/forges/bitbucket/simulator.ts';
import { simulatedToken } from '../../../local/forges/bitbucket/state.ts';
import {
  asId,
  type ConnectionId,
  type ForgeAccountId,
  type ForgeOrganizationId,
} from '../../../shared/domain/ids.ts';
import { namesIn } from '../../../shared/domain/scopes.ts';
import {
  type BitbucketCredential,
  credential as schema,
} from '../../../shared/forge/bitbucket/credential.ts';
import { bitbucket } from '../../../shared/forge/bitbucket/module.ts';
import { createMemoryBudgets } from '../../../shared/forge/budget.ts';
import type { ForgeServices } from '../../../shared/forge/module.ts';
import { createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { createCredentialSource, storeCredential } from '../../../shared/store/credential-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createMemoryDataKeys } from '../../support/memory-data-keys.ts';
import { addSynchronized } from '../../support/synchronized.ts';
import { isAdministrator } from '../bitbucket-rights/bitbucket-rules.ts';
import { allowedTo, expectedFor } from '../bitbucket-rights/comparison.ts';
import type { DescribedInstance } from '../bitbucket-rights/instance.ts';
import { ownerName } from '../bitbucket-rights/random-instances.ts';
import { createRightsWatch, type RightsWatch } from '../rights-sync/rights-watch.ts';
import { type Connected, openWorld, type RightsWorld } from '../rights-sync/world.ts';
import { describeState } from './described-state.ts';
import { type SimulatedBitbucket, startSimulatedBitbucket, webhookSecret } from './simulated-bitbucket.ts';

const connection = { kind: 'access-token', id: asId<ConnectionId>('bb1') } as const;
const { traits } = bitbucket;
const dayMs = 24 * 3600 * 1000;

export interface BitbucketWorld extends RightsWorld<BitbucketSimulator> {
  /** UUID. */
  readonly workspace: string;
}

export interface BitbucketModel {
  /** A simulated Bitbucket with this instance, read completely. */
  begin(instance: DescribedInstance): Promise<BitbucketWorld>;
  close(): Promise<void>;
}

export async function startBitbucketModel(): Promise<BitbucketModel> {
  const simulated = await startSimulatedBitbucket();
  return {
    async begin(instance) {
      await simulated.load(instance);
      const { workspace } = simulated.kept;
      const world = await openWorld(simulated, namesIn(traits.scopes), (table, ask) =>
        connect(simulated, table, ask),
      );
      return Object.assign(world, { workspace });
    },
    close: () => simulated.close(),
  };
}

/** @param ask sends the requests to Bitbucket */
async function connect(
  { simulator, kept, clock }: SimulatedBitbucket,
  table: Table,
  ask: typeof fetch,
): Promise<Connected> {
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const { web: baseUrl, api: apiUrl } = simulator.addresses;
  const host = { forge: bitbucket.id, baseUrl };
  const integration = {
    ...{ forge: bitbucket.id, settings: bitbucket.settings.parse({ baseUrl, apiUrl, clientId: 'none' }) },
    secrets: bitbucket.secrets.parse({ clientSecret: 'none' }),
  };
  const organization = asId<ForgeOrganizationId>(kept.workspace);
  const services: ForgeServices = {
    ...{ fetch: ask, clock, budgets: createMemoryBudgets(), random: () => 0 },
  };
  const giveCredential = async (): Promise<void> => {
    const email = `${ownerName}@example.com`;
    const token: BitbucketCredential = { kind: 'api-token', email, token: simulatedToken(ownerName) };
    await storeCredential({ table, cipher, clock }, connection.id, {
      secret: new Secret(token),
      validUntil: undefined,
    });
  };
  await addSynchronized(table, 'some', { ...host, forgeOrganization: organization, connection });
  await giveCredential();
  return {
    host: { ...host, secrets: [webhookSecret] },
    giveCredential,
    async openReader() {
      const newLeaseId = randomUUID;
      const source = createCredentialSource({ table, cipher, clock, newLeaseId }, connection.id, schema);
      const opened = { integration, connection, organization, services: { ...services } };
      const { structure, requests } = await bitbucket.open(opened, source);
      return { ...structure, requests };
    },
  };
}

const deletedSchema = z.object({ repository: z.object({ uuid: z.string() }) });

function withoutRepository(
  past: DescribedInstance,
  { repository: { uuid } }: z.infer<typeof deletedSchema>,
): DescribedInstance {
  const [ours, theirs] = past.workspaces;
  const projects = ours.projects.map((project) => ({
    ...project,
    repositories: project.repositories.filter(({ slug }) => slug !== uuid),
  }));
  return { ...past, workspaces: [{ ...ours, projects }, theirs] };
}

/** What has to hold at every moment. An account that was deactivated keeps its rights here while it is listed. */
export function watchRights(world: BitbucketWorld): RightsWatch {
  const { state } = world.simulator;
  return createRightsWatch<DescribedInstance>(world, {
    ...{ scopes: namesIn(traits.scopes), lagMs: traits.lagMs },
    describe: (from) => describeState(state, world.workspace, from),
    accounts: () =>
      [...state.accounts.values()].map(({ nickname, uuid }) => ({
        ...{ name: nickname, id: asId<ForgeAccountId>(uuid) },
      })),
    // Whoever was an administrator at the last read has what was made since, until the members are read.
    allowed: (described, account) => [
      ...allowedTo(described, account),
      ...expectedFor(described, account),
      ...(isAdministrator(described.workspaces[0], account) ? state.repositories.keys() : []),
    ],
    expected: expectedFor,
    // Of rights, events tell only this.
    without: (past, { headers, body }) =>
      headers['x-event-key'] === 'repo:deleted'
        ? withoutRepository(past, deletedSchema.parse(JSON.parse(body)))
        : past,
    later: (described, ms) => ({
      ...described,
      accounts: described.accounts.map(({ nickname, deactivatedFor }) => ({
        nickname,
        deactivatedFor: deactivatedFor === undefined ? undefined : deactivatedFor + ms / dayMs,
      })),
    }),
    // What is not found stays for an hour, unless an event says that it was deleted.
    graceMs: (repository) => (state.repositories.has(repository) ? 0 : (traits.notFoundMs ?? 0) + 1_200_000),
  });
}
