/** What reads GitLab here, with the table in memory: the credential and the connection. */
import { randomUUID } from 'node:crypto';
import { personalToken } from '../../../local/forges/gitlab/state.ts';
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../../shared/forge/budget.ts';
import { credential as schema } from '../../../shared/forge/gitlab/credential.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import type { ForgeServices } from '../../../shared/forge/module.ts';
import { createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { createCredentialSource, storeCredential } from '../../../shared/store/credential-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { createMemoryDataKeys } from '../../support/memory-data-keys.ts';
import { addSynchronized } from '../../support/synchronized.ts';
import { ownerName } from '../gitlab-rights/random-instances.ts';
import type { SimulatedGitLab } from './simulated-gitlab.ts';

const connection = { kind: 'access-token', id: asId<ConnectionId>('gl1') } as const;

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
