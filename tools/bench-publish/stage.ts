/** A simulated organization whose repositories are scanned and published by the shipped functions, over the local services. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { gitHubTraits } from '../../shared/forge/github/traits.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { packagesOf, type StoredPackage } from '../../shared/store/package-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../../shared/store/work.ts';
import { archivesWork, grantsWork, scanWork, scopeWork } from '../../shared/store/work-items.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { issueToken } from '../../shared/tokens/issue-token.ts';
import { createFiller } from '../../test/contracts/github-fill.ts';
import { known, startGitHub } from '../../test/contracts/github-fixture.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { type LocalServices, startLocalServices, type Traffic } from '../bench-sync/local-services.ts';
import { benchWorld } from '../bench-sync/organization.ts';
import { createSharedObjects, createSharedRefs, type FilesOf } from '../bench-sync/shared-refs.ts';
import { createFunctionHost, type FunctionHost, type Measured } from './function-host.ts';

export interface Contents {
  readonly repositories: number;
  /** Of each: one branch, the others tags. */
  readonly refs: number;
  readonly filesOf: FilesOf;
}

export interface Stage {
  readonly table: Table;
  readonly host: FunctionHost;
  readonly repositories: readonly ForgeRepositoryId[];
  request(...workItems: readonly WorkItem[]): Promise<void>;
  /** Has the functions do all that is requested. */
  work(): Promise<void>;
  /** What went to the table and the queues since the last time. */
  take(): Traffic;
  packages(): Promise<readonly StoredPackage[]>;
  /** Bytes of an object; 0 where there is none. */
  sizeOf(key: string): Promise<number>;
}

const queues = {
  scan: { name: 'scan-repository', batchSize: 1 },
  'publish-package': { name: 'publish-package', batchSize: 5 },
  'publish-roots': { name: 'publish-roots', batchSize: 5 },
} as const satisfies Record<string, { name: Measured; batchSize: number }>;

/** After so many rounds without anything that could be done, something waits for what never comes. */
const roundsMax = 600;
const silent = (): void => {};

export const scansOf = ({ repositories }: Stage): readonly WorkItem[] =>
  repositories.map((repository) => scanWork(organizationId, synchronizationId, repository));
export const grants = grantsWork(organizationId);
export const archives = archivesWork(organizationId, synchronizationId);

/** @param bundles the folder with a bundle for each function */
export async function withStage<Result>(
  bundles: string,
  { repositories: count, refs, filesOf }: Contents,
  use: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'repertoire-bench-'));
  const objects = createSharedObjects();
  const gitHub = await startGitHub(benchWorld, objects);
  const closing: (() => Promise<unknown>)[] = [() => gitHub.close()];
  try {
    const shared = await createSharedRefs(gitHub.directory, count, refs, filesOf);
    objects.directory = shared.store;
    const made = createFiller(gitHub).repositories(count, (place) => ({
      createdAt: new Date(Date.UTC(2025, 0, 1) + place * 1000).toISOString(),
      gitDirectory: shared.directoryOf(place),
    }));
    // It was there only to be copied.
    const [first] = gitHub.state.repositories.keys();
    gitHub.state.repositories.delete(first ?? 0);
    const { app } = gitHub.state;
    const services = await startLocalServices(directory, {
      forge: 'github',
      settings: { appId: String(app.id), apiUrl: gitHub.simulator.addresses.api },
      secrets: { privateKey: app.privateKey, webhookSecret: app.webhookSecret },
    });
    closing.unshift(services.close);
    const host = createFunctionHost(bundles, services.variables);
    closing.unshift(host.close);
    await addSynchronized(services.table, 'all');
    await readStructure(services.table, gitHub.reader);
    await giveToken(services.table);
    services.take();
    return await use(
      stageOf(
        services,
        host,
        made.map((id) => asId<ForgeRepositoryId>(id)),
      ),
    );
  } finally {
    for (const close of closing) await close();
    await rm(directory, { recursive: true, force: true });
  }
}

const noQueue: WorkQueue = { send: async () => {} };

/** In this process: it is not what is measured here. */
async function readStructure(
  table: Table,
  openReader: () => ReturnType<Awaited<ReturnType<typeof startGitHub>>['reader']>,
): Promise<void> {
  const workItems = gitHubTraits.scopes.map(({ name }) => scopeWork(organizationId, synchronizationId, name));
  await table.transact(workItems.map((workItem) => requestWork(workItem, Date.now())));
  const common = { table, workQueue: noQueue, clock: { now: () => Date.now() } };
  const logger = { info: silent, warn: silent, error: silent };
  const dependencies = { ...common, logger, newLeaseId: randomUUID, openReader: async () => openReader() };
  const [first] = gitHubTraits.scopes;
  await runScopes(dependencies, { synchronization: synchronizationId, scope: first.name });
}

/** Of an organization, whose root file lists all packages. */
async function giveToken(table: Table): Promise<void> {
  const organization = known(await findOrganization(table, organizationId));
  const dependencies = { table, workQueue: noQueue, clock: { now: () => Date.now() }, randomBytes };
  await issueToken(
    dependencies,
    organization,
    { kind: 'organization' },
    { description: 'bench', expiresAt: undefined },
  );
}

function stageOf(
  services: LocalServices,
  host: FunctionHost,
  repositories: readonly ForgeRepositoryId[],
): Stage {
  const { table } = services;

  /** What is requested and nobody does, as the sweep finds it. @returns how many messages were handled */
  async function round(): Promise<number> {
    let handled = 0;
    for (const [queue, { name, batchSize }] of Object.entries(queues)) {
      const now = Date.now();
      const items = await table.pending(queue, { before: now + 1000, limit: 5000 });
      const due = items.filter(({ leaseUntil = 0 }) => Number(leaseUntil) < now);
      const messages = due.map(({ wake }) => (wake as { message: unknown }).message);
      for (let start = 0; start < messages.length; start += batchSize) {
        await host.invoke(name, messages.slice(start, start + batchSize));
      }
      handled += messages.length;
    }
    return handled;
  }

  return {
    table,
    host,
    repositories,
    async request(...workItems) {
      for (let start = 0; start < workItems.length; start += 100) {
        const part = workItems.slice(start, start + 100);
        await table.transact(part.map((workItem) => requestWork(workItem, Date.now())));
      }
    },
    async work() {
      for (let rounds = 0; rounds < roundsMax; rounds += 1) {
        if ((await round()) === 0) {
          const left = await Promise.all(
            Object.keys(queues).map((queue) => table.pending(queue, { before: Date.now() + 1000, limit: 1 })),
          );
          if (left.flat().length === 0) return;
        }
        // What may not be written within the same second, or waits for a lease.
        await sleep(1000);
      }
      throw new Error('work stays undone');
    },
    take: services.take,
    packages: () => packagesOf(table, organizationId),
    sizeOf: services.objectSize,
  };
}
