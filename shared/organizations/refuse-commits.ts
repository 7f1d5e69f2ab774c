/**
 * Deletes versions with their archives, or refuses commits, mostly because of a secret in them. The commits are refused from then on in
 * every package, under any name or number. Clients lose them at once; `run-deletion` removes the archives.
 */

import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { askDeletion, deletionOf } from '../store/deletion-store.ts';
import { findPackageByName, type StoredPackage, versionsOfPackage } from '../store/package-store.ts';
import { refuseCommit } from '../store/refused-commit-store.ts';
import { type Table, transactionItemsMax } from '../store/table.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { type NarrowDependencies, narrowRefused, packagesWith } from './narrow-refused.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface RefuseDependencies extends NarrowDependencies {
  readonly randomBytes: (count: number) => Uint8Array;
}

/** What is refused, or would be without a confirmation. */
export interface Refusal {
  readonly done: boolean;
  readonly commits: readonly string[];
  /** All versions at these commits, including those that were not named. */
  readonly versions: readonly { readonly package: string; readonly version: string }[];
  /** How many of their archives are stored. */
  readonly archives: number;
}

/** How many commits one command takes. Their transaction also has an entry of the audit log and the deletion. */
const commitsMax = transactionItemsMax - 2;

/** Whether the caller may delete from the package. */
type MayActOn = (found: StoredPackage) => boolean;

interface Refusing {
  readonly act: string;
  readonly subject: string;
  readonly mayActOn: MayActOn;
}

interface VersionsToDelete {
  readonly packageName: string;
  readonly versions: readonly string[];
  readonly mayActOn?: MayActOn;
}

/**
 * @param versions as `status` or Composer shows them, or normalized
 * @param mayActOn a commit is refused in every package that has it: the caller has to be allowed to act on each
 * @throws CallerError for a package or a version that does not exist, or is also another's that the caller may not act on
 */
export async function deleteVersions(
  dependencies: RefuseDependencies,
  organization: Organization,
  { packageName, versions, mayActOn = () => true }: VersionsToDelete,
  confirmation: Confirmation,
): Promise<Refusal> {
  const { table } = dependencies;
  const found = await findPackageByName(table, organization.id, packageName);
  if (found === undefined || found.state === 'deleted') {
    throw new CallerError(
      'not-found',
      `${organization.slug} has no package ${packageName}; status lists them`,
    );
  }
  const stored = await versionsOfPackage(table, organization.id, found.number);
  const named = versions.map((text) => ({
    text,
    commit: stored.find((one) => one.version === text || one.versionNormalized === text)?.commit,
  }));
  const missing = named.filter(({ commit }) => commit === undefined).map(({ text }) => text);
  if (missing.length > 0) {
    throw new CallerError(
      'not-found',
      `${packageName} has no version ${missing.join(', ')}; it has ${stored.map((one) => one.version).join(', ') || 'none'}`,
    );
  }
  const commits = [...new Set(named.flatMap(({ commit }) => commit ?? []))];
  return refuse(dependencies, organization, commits, confirmed(confirmation, packageName), {
    act: 'delete-version',
    subject: `${packageName} ${named.map(({ text, commit }) => `${text} (${commit?.slice(0, 12)})`).join(', ')}`,
    mayActOn,
  });
}

/**
 * @param commits full hashes
 * @throws CallerError for anything but a full hash
 */
export async function refuseCommits(
  dependencies: RefuseDependencies,
  organization: Organization,
  commits: readonly string[],
  confirmation: Confirmation,
): Promise<Refusal> {
  checkHashes(commits);
  const by = confirmed(confirmation, commits.join(','));
  const subject = commits.join(', ');
  return refuse(dependencies, organization, [...new Set(commits)], by, {
    act: 'refuse-commit',
    subject,
    mayActOn: () => true,
  });
}

/** @throws CallerError */
export function checkHashes(commits: readonly string[]): void {
  const wrong = commits.filter((commit) => !/^(?:[0-9a-f]{40}|[0-9a-f]{64}|\/\S*@\d+)$/.test(commit));
  if (wrong.length > 0 || commits.length === 0) {
    throw new CallerError(
      'invalid',
      `give full commit hashes in lower case, or references of Subversion as versions have them, not: ${wrong.join(', ') || 'none was'}`,
    );
  }
}

async function refuse(
  dependencies: RefuseDependencies,
  organization: Organization,
  commits: readonly string[],
  by: Accountable | undefined,
  { act, subject, mayActOn }: Refusing,
): Promise<Refusal> {
  const { table, workQueue, clock } = dependencies;
  if (commits.length > commitsMax) {
    throw new CallerError('invalid', `${commits.length} commits given; at most ${commitsMax} at once`);
  }
  const plan = await refusalOf(table, organization, commits, mayActOn);
  if (by === undefined) {
    return { done: false, ...plan };
  }
  const deletion = { kind: 'refused-commits' } as const;
  await table.transact([
    ...commits.map((commit) => refuseCommit(organization.id, { commit, ...by, at: clock.now() })),
    ownerAct(dependencies, organization.id, by, act, subject),
    askDeletion(organization.id, deletion, 'archives of refused commits', clock.now()),
  ]);
  // The deletion's worker would do this too, only later.
  await narrowRefused(dependencies, organization, commits);
  await workQueue.send([deletionOf(organization.id, deletion).message]);
  return { done: true, ...plan };
}

async function refusalOf(
  table: Table,
  { id: organization }: Organization,
  commits: readonly string[],
  mayActOn: MayActOn,
): Promise<Omit<Refusal, 'done'>> {
  const affected = await packagesWith(table, organization, commits);
  if (!affected.every(({ found }) => mayActOn(found))) {
    throw new CallerError(
      'forbidden',
      'another package has a commit of these versions, and would lose it too: an owner has to delete them',
    );
  }
  const versions: Refusal['versions'][number][] = [];
  for (const { found } of affected) {
    for (const { version, commit } of await versionsOfPackage(table, organization, found.number)) {
      if (commits.includes(commit)) {
        versions.push({ package: found.name, version });
      }
    }
  }
  const archives = affected.flatMap(({ dists }) => dists.filter(({ shasum }) => shasum !== undefined));
  return { commits, versions, archives: archives.length };
}
