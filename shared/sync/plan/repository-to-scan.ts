/** Which repository has to be scanned because its fact changed. */
import type { RepositoryFact } from '../../domain/facts.ts';
import type { PlannedChange } from './plan.ts';

/** Attributes of a repository whose change may change its versions, or where they are found. */
const scanned = [
  'name',
  'fullName',
  'visibility',
  'defaultBranch',
  'archived',
  'pushedAt',
  'tagCount',
  'branchCount',
  'fork',
] as const satisfies readonly (keyof RepositoryFact)[];

/** The repository that has to be scanned because of the change: its packages come, go or may have new versions. */
export function repositoryToScan(change: PlannedChange): RepositoryFact['repository'] | undefined {
  const { fact } = change;
  if (fact.kind !== 'repository') {
    return undefined;
  }
  const before = change.kind === 'update' && change.before.kind === 'repository' ? change.before : undefined;
  const nothingNew = before !== undefined && scanned.every((name) => before[name] === fact[name]);
  return nothingNew ? undefined : fact.repository;
}
