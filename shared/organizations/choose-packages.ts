/** Sets which repositories become packages. */
import type { RepositoryFact } from '../domain/facts.ts';
import type { Organization } from '../domain/organization.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { loadFacts } from '../store/fact-store.ts';
import { setChoice } from '../store/scan-store.ts';
import { chooseAll, synchronizationsOf } from '../store/synchronization-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { resolveRepositories } from './repository-names.ts';

export interface ChoosePackagesDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

export interface ChoosePackagesInput {
  /** Names with or without the forge organization's, or keys as in `repositoryKey`. */
  readonly repositories: 'all' | readonly string[];
  /** With `all`: include forks, as if each were named. */
  readonly forks: boolean;
}

/**
 * Writes the choices and requests a scan of each repository. Idempotent: a call that failed half-way can be repeated.
 *
 * @param beside operations of the first transaction, such as an entry of the history; two at most
 * @returns the names of the repositories chosen
 * @throws CallerError that lists the names that match no repository
 */
export async function choosePackages(
  { table, workQueue, clock }: ChoosePackagesDependencies,
  organization: Organization,
  { repositories, forks }: ChoosePackagesInput,
  beside: readonly Operation[] = [],
): Promise<readonly string[]> {
  const known = await repositoriesOf(table, organization);
  const chosen =
    repositories === 'all'
      ? known.filter((repository) => forks || !repository.fork)
      : resolveRepositories(repositories, known);
  let first = beside;
  if (repositories === 'all') {
    const synchronizations = new Map(
      known.map(({ synchronization }) => [synchronization.id, synchronization]),
    );
    await table.transact([...first, ...[...synchronizations.keys()].map(chooseAll)]);
    first = [];
  }
  // Two items for each repository.
  const batch = Math.floor((transactionItemsMax - beside.length) / 2);
  for (let start = 0; start < chosen.length; start += batch) {
    const part = chosen.slice(start, start + batch).map(({ synchronization, repository }) => ({
      choice: setChoice(synchronization.id, repository, true),
      scan: scanWork(organization.id, synchronization.id, repository),
    }));
    await table.transact([
      ...first,
      ...part.flatMap(({ choice, scan }) => [choice, requestWork(scan, clock.now(), { cause: 'chosen' })]),
    ]);
    first = [];
    await workQueue.send(part.map(({ scan }) => scan.message));
  }
  return chosen.map((repository) => repository.fullName);
}

/** An entry of the history names no more, and says how many they are: all would not fit into it. */
const namedMax = 100;

/** Chooses packages as `choosePackages`, with an entry in the history. */
export async function choosePackagesAs(
  dependencies: ChoosePackagesDependencies & { readonly randomBytes: (count: number) => Uint8Array },
  organization: Organization,
  input: ChoosePackagesInput,
  accountable: Accountable,
): Promise<readonly string[]> {
  const { repositories, forks } = input;
  const subject =
    repositories === 'all'
      ? `all repositories${forks ? ', forks too' : ''}`
      : `${repositories.length} repositories`;
  const after =
    repositories === 'all'
      ? { repositories, forks }
      : {
          repositories: repositories.slice(0, namedMax),
          ...(repositories.length > namedMax ? { more: repositories.length - namedMax } : {}),
          forks,
        };
  const entry = ownerAct(dependencies, organization.id, accountable, 'choose-packages', subject, { after });
  return choosePackages(dependencies, organization, input, [entry]);
}

async function repositoriesOf(
  table: Table,
  organization: Organization,
): Promise<
  readonly (RepositoryFact & { readonly synchronization: Synchronization; readonly key: string })[]
> {
  const all = [];
  for (const synchronization of await synchronizationsOf(table, organization.id)) {
    for (const fact of await loadFacts(table, synchronization.id, 'repository')) {
      const key = repositoryKey({ synchronization: synchronization.id, repository: fact.repository });
      all.push({ ...fact, synchronization, key });
    }
  }
  return all;
}
