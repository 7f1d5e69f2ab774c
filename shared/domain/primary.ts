/** Which synchronization says who owns an organization. */
import type { Organization } from './organization.ts';
import type { Synchronization } from './synchronization.ts';

/** The synchronization whose owners are the organization's; undefined where there is none. */
export function primaryOf<Candidate extends Pick<Synchronization, 'id' | 'createdAt'>>(
  { primarySynchronization }: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Candidate[],
): Candidate | undefined {
  const [oldest] = [...synchronizations].sort(
    (one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1),
  );
  return synchronizations.find(({ id }) => id === primarySynchronization) ?? oldest;
}

/** Whether owners by hand count: until the primary's members were read once, whoever made the organization goes on owning it. */
export const ownersByHandCount = (primary: Pick<Synchronization, 'lastSuccessAt'> | undefined): boolean =>
  primary?.lastSuccessAt.members === undefined;
