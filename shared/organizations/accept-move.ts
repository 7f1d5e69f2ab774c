/** Accepts that a tag moved: a scan stores the new commit's archive, and then makes the version of it. */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { all, equal } from '../store/condition.ts';
import { keys } from '../store/keys.ts';
import { findPackageByName, findVersion, isOfSource } from '../store/package-store.ts';
import { notRefused } from '../store/refused-commit-store.ts';
import { ConflictError } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface MoveToAccept {
  readonly packageName: string;
  /** The version's normalized text. */
  readonly normalized: string;
  /** Where the owner saw the tag. */
  readonly commit: string;
}

/**
 * @throws CallerError when there is no such version, when its tag is not at that commit, or when the commit was refused
 */
export async function acceptMove(
  dependencies: RefuseDependencies,
  organization: Organization,
  { packageName, normalized, commit }: MoveToAccept,
  by: Accountable,
): Promise<{ readonly version: string; readonly from: string; readonly to: string }> {
  const { table, workQueue, clock } = dependencies;
  const { id } = organization;
  const found = await findPackageByName(table, id, packageName);
  const version =
    found !== undefined && isOfSource(found)
      ? await findVersion(table, id, found.number, normalized)
      : undefined;
  if (found === undefined || version === undefined) {
    throw new CallerError('not-found', `There is no version ${normalized} of ${packageName} here.`);
  }
  if (version.movedTo !== commit) {
    throw new CallerError(
      'conflict',
      version.movedTo === undefined
        ? `The tag ${version.refName} did not move.`
        : `The tag ${version.refName} is at ${version.movedTo} by now.`,
    );
  }
  const scan = scanWork(id, found.synchronization, found.repository);
  const change = { before: { commit: version.commit }, after: { commit } };
  const subject = `${packageName} ${version.version}`;
  try {
    await table.transact([
      {
        update: { key: keys.version(id, found.number, normalized), set: { acceptedMove: commit } },
        when: all(equal('movedTo', commit), equal('commit', version.commit)),
      },
      notRefused(id, commit),
      ownerAct(dependencies, id, by, 'accept-moved-tag', subject, change),
      requestWork(scan, clock.now(), { cause: 'a moved tag was accepted' }),
    ]);
  } catch (error) {
    if (error instanceof ConflictError) {
      throw new CallerError(
        'conflict',
        error.failed.includes(1)
          ? `Commit ${commit} was refused; allow it first.`
          : `Something else changed ${subject} at the same time; try again.`,
      );
    }
    throw error;
  }
  await workQueue.send([scan.message]);
  return { version: version.version, from: version.commit, to: commit };
}
