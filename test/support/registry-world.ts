/**
 * The whole path from a forge to what Composer reads, made of the real use cases. Queues and forge are in memory; table, object store and
 * key-value store are given.
 */

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  DeletionMessage,
  HooksMessage,
  PublishAccessMessage,
  PublishPackageMessage,
  PublishRootsMessage,
  ScanMessage,
  SyncMessage,
} from '../../events/messages/schema.ts';
import { edgeKeys, openOrganization } from '../../shared/domain/edge-keys.ts';
import type { Fact } from '../../shared/domain/facts.ts';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import type { RepositoryLinks } from '../../shared/domain/repository-links.ts';
import type { AnyScope, ScopeName } from '../../shared/domain/scopes.ts';
import type { Synchronization } from '../../shared/domain/synchronization.ts';
import { isVcsSynchronization, noVcsWorker } from '../../shared/domain/vcs-repository.ts';
import type { CommitFinder } from '../../shared/forge/containment.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { ContentReader } from '../../shared/forge/forge.ts';
import { runDeletion } from '../../shared/organizations/deletion/run-deletion.ts';
import { isOwner } from '../../shared/organizations/membership.ts';
import type { DistObjects } from '../../shared/publish/dist-objects.ts';
import { effectiveRightsOf } from '../../shared/publish/effective-rights.ts';
import { fetchDist, OtherWorkerError } from '../../shared/publish/fetch-dist.ts';
import type { ObjectWriter } from '../../shared/publish/object-writer.ts';
import { type KeyValues, publishAccess } from '../../shared/publish/publish-access.ts';
import { publishPackage } from '../../shared/publish/publish-package.ts';
import { publishView } from '../../shared/publish/publish-view.ts';
import { requestPackages } from '../../shared/publish/request-packages.ts';
import { requestPrincipals } from '../../shared/publish/request-principals.ts';
import type { StoredObjects } from '../../shared/publish/stored-objects.ts';
import { type Cipher, createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { finishDist } from '../../shared/scan/finish-dist.ts';
import { loadScanInputs } from '../../shared/scan/scan-inputs.ts';
import { type ScanDependencies, scanRepository } from '../../shared/scan/scan-repository.ts';
import { storeArchives } from '../../shared/scan/store-archives.ts';
import { openVcsRepository, type VcsOpening } from '../../shared/scan/vcs-reader.ts';
import { keys } from '../../shared/store/keys.ts';
import { createSlugReader, findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import type { StoredPackage } from '../../shared/store/package-store.ts';
import { scansOf } from '../../shared/store/scan-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Table } from '../../shared/store/table.ts';
import {
  type QueueName,
  queueNames,
  requestWork,
  type WorkMessage,
  type WorkQueue,
} from '../../shared/store/work.ts';
import { scanWork, scopeWork } from '../../shared/store/work-items.ts';
import { removeEndedHooks } from '../../shared/sync/hooks/end-hooks.ts';
import { maintainHooks } from '../../shared/sync/hooks/maintain-hooks.ts';
import type { CountingReader } from '../../shared/sync/run/run.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../shared/sync/schedule/sweep.ts';
import type { VcsReader } from '../../shared/vcs/vcs.ts';
import { createMemoryContents, type MemoryRefs } from './memory-contents.ts';
import { createMemoryDataKeys } from './memory-data-keys.ts';
import { createMemoryForge, type MemoryForge, repository } from './memory-forge.ts';
import { addSynchronized, organizationId, synchronizationId } from './synchronized.ts';
import { lagMs } from './traits.ts';

/** The services of one process. */
export interface Services {
  readonly table: Table;
  readonly objects: ObjectWriter;
  readonly dists: DistObjects;
  readonly storedObjects: StoredObjects;
  readonly keyValues: KeyValues;
  readonly workQueue: WorkQueue;
}

export interface WorldClock {
  now(): number;
  advance(ms: number): Promise<void>;
}

/** How long the sweep may be put off while messages keep coming; milliseconds. */
const busyMs = 600_000;
/** After so many messages the registry is taken to be in an endless loop. */
const messagesMax = 5_000;
export const registryBaseUrl = 'https://registry.example';
const consoleBaseUrl = 'https://console.example';

/** Opens what a worker reads the forge with: its rights, and its contents. */
export type OpenReader = (
  synchronization: Synchronization,
  services: Services,
) => Promise<CountingReader & ContentReader & CommitFinder>;

export interface HandledMessage {
  readonly queue: QueueName;
  readonly message: unknown;
  readonly outcome: unknown;
}

export interface RegistryWorld {
  readonly table: Table;
  readonly forge: MemoryForge;
  /** Refs by the repository's id. */
  readonly contents: Map<string | number, MemoryRefs>;
  /** The registry's public address, which an operator may change. */
  registryBaseUrl: string;
  /** Called before the forge answers about contents; may throw a ForgeError or change something. */
  beforeContents: (
    asked: 'refs' | 'archive' | 'contains' | 'readme' | 'folders',
    what: string,
  ) => void | Promise<void>;
  /** What the worker of repositories at a URL opens; by default what is in `contents` under their ids. */
  openVcs: (opening: VcsOpening) => Promise<VcsReader>;
  /** Whether this installation has the worker that opens them. */
  hasVcsWorker: boolean;
  /** Encrypts credentials of repositories at a URL. */
  readonly cipher: Cipher;
  /** Answers about commits, instead of the refs in `contents`. */
  lookUp: CommitFinder['contains'] | undefined;
  /** The bytes of an archive. By default a forge does not give the same bytes twice. */
  archiveOf: (commit: string) => Readable;
  /** The URLs of a repository on the forge. */
  linksOf: (repository: string) => RepositoryLinks;
  readonly clock: WorldClock;
  readonly workQueue: WorkQueue;
  readonly handled: HandledMessage[];
  readonly errors: unknown[];
  /** Warnings and errors that were logged. */
  readonly logged: string[];
  /** Requests a read of a scope, as a webhook does. */
  ask(scope: AnyScope): Promise<void>;
  /** Changes the forge and requests reads of the scopes. */
  change(facts: readonly Fact[], ...scopes: readonly ScopeName[]): Promise<void>;
  /** Requests a scan, as a push does. */
  pushed(repositoryId: number): Promise<void>;
  /** Handles one message that is due; false if there is none. @param through the services of the process that handles it */
  handleNext(through?: (services: Services) => Services): Promise<boolean>;
  /** Handles messages until none is due or delayed, and no work is forgotten. @returns how many messages the sweep had to send */
  settle(through?: (services: Services) => Services): Promise<number>;
  /** Settles, and has the schedule request again what a scan could not finish. */
  settleWithReconciles(through?: (services: Services) => Services): Promise<void>;
  /** Handles the messages that are due now, not those that are delayed. */
  drain(): Promise<void>;
  /** Messages in the queues, delayed ones too. */
  queued(): readonly WorkMessage[];
  /** When the next message is due, in milliseconds since the epoch; undefined if there is none. */
  nextDue(): number | undefined;
  /** Loses every message. */
  loseMessages(): void;
  /** @param hash of a commit, perhaps abbreviated */
  fetch(packageNumber: number, hash: string): ReturnType<typeof fetchDist>;
}

interface Readers {
  readonly readerOf: ScanDependencies['readerOf'];
  readonly reader: (found: StoredPackage) => Promise<ContentReader & CommitFinder>;
}

/** Creates the world. @param openReader opens another forge than the one in memory */
export async function createRegistryWorld(
  services: Omit<Services, 'workQueue'> & { readonly clock: WorldClock },
  facts: readonly Fact[] = [],
  openReader?: OpenReader,
): Promise<RegistryWorld> {
  const { table, clock } = services;
  if ((await table.get(keys.organization(organizationId))) === undefined) {
    await addSynchronized(table, 'all');
    const atEdge = new Map([[edgeKeys.organization('acme'), openOrganization]]);
    await services.keyValues.update(await services.keyValues.describe(), atEdge, []);
  }
  const queue: { message: WorkMessage; due: number }[] = [];
  const workQueue: WorkQueue = {
    async send(messages, delaySeconds = 0) {
      queue.push(...messages.map((message) => ({ message, due: clock.now() + delaySeconds * 1000 })));
    },
  };
  const own: Services = { ...services, workQueue };
  const logged: string[] = [];
  const note = (text: unknown, ..._: readonly unknown[]): void => {
    logged.push(String(text));
  };
  const logger = { info: () => {}, warn: note, error: note };
  let leases = 0;
  const newLeaseId = (): string => `lease-${++leases}`;
  let archives = 0;
  const cipher = createEnvelopeCipher(createMemoryDataKeys());

  const memoryContents = createMemoryContents(() => world);
  const contentsOf = async (of: Services): Promise<ContentReader & CommitFinder> => {
    const synchronization = await findSynchronization(of.table, synchronizationId);
    return openReader && synchronization ? openReader(synchronization, of) : memoryContents;
  };

  const contentsHere = (of: Services): Readers => ({
    async readerOf({ id }) {
      if (isVcsSynchronization(id)) {
        throw new ForgeError('unexpected', noVcsWorker);
      }
      return contentsOf(of);
    },
    reader: async ({ synchronization }) => {
      if (isVcsSynchronization(synchronization)) {
        throw new OtherWorkerError(world.hasVcsWorker);
      }
      return contentsOf(of);
    },
  });
  /** As the worker of repositories at a URL opens them: with what is stored of each. */
  const contentsAtUrl = (of: Services): Readers => {
    const open = (repository: ForgeRepositoryId) =>
      openVcsRepository(
        { table: of.table, cipher, open: (opening) => world.openVcs(opening) },
        organizationId,
        repository,
      );
    return { readerOf: (_, repository) => open(repository), reader: ({ repository }) => open(repository) };
  };

  function handlers(of: Services): Readonly<Record<QueueName, (message: unknown) => Promise<unknown>>> {
    const { registryBaseUrl } = world;
    const common = { ...of, clock, newLeaseId, logger, registryBaseUrl, slugOf: createSlugReader(of.table) };
    const scanning = (readers: Readers, raw: unknown) => {
      const message = ScanMessage.parse(raw);
      const load = loadScanInputs.bind(undefined, of.table);
      const dependencies = { ...common, objects: of.dists, load, ...readers };
      switch (message.kind) {
        case 'dist':
          return finishDist(dependencies, message);
        case 'archives':
          return storeArchives(dependencies, message.synchronization);
        case 'scan':
          return scanRepository(dependencies, message.synchronization, message.repository);
      }
    };
    return {
      sync(raw) {
        const message = z.union([HooksMessage, SyncMessage]).parse(raw);
        if ('kind' in message) {
          const { kind, synchronization } = message;
          const caring = { ...common, randomBytes, cipher, consoleBaseUrl, openHooks: async () => undefined };
          return (kind === 'hooks' ? maintainHooks : removeEndedHooks)(caring, synchronization);
        }
        return runScopes(
          {
            ...common,
            openReader: (synchronization) =>
              openReader?.(synchronization, of) ?? Promise.resolve(world.forge.reader()),
          },
          message,
        );
      },
      scan: (raw) => scanning(contentsHere(of), raw),
      vcs: (raw) => scanning((world.hasVcsWorker ? contentsAtUrl : contentsHere)(of), raw),
      'publish-package'(raw) {
        const message = PublishPackageMessage.parse(raw);
        return message.packageNumber === undefined
          ? requestPackages(common, message.organization)
          : publishPackage(common, message.organization, message.packageNumber);
      },
      'publish-roots'(raw) {
        const message = PublishRootsMessage.parse(raw);
        return message.kind === 'grants'
          ? requestPrincipals(common, message.organization)
          : publishView(
              {
                ...common,
                effectiveRightsOf: effectiveRightsOf.bind(undefined, of.table),
                isOwner: isOwner.bind(undefined, of.table),
              },
              message.organization,
              message.principal,
            );
      },
      'publish-access': (message) => publishAccess(common, PublishAccessMessage.parse(message).keys),
      deletion(raw) {
        const message = DeletionMessage.parse(raw);
        return runDeletion(common, message.organization, message.subject);
      },
    };
  }

  /** Takes the next message; from the edge's queue up to ten, as its function gets them. */
  function takeDue(): { queue: QueueName; message: unknown } | undefined {
    const place = queue.findIndex(({ due }) => due <= clock.now());
    const first = queue[place];
    if (!first) {
      return undefined;
    }
    queue.splice(place, 1);
    const { queue: name, message } = first.message;
    if (name !== 'publish-access') {
      return { queue: name, message };
    }
    const keys = [...PublishAccessMessage.parse(message).keys];
    for (let count = 1; count < 10; count++) {
      const next = queue.findIndex(({ message, due }) => message.queue === name && due <= clock.now());
      const [taken] = next === -1 ? [] : queue.splice(next, 1);
      keys.push(...(taken ? PublishAccessMessage.parse(taken.message.message).keys : []));
    }
    return { queue: name, message: { keys } };
  }

  const isPending = async (): Promise<boolean> => {
    const before = clock.now() + 3_600_000;
    const lists = await Promise.all(queueNames.map((name) => table.pending(name, { before, limit: 1 })));
    return lists.some((list) => list.length > 0);
  };

  const world: RegistryWorld = {
    table,
    forge: createMemoryForge(facts),
    contents: new Map(),
    registryBaseUrl,
    beforeContents: () => {},
    lookUp: undefined,
    hasVcsWorker: true,
    openVcs: async () => ({ ...memoryContents, seenHostKey: async () => undefined }),
    cipher,
    linksOf: (id) => ({
      source: { type: 'git', url: `git@forge.example:acme/repository-${id}.git` },
      tree: `https://forge.example/acme/repository-${id}/tree/{ref}`,
      issues: `https://forge.example/acme/repository-${id}/issues`,
    }),
    archiveOf: (commit) => Readable.from([`archive of ${commit}, made for the ${++archives}. time`]),
    clock,
    workQueue,
    handled: [],
    errors: [],
    logged,
    async ask(scope) {
      const workItem = scopeWork(organizationId, synchronizationId, scope);
      await table.transact([requestWork(workItem, clock.now(), { cause: 'test' })]);
      await workQueue.send([workItem.message]);
    },
    async change(next, ...scopes) {
      // Longer after the last change than the forge lags, so that a read sees this one.
      await clock.advance(lagMs + 1000);
      world.forge.facts = next;
      for (const scope of scopes) {
        await world.ask(scope);
      }
    },
    async pushed(repositoryId) {
      const workItem = scanWork(organizationId, synchronizationId, repository(repositoryId));
      await table.transact([requestWork(workItem, clock.now())]);
      await workQueue.send([workItem.message]);
    },
    async handleNext(through = (all) => all) {
      const next = takeDue();
      if (!next) {
        return false;
      }
      try {
        const outcome = await handlers(through(own))[next.queue](next.message);
        world.handled.push({ ...next, outcome });
      } catch (error) {
        // The queue would bring it back long after the sweep finds its work.
        world.errors.push(error);
      }
      return true;
    },
    async drain() {
      while (await world.handleNext());
    },
    async settle(through) {
      let swept = 0;
      let count = 0;
      let sweptAt = clock.now();
      for (let quiet = 0; quiet < 100 && count < messagesMax; ) {
        if (await world.handleNext(through)) {
          count++;
          continue;
        }
        const due = Math.min(...queue.map((entry) => entry.due));
        if (due < Number.POSITIVE_INFINITY) {
          await clock.advance(due - clock.now() + 1);
          if (clock.now() - sweptAt > busyMs) {
            // Work that waits for other work sends messages all the time, and only the sweep finds the lost message.
            sweptAt = clock.now();
            swept += await sweepWork({ ...own, clock, logger });
          }
          continue;
        }
        if (!(await isPending())) {
          return swept;
        }
        quiet++;
        await clock.advance(60_000);
        swept += await sweepWork({ ...own, clock, logger });
      }
      throw new Error('the world does not come to rest', { cause: world.errors.at(-1) });
    },
    async settleWithReconciles(through) {
      for (let rounds = 0; rounds < 10; rounds++) {
        await world.settle(through);
        const scans = await scansOf(table, synchronizationId);
        if (scans.every((scan) => !scan.unfinished)) {
          return;
        }
        await clock.advance(600_000);
        await reconcile({ table, workQueue, clock, logger });
      }
      throw new Error('a scan stays unfinished');
    },
    queued: () => queue.map(({ message }) => message),
    nextDue: () => (queue.length === 0 ? undefined : Math.min(...queue.map(({ due }) => due))),
    loseMessages() {
      queue.length = 0;
    },
    fetch: (packageNumber, hash) =>
      fetchDist(
        {
          ...own,
          objects: own.dists,
          clock,
          newLeaseId,
          logger,
          registryBaseUrl: world.registryBaseUrl,
          reader: contentsHere(own).reader,
          findOrganization: findOrganizationBySlug.bind(undefined, table),
        },
        { slug: 'acme', packageNumber: String(packageNumber), file: `${hash}.zip` },
      ),
  };
  return world;
}
