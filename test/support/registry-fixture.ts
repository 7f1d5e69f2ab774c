/** Registries for tests, on services in memory or on local servers, with tokens and a record of writes in order. */

import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Fact } from '../../shared/domain/facts.ts';
import type { Organization } from '../../shared/domain/organization.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { traitsOf } from '../../shared/forge/modules.ts';
import type { KeyValues } from '../../shared/publish/publish-access.ts';
import { findOrganizationBySlug } from '../../shared/store/organization-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { findToken } from '../../shared/store/token-store.ts';
import { revokeToken } from '../../shared/store/token-transitions.ts';
import { type IssuedToken, issueToken, type TokenHolder } from '../../shared/tokens/issue-token.ts';
import { createMemoryKeyValues, createMemoryObjects } from './memory-store.ts';
import { createMemoryTable } from './memory-table.ts';
import { clientGets, listedNames, type Published } from './registry-view.ts';
import {
  createRegistryWorld,
  type OpenReader,
  type RegistryWorld,
  type Services,
  type WorldClock,
} from './registry-world.ts';
import { synchronizationId } from './synchronized.ts';

export interface Registry extends RegistryWorld {
  /** Every write that a client may notice, in order: `put <object>`, `delete <object>`, `edge <key>`, `edge without <key>`. */
  readonly written: string[];
  readonly organization: Organization;
  /** The edge's store as other processes write to it, unrecorded. */
  readonly keyValues: KeyValues;
  published(): Promise<Published>;
  issue(holder: TokenHolder, expiresAt?: number): Promise<IssuedToken>;
  revoke(token: string): Promise<void>;
  /** What a client with the token gets: the object's text, or the status. */
  get(token: string, path: string): Promise<string>;
  listed(token: string): Promise<readonly string[] | undefined>;
}

export interface RegistryServices extends Omit<Services, 'workQueue'> {
  readonly clock: WorldClock;
  published(): Promise<Published>;
}

/** Services in memory, with a clock that only `advance` moves. */
export function memoryServices(): RegistryServices {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const clock = {
    now: () => time,
    async advance(ms: number) {
      time += ms;
    },
  };
  const objects = createMemoryObjects(clock);
  const keyValues = createMemoryKeyValues();
  return {
    table: createMemoryTable(),
    objects: objects.writer,
    dists: objects.dists,
    storedObjects: objects.storedObjects,
    keyValues,
    clock,
    published: async () => ({ values: await keyValues.list(), objects: await objects.list() }),
  };
}

export async function createRegistry(
  services: RegistryServices,
  facts: readonly Fact[] = [],
  openReader?: OpenReader,
): Promise<Registry> {
  const { table, clock } = services;
  const written: string[] = [];
  const world = await createRegistryWorld(
    {
      ...services,
      objects: {
        ...services.objects,
        async write(key, ...rest) {
          await services.objects.write(key, ...rest);
          written.push(`put ${key}`);
        },
        async remove(key) {
          await services.objects.remove(key);
          written.push(`delete ${key}`);
        },
      },
      dists: {
        ...services.dists,
        async putFirst(key, ...rest) {
          const stored = await services.dists.putFirst(key, ...rest);
          written.push(...(stored ? [`put ${key}`] : []));
          return stored;
        },
      },
      storedObjects: {
        ...services.storedObjects,
        async removeSome(prefix) {
          written.push(`delete ${prefix}*`);
          return services.storedObjects.removeSome(prefix);
        },
      },
      keyValues: recordingKeyValues(services.keyValues, written),
    },
    facts,
    openReader,
  );
  const organization = await organizationOf(table);
  const registry: Registry = {
    ...world,
    // Set on the world, which reads its hooks at each call.
    set beforeContents(hook: RegistryWorld['beforeContents']) {
      world.beforeContents = hook;
    },
    get beforeContents() {
      return world.beforeContents;
    },
    set registryBaseUrl(address: string) {
      world.registryBaseUrl = address;
    },
    get registryBaseUrl() {
      return world.registryBaseUrl;
    },
    set openVcs(open: RegistryWorld['openVcs']) {
      world.openVcs = open;
    },
    get openVcs() {
      return world.openVcs;
    },
    set hasVcsWorker(has: boolean) {
      world.hasVcsWorker = has;
    },
    get hasVcsWorker() {
      return world.hasVcsWorker;
    },
    set lookUp(answer: RegistryWorld['lookUp']) {
      world.lookUp = answer;
    },
    get lookUp() {
      return world.lookUp;
    },
    set archiveOf(make: RegistryWorld['archiveOf']) {
      world.archiveOf = make;
    },
    get archiveOf() {
      return world.archiveOf;
    },
    set linksOf(links: RegistryWorld['linksOf']) {
      world.linksOf = links;
    },
    get linksOf() {
      return world.linksOf;
    },
    written,
    organization,
    keyValues: services.keyValues,
    published: services.published,
    issue: (holder, expiresAt) =>
      issueToken({ table, workQueue: world.workQueue, clock, randomBytes }, organization, holder, {
        description: 'test',
        expiresAt,
      }),
    async revoke(secret) {
      const token = await findToken(table, secret);
      if (!token) {
        throw new Error('there is no such token');
      }
      await world.workQueue.send(await revokeToken(table, token, clock.now()));
    },
    get: async (token, path) => clientGets(await services.published(), token, path, clock.now()),
    listed: async (token) => listedNames(await services.published(), token, clock.now()),
  };
  return registry;
}

async function organizationOf(table: Table): Promise<Organization> {
  const organization = await findOrganizationBySlug(table, 'acme');
  if (!organization) {
    throw new Error('the world has no organization');
  }
  return organization;
}

function recordingKeyValues(keyValues: KeyValues, written: string[]): KeyValues {
  return {
    ...keyValues,
    async update(etag, puts, deletes) {
      const next = await keyValues.update(etag, puts, deletes);
      written.push(
        ...deletes.map((key) => `edge without ${key}`),
        ...[...puts.keys()].map((key) => `edge ${key}`),
      );
      return next;
    },
  };
}

/** Synchronizes everything and waits until it is published; the sweep must find no work. */
export async function settled(registry: Registry): Promise<void> {
  const synchronization = await findSynchronization(registry.table, synchronizationId);
  for (const scope of namesIn(traitsOf(synchronization?.forge ?? '').scopes)) {
    await registry.ask(scope);
  }
  expect(await registry.settle()).toBe(0);
}
