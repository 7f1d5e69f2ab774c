/**
 * What a person may do by a right that owners left to a team. It counts on the repositories that the person reads as a member of that very
 * team, by the function that decides about installing (shared/domain/access.ts). So it ends with the membership, with the team's
 * right to read, with a claim of an event on either, and with switching the person off.
 */
import { type DelegatedRight, delegatedRights } from '../domain/delegated-right.ts';
import { type OrganizationId, type Principal, teamPrincipal, type UserId } from '../domain/ids.ts';
import { type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import { decisionsFor } from '../publish/effective-rights.ts';
import type { Table } from '../store/table.ts';
import { teamsWithRights } from '../store/team-rights-store.ts';

export interface HeldRights {
  /** Those that count on some repository. */
  readonly rights: readonly DelegatedRight[];
  /** The teams through which the person has it. */
  teams(right: DelegatedRight): readonly Principal[];
  /** The keys of the repositories on which one of the rights counts, in their order; as in `repositoryKey`. */
  repositories(rights: readonly DelegatedRight[]): readonly string[];
  mayActOn(rights: readonly DelegatedRight[], repository: RepositoryOf): boolean;
  /** Whether the person may install from it, by whatever right. */
  mayRead(repository: RepositoryOf): boolean;
}

/**
 * One read where no team has a right; otherwise also those for what the person reads.
 *
 * @param now milliseconds since the epoch
 */
export async function delegatedRightsOf(
  table: Table,
  organization: OrganizationId,
  user: UserId,
  now: number,
): Promise<HeldRights> {
  const byTeam = await teamsWithRights(table, organization);
  const decisions =
    byTeam.size === 0 ? [] : await decisionsFor(table, organization, { kind: 'user', user }, now);
  const readable = new Set<string>();
  const held = new Map<DelegatedRight, Set<string>>();
  const through = new Map<DelegatedRight, Set<Principal>>();
  for (const { synchronization, readable: repositories } of decisions) {
    for (const [repository, paths] of repositories) {
      const key = repositoryKey({ synchronization: synchronization.id, repository });
      readable.add(key);
      // A public repository is read by everybody: that makes it no repository of the team.
      const teams = paths.flatMap((via) => ('team' in via && via.team !== undefined ? [via.team] : []));
      for (const team of teams.map((id) => teamPrincipal(synchronization.id, id))) {
        for (const right of byTeam.get(team) ?? []) {
          held.set(right, (held.get(right) ?? new Set()).add(key));
          through.set(right, (through.get(right) ?? new Set()).add(team));
        }
      }
    }
  }
  const isHeld = (rights: readonly DelegatedRight[], key: string): boolean =>
    rights.some((right) => held.get(right)?.has(key));
  return {
    rights: delegatedRights.filter((right) => held.has(right)),
    teams: (right) => [...(through.get(right) ?? [])],
    repositories: (rights) => [...readable].filter((key) => isHeld(rights, key)).sort(),
    mayActOn: (rights, repository) => isHeld(rights, repositoryKey(repository)),
    mayRead: (repository) => readable.has(repositoryKey(repository)),
  };
}
