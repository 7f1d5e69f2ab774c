import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import { asId, type UserId } from '../domain/ids.ts';
import { personsOf, putPerson } from '../store/member-store.ts';
import { transactionItemsMax } from '../store/table.ts';
import { endOthersByHand } from './keep-owners.ts';

it('takes away what former members were by hand in few transactions, however many they are', async () => {
  const table = createMemoryTable();
  const many = transactionItemsMax + 1;
  for (let place = 0; place < many; place++) {
    const user = asId<UserId>(`user${place}`);
    await table.transact(
      putPerson(organizationId, user, { isOwner: false, isMember: true, isOff: place === 0 }),
    );
  }
  let transactions = 0;
  const counting: typeof table = {
    ...table,
    transact(operations) {
      transactions++;
      return table.transact(operations);
    },
  };
  await endOthersByHand(counting, { id: organizationId }, { owners: [], members: new Set() });
  const persons = await personsOf(table, organizationId);
  expect(persons.filter(({ isMember }) => isMember)).toEqual([]);
  expect(persons.filter(({ isOff }) => isOff)).toHaveLength(1);
  expect(transactions).toBe(2);
});
