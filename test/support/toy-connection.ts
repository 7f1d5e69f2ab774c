/** A connection to a toy forge, as every process opens it. */
import { randomUUID } from 'node:crypto';
import { asId, type ConnectionId } from '../../shared/domain/ids.ts';
import { createMemoryBudgets } from '../../shared/forge/budget.ts';
import type { ForgeClient } from '../../shared/forge/module.ts';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createCredentialSource, storeCredential } from '../../shared/store/credential-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { createMemoryDataKeys } from './memory-data-keys.ts';
import { aFact } from './memory-forge.ts';
import { TokenPair, type ToySecrets } from './toy-forge/api.ts';
import { createToyModule } from './toy-forge/module.ts';
import { toyClient } from './toy-people.ts';
import { createToyWorld } from './toy-world.ts';

export const toyConnection = { kind: 'oauth-grant', id: asId<ConnectionId>('toy1') } as const;
export const toyHost = { forge: 'toy', baseUrl: 'https://toys.example' } as const;

/** Connects a toy forge that has an owner and nothing else; its credential is in the table. */
export async function connectToy(table: Table, clock: Clock) {
  const world = createToyWorld(clock);
  world.add(aFact.settings(), aFact.member(1, 'owner'));
  const module = createToyModule(world);
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  const grant = () => storeCredential({ table, cipher, clock }, toyConnection.id, world.tokens.issue());
  await grant();
  const services = { fetch: globalThis.fetch, clock, budgets: createMemoryBudgets(), random: () => 0 };
  const secrets: ToySecrets = { clientSecret: toyClient.secret };
  const integration = {
    forge: toyHost.forge,
    settings: { baseUrl: toyHost.baseUrl, clientId: toyClient.id },
    secrets,
  };
  const credential = (through: Table = table) =>
    createCredentialSource(
      { table: through, cipher, clock, newLeaseId: randomUUID },
      toyConnection.id,
      TokenPair,
    );
  const open = (through: Table = table): Promise<ForgeClient> =>
    module.open({ integration, connection: toyConnection, services }, credential(through));
  return { world, module, integration, services, open, grant, credential, cipher };
}
