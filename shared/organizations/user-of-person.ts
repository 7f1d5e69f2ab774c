/** The user that a person is here. */
import { CallerError } from '../domain/caller-error.ts';
import { newId, type UserId } from '../domain/ids.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import type { Operation } from '../store/table.ts';
import { accountIn, makeUser } from '../store/user-store.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import type { FoundPerson } from './people.ts';

/** @returns with the operations that make the user of an account that nobody has signed in with */
export async function userOfPerson(
  { table, clock, randomBytes }: IssueTokenDependencies,
  { user, reader, name }: FoundPerson,
): Promise<{ readonly user: UserId; readonly operations: readonly Operation[] }> {
  if (user !== undefined || reader.kind !== 'account') {
    return { user: user ?? newId<UserId>(randomBytes), operations: [] };
  }
  const synchronization = await findSynchronization(table, reader.synchronization);
  if (synchronization === undefined) {
    throw new CallerError('not-found', 'the organization has no such person any more');
  }
  const made = newId<UserId>(randomBytes);
  const account = accountIn(synchronization, reader.account);
  return { user: made, operations: makeUser(made, account, name, clock.now()) };
}
