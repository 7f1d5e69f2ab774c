/** What reads GitLab here, with the table in memory: the credential, the queue of reads, and the connection. */
import { randomUUID } from 'node:crypto';
import { SyncMessage } from '../../../events/messages/schema.ts';
import { personalToken } from '../../../local/forges/gitlab/state.ts';
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import { namesIn } from '../../../shared/domain/scopes.ts';
import { createMemoryBudgets } from '../../../shared/forge/budget.ts';
import { credential as schema } from '../../../shared/forge/gitlab/credential.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import type { ForgeServices } from '../../../shared/forge/module.ts';
import { createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { createCredentialSource, storeCredential } from '../../../shared/store/credential-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { requestWork, type WorkMessage } from '../../../shared/store/work.ts';
import { scopeWork } from '../../../shared/store/work-items.ts';
import { createMemoryDataKeys } from '../../support/memory-data-keys.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../support/synchronized.ts';
import { ownerName } from '../gitlab-rights/random-instances.ts';
import type { SimulatedGitLab } from './simulated-gitlab.ts';

const connection = { kind: 'access-token', id: asId<ConnectionId>('gl1') } as const;

export interface ReadQueue {
  send(messages: readonly WorkMessage[], delaySeconds?: number): Promise<void>;
  /** Takes the next message that is due. */
  take(): SyncMessage | undefined;
  /** When messages are due; milliseconds since the epoch. */
  due(): readonly number[];
  clear(): void;
}

/** Only reads are of interest here: what is published, and hooks, have tests of their own. */
export function createReadQueue(now: () => number): ReadQueue {
  const queue: { message: SyncMessage; due: number }[] = [];
  return {
    async send(messages, delaySeconds = 0) {
      const due = now() + delaySeconds * 1000;
      const reads = messages
        .filter(({ queue: name }) => name === 'sync')
        .flatMap(({ message }) => SyncMessage.safeParse(message).data ?? []);
      queue.push(...reads.map((message) => ({ message, due })));
    },
    take() {
      const place = queue.findIndex(({ due }) => due <= now());
      return place === -1 ? undefined : queue.splice(place, 1)[0]?.message;
    },
    due: () => queue.map(({ due }) => due),
    clear() {
      queue.length = 0;
    },
  };
}

/** @param ask sends the requests to GitLab */
export async function connect({ simulator, topId, clock }: SimulatedGitLab, table: Table, ask: typeof fetch) {
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const host = { forge: gitLab.id, baseUrl: simulator.addresses.web };
  const settings = gitLab.settings.parse({ baseUrl: host.baseUrl });
  const integration = { forge: gitLab.id, settings, secrets: {} };
  const organization = asId<ForgeOrganizationId>(topId);
  const services: ForgeServices = {
    ...{ fetch: ask, clock, budgets: createMemoryBudgets(), random: () => 0 },
  };
  const giveCredential = async (): Promise<void> => {
    const token = { kind: 'token', accessToken: personalToken(ownerName), rotates: false } as const;
    const issued = { secret: new Secret(token), validUntil: undefined };
    await storeCredential({ table, cipher, clock }, connection.id, issued);
  };
  await addSynchronized(table, 'some', { ...host, forgeOrganization: organization, connection });
  await giveCredential();
  return {
    host,
    giveCredential,
    /** Opens it as a new process does. */
    async openReader() {
      const newLeaseId = randomUUID;
      const source = createCredentialSource({ table, cipher, clock, newLeaseId }, connection.id, schema);
      const opened = { integration, connection, organization, services: { ...services } };
      const { structure, requests } = await gitLab.open(opened, source);
      return { ...structure, requests };
    },
  };
}

/** Requests a read of everything. */
export async function requestAll(table: Table, queue: ReadQueue, now: number): Promise<void> {
  for (const scope of namesIn(gitLab.traits.scopes)) {
    const work = scopeWork(organizationId, synchronizationId, scope);
    await table.transact([requestWork(work, now, { cause: 'test' })]);
    await queue.send([work.message]);
  }
}
