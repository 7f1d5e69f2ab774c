/** Gives a package's name to one of the repositories that claim it. */

import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import type { RepositoryFact } from '../domain/facts.ts';
import type { Organization } from '../domain/organization.ts';
import { type PackageSource, sameRepository } from '../domain/package.ts';
import { repositoryKey } from '../domain/repository-key.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Passed, passName } from '../scan/pass-name.ts';
import { findFact, loadFacts } from '../store/fact-store.ts';
import { findName, nameClaims, type StoredName } from '../store/name-store.ts';
import { findPackage, givenReason, isOfSource } from '../store/package-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { WorkQueue } from '../store/work.ts';
import { movePackage } from './move-package.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface GivePackageNameDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface GivePackageNameInput {
  readonly packageName: string;
  /** The repository's name, its full name, the forge's id of it, or its key. */
  readonly to: string;
  /** Whether it is the same package, moved: then it keeps its number and its archives. */
  readonly samePackage: boolean;
  /** A refusal names only these. */
  readonly mayActOn?: (source: PackageSource) => boolean;
}

export interface GivenPackageName {
  readonly package: string;
  readonly from: string;
  readonly to: string;
  readonly numberBefore: number;
  readonly number: number;
}

type Repository = Pick<RepositoryFact, 'fullName' | 'archived'> & { readonly source: PackageSource };

/**
 * @throws CallerError when nobody has the name, when the repository does not claim it or has it already, or when a package to move has no
 * records any more
 */
export async function givePackageName(
  dependencies: GivePackageNameDependencies,
  organization: Organization,
  input: GivePackageNameInput,
  by: Accountable,
): Promise<GivenPackageName> {
  const { table, workQueue, logger } = dependencies;
  const name = input.packageName.toLowerCase();
  const before = await findName(table, organization.id, name);
  if (before === undefined) {
    throw new CallerError(
      'not-found',
      `no repository has the name ${name}: one whose composer.json has it gets it with its next scan, or status says why not`,
    );
  }
  const to = await claimantNamed(table, organization, name, before, input);
  const subject = `${name} to ${to.fullName}${input.samePackage ? ' as the same package' : ''}`;
  const beside = [ownerAct(dependencies, organization.id, by, 'give-name', subject)];
  const passing = {
    name,
    before,
    to: to.source,
    about: { archived: to.archived },
    isGiven: true,
    // Whoever may read the package reads it; who gave the name, and why, is in the history.
    reason: givenReason,
    beside,
  };
  const passed = await unlessChanged(
    `something else changed ${name} at the same time; try again`,
    async (): Promise<Passed> =>
      input.samePackage
        ? movePackage(dependencies, organization, {
            ...passing,
            found: await packageToMove(table, organization, name, before),
          })
        : passName(dependencies, organization, passing),
  );
  await workQueue.send(passed.messages);
  logger.warn('a package name passed to another repository', {
    organization: organization.id,
    package: name,
    from: before.source.repository,
    to: to.source.repository,
  });
  return {
    package: name,
    from: await fullNameOf(table, before.source),
    to: to.fullName,
    numberBefore: before.number,
    number: passed.made.number,
  };
}

/** @throws CallerError that lists the claimants */
async function claimantNamed(
  table: Table,
  organization: Organization,
  name: string,
  before: StoredName,
  { to: named, mayActOn = () => true }: GivePackageNameInput,
): Promise<Repository> {
  const wanted = named.toLowerCase();
  const all = await repositoriesOf(table, organization);
  const fitting = all.filter(
    ({ fullName, shortName, source }) =>
      source.repository === named ||
      repositoryKey(source) === named ||
      [fullName.toLowerCase(), shortName.toLowerCase()].includes(wanted),
  );
  const claims = await nameClaims(table, organization.id, name);
  const claimOf = (source: PackageSource) => claims.find((claim) => sameRepository(claim, source));
  const isClaimant = (source: PackageSource): boolean => claimOf(source) !== undefined;
  const claimants = all
    .filter(({ source }) => isClaimant(source) && mayActOn(source))
    .map(({ fullName }) => fullName);
  const listed =
    claimants.length === 0
      ? 'no repository claims it'
      : `repositories that claim it: ${claimants.join(', ')}`;
  const [repository, another] = fitting;
  if (repository === undefined) {
    throw new CallerError('not-found', `no such repository: ${named}; ${listed}`);
  }
  if (another !== undefined) {
    throw new CallerError(
      'invalid',
      `several repositories are called ${named}; give a full name or an id: ${fitting
        .map(({ fullName, source }) => `${fullName} (${source.repository})`)
        .join(', ')}`,
    );
  }
  const found = await findPackage(table, organization.id, before.number);
  if (sameRepository(repository.source, before.source) && found !== undefined && isOfSource(found)) {
    throw new CallerError('conflict', `${repository.fullName} already has the name ${name}`);
  }
  const claim = claimOf(repository.source);
  if (claim !== undefined) {
    // It says in which of its folders the name is.
    return { ...repository, source: claim };
  }
  throw new CallerError(
    'conflict',
    `${repository.fullName} does not claim ${name}: composer.json on its default branch must have that name, and status must show no other reason why it waits; ${listed}`,
  );
}

async function repositoriesOf(
  table: Table,
  organization: Organization,
): Promise<readonly (Repository & { readonly shortName: string })[]> {
  const all = [];
  for (const { id } of await synchronizationsOf(table, organization.id)) {
    for (const { repository, name, fullName, archived } of await loadFacts(table, id, 'repository')) {
      const source = { synchronization: id, repository, directory: '' };
      all.push({ shortName: name, fullName, archived, source });
    }
  }
  return all;
}

/** @throws CallerError when its records are gone */
async function packageToMove(table: Table, organization: Organization, name: string, { number }: StoredName) {
  const found = await findPackage(table, organization.id, number);
  if (found === undefined || !isOfSource(found)) {
    throw new CallerError(
      'conflict',
      `${name} was deleted here and nothing of it is left: give the name without --same-package`,
    );
  }
  return found;
}

/** The repository's last known name; the forge's id if none is known. */
async function fullNameOf(table: Table, { synchronization, repository }: PackageSource): Promise<string> {
  const fact = await findFact(table, synchronization, `repository#${repository}`);
  return fact?.kind === 'repository' ? fact.fullName : repository;
}
