/**
 * What somebody reads by the code host's own word to him, where it tells that to the person: it is not believed, but the repositories about which
 * it differs from what is known are read again. So a right that was given or taken shows at the next sign-in, and not only when the long list of
 * everybody's is read.
 */
import type { ForgeRepositoryId } from '../domain/ids.ts';
import { repositoryPart } from '../domain/scopes.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { everySynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { Account } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { scopeWork } from '../store/work-items.ts';

/** Of one synchronization at a sign-in. For more the list of everybody's is waited for. */
const repositoriesMax = 5;

/**
 * Requests the reads; the sweep sends their messages within two minutes, since a sign-in may not send to that queue. Asks only where the account is
 * known.
 *
 * @param readable what the person may read of an organization, by the person's own grant
 * @throws ForgeError as `readable`
 */
export async function requestOwnRights(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  { forge, baseUrl, account }: Account,
  readable: (
    organization: Synchronization['forgeOrganization'],
  ) => Promise<readonly ForgeRepositoryId[] | undefined>,
): Promise<void> {
  for (const one of await everySynchronization(table)) {
    if (one.forge !== forge || one.baseUrl !== baseUrl) {
      continue;
    }
    const facts = await factsOfAccount(table, one.id, account);
    const told = facts.length === 0 ? undefined : await readable(one.forgeOrganization);
    if (told === undefined) {
      continue;
    }
    const known = new Set(
      facts.flatMap(({ fact }) => (fact.kind === 'collaborator' ? [fact.repository] : [])),
    );
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
}
