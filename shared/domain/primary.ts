/** Which synchronization says who owns an organization. */
import type { Organization } from './organization.ts';
import type { Synchronization } from './synchronization.ts';

/** The synchronization whose owners are the organization's; undefined where there is none. */
export function primaryOf<Candidate extends Pick<Synchronization, 'id' | 'createdAt'>>(
  { primarySynchronization }: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Candidate[],
): Candidate | undefined {
  const [oldest] = synchronizations.toSorted(oldestFirst);
  return synchronizations.find(({ id }) => id === primarySynchronization) ?? oldest;
}

const oldestFirst = (
  one: Pick<Synchronization, 'id' | 'createdAt'>,
  other: Pick<Synchronization, 'id' | 'createdAt'>,
): number => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);

/** In the order in which people see them: the primary one, then those that were connected first. */
export function primaryFirst<Candidate extends Pick<Synchronization, 'id' | 'createdAt'>>(
  organization: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Candidate[],
): readonly Candidate[] {
  const primary = primaryOf(organization, synchronizations);
  const others = synchronizations.filter((one) => one !== primary).toSorted(oldestFirst);
  return primary === undefined ? others : [primary, ...others];
}

/** Whether owners by hand count: until the primary's members were read once, whoever made the organization goes on owning it. */
export const ownersByHandCount = (primary: Pick<Synchronization, 'lastSuccessAt'> | undefined): boolean =>
  primary?.lastSuccessAt.members === undefined;
