/** People who sign in, on the table in memory: an organization with a synchronization, and accounts on its code host. */
import { randomBytes } from 'node:crypto';
import type { Fact } from '../../shared/domain/facts.ts';
import { asId, type ForgeAccountId, type UserId, userPrincipal } from '../../shared/domain/ids.ts';
import type { ProvenAccount } from '../../shared/sign-in/user-accounts.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { tokensOf } from '../../shared/store/token-store.ts';
import { issueToken } from '../../shared/tokens/issue-token.ts';
import { createRecordingQueue } from './recording-queue.ts';
import { createSessionBench } from './session-bench.ts';
import { addSynchronized, gitHubHost, organizationId, synchronizationId } from './synchronized.ts';

export const origin = { address: '192.0.2.1', userAgent: 'Firefox' };

/** The account with that id on the organization's code host, as its person has just proved to have it. */
export const proven = (id: string | number, login = `user-${id}`): ProvenAccount => ({
  account: { ...gitHubHost, account: asId<ForgeAccountId>(id) },
  identity: { login, name: login.toUpperCase() },
});

export async function createPeople(facts: readonly Fact[] = []) {
  const bench = createSessionBench();
  const { table } = bench;
  await addSynchronized(table);
  await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
  const workQueue = createRecordingQueue();
  const dependencies = { ...bench.dependencies, randomBytes, workQueue };
  return {
    ...bench,
    workQueue,
    dependencies,
    /** Gives the member a token, as an owner does. */
    async giveToken(login: string) {
      const organization = await findOrganization(table, organizationId);
      if (organization === undefined) {
        throw new Error('no organization');
      }
      const input = { description: 'laptop', expiresAt: undefined };
      return issueToken(dependencies, organization, { kind: 'member', login }, input);
    },
    tokenStates: async (user: UserId) =>
      (await tokensOf(table, organizationId, userPrincipal(user))).map(({ state }) => state),
    /** Principals whose views are asked for in the messages since the last time. */
    askedFor: () =>
      workQueue.take().flatMap(({ message }) => ('principal' in message ? [message.principal] : [])),
  };
}
