import { expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  gitHubHost,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeTeamId,
  organizationPrincipal,
  teamPrincipal,
  type UserId,
  userPrincipal,
} from '../domain/ids.ts';
import { putFact } from '../store/fact-store.ts';
import { makeUser } from '../store/user-store.ts';
import { holderNames } from './holder-names.ts';

const ann = asId<UserId>('annannannannanna');
const nobody = userPrincipal(asId<UserId>('nobodynobodynobo'));
const backend = teamPrincipal(synchronizationId, asId<ForgeTeamId>('7'));

it('are logins of users, slugs of teams and organizations, and nothing for who is unknown', async () => {
  const table = createMemoryTable();
  await addSynchronized(table);
  const account = { ...gitHubHost, account: asId<ForgeAccountId>('5') };
  await table.transact([
    ...makeUser(ann, account, 'ann', 0),
    putFact(synchronizationId, { ...aFact.team(7), slug: 'backend' }, 0),
  ]);
  const own = organizationPrincipal(organizationId);
  const names = await holderNames(table, { id: organizationId, slug: 'acme' }, [
    userPrincipal(ann),
    backend,
    own,
    nobody,
  ]);
  expect([...names].sort()).toEqual(
    [
      [userPrincipal(ann), 'ann'],
      [backend, 'backend'],
      [own, 'acme'],
    ].sort(),
  );
});
