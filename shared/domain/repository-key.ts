/** A repository of an organization, named by one text: ids of code hosts are unique within a synchronization only. */
import { asId, type ForgeRepositoryId, isId, type SynchronizationId } from './ids.ts';

export interface RepositoryOf {
  readonly synchronization: SynchronizationId;
  readonly repository: ForgeRepositoryId;
}

export const repositoryKey = ({ synchronization, repository }: RepositoryOf): string =>
  `${synchronization}~${repository}`;

/** Undefined for a text that is no such key. */
export function parseRepositoryKey(text: string): RepositoryOf | undefined {
  const [synchronization = '', repository = '', ...more] = text.split('~');
  return isId(synchronization) && isId(repository) && more.length === 0
    ? {
        synchronization: asId<SynchronizationId>(synchronization),
        repository: asId<ForgeRepositoryId>(repository),
      }
    : undefined;
}
