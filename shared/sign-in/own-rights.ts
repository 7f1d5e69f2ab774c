/**
 * What somebody reads by the code host's own word to him, where it tells that to the person: it is not believed, but the repositories about which
 * it differs from what is known are read again. So a right that was given or taken shows at the next sign-in, and not only when the long list of
 * everybody's is read.
 */
import type { ForgeRepositoryId } from '../domain/ids.ts';
import { repositoryPart } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Deadline } from '../runtime/deadline.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { takeOwnRightsLook } from '../store/own-rights-look-store.ts';
import { everySynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { Account } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';

interface Dependencies {
  readonly table: Table;
  readonly clock: Clock;
}

/** Of one synchronization at a sign-in. For more the list of everybody's is waited for. */
const repositoriesMax = 5;

/**
 * Requests the reads; the sweep sends their messages within two minutes, since a sign-in may not send to that queue. Asks only where the account is
 * known, and once in an hour: requests there are everybody's.
 *
 * @param deadline nothing more is begun after it: the long list is waited for
 * @param readable what the person may read of an organization, by the person's own grant
 * @throws ForgeError as `readable`
 */
export async function requestOwnRights(
  { table, clock }: Dependencies,
  who: Account,
  deadline: Pick<Deadline, 'isOver'>,
  readable: (
    organization: Synchronization['forgeOrganization'],
  ) => Promise<readonly ForgeRepositoryId[] | undefined>,
): Promise<void> {
  let isTaken = false;
  for (const one of await everySynchronization(table)) {
    if (one.forge !== who.forge || one.baseUrl !== who.baseUrl) {
      continue;
    }
    const facts = await factsOfAccount(table, one.id, who.account);
    if (facts.length === 0) {
      continue;
    }
    isTaken ||= !deadline.isOver() && (await takeOwnRightsLook(table, who, clock.now()));
    if (!isTaken || deadline.isOver()) {
      return;
    }
    const told = await readable(one.forgeOrganization);
    if (told !== undefined) {
      await requestDiffering({ table, clock }, one, facts, told);
    }
  }
}

async function requestDiffering(
  { table, clock }: Dependencies,
  one: Synchronization,
  facts: Awaited<ReturnType<typeof factsOfAccount>>,
  told: readonly ForgeRepositoryId[],
): Promise<void> {
  const known = new Set(facts.flatMap(({ fact }) => (fact.kind === 'collaborator' ? [fact.repository] : [])));
  const own = new Set(told);
  // First what is to be taken away.
  const differing = [
    ...[...known].filter((repository) => !own.has(repository)),
    ...[...own].filter((repository) => !known.has(repository)),
  ].slice(0, repositoriesMax);
  if (differing.length > 0) {
    await table.transact(
      differing.map((repository) =>
        requestWork(scopeWork(one.organization, one.id, repositoryPart(repository)), clock.now(), {
          cause: 'somebody who signed in reads something else',
        }),
      ),
    );
  }
}
