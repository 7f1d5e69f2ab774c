/** Decides which repository has to be scanned because its fact changed. */
import type { RepositoryFact } from '../../domain/facts.ts';
import type { PlannedChange } from './plan.ts';

/** Attributes of a repository that may affect its versions, or where they are found. */
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

/** The repository to scan because of the change: its packages may be added, removed or get new versions. */
export function repositoryToScan(change: PlannedChange): RepositoryFact['repository'] | undefined {
  const { fact } = change;
  if (fact.kind !== 'repository') {
    return undefined;
  }
  const before = change.kind === 'update' && change.before.kind === 'repository' ? change.before : undefined;
  const nothingNew = before !== undefined && scanned.every((name) => before[name] === fact[name]);
  return nothingNew ? undefined : fact.repository;
}
