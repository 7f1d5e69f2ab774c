/**
 * Reads teams of the enterprise that were added to the organization, and may have rights on its repositories like its own teams. GraphQL
 * does not support them, so they are read by REST, which has had them since February 2026.
 *
 * https://github.blog/changelog/2026-02-23-enterprise-team-support-in-organization-apis
 */
import { z } from 'zod';
import type { TeamFact, TeamMemberFact, TeamRepositoryFact } from '../../domain/facts.ts';
import type { ForgeTeamId } from '../../domain/ids.ts';
import { numberedList } from '../numbered-list.ts';
import type { Reading } from '../reading.ts';
import type { Account } from './account.ts';
import type { Requests } from './requests.ts';
import {
  type ListedMember,
  type ListedRepository,
  type ListedTeam,
  listedMember,
  listedRepository,
  listedTeam,
} from './schema.ts';

/**
 * Reads these teams with one request, and two more for each. They are never nested. They have no handle, so that none counts as gone
 * because GraphQL does not find it.
 *
 * @param known teams that were already read by GraphQL
 */
export async function readEnterpriseTeams(
  requests: Requests,
  { id, login }: Account,
  reading: Reading,
  known: ReadonlySet<ForgeTeamId>,
): Promise<(TeamFact | TeamMemberFact | TeamRepositoryFact)[]> {
  const listed = await reading.list<ListedTeam>(
    'enterprise teams',
    listedTeam,
    numberedList('enterprise teams', (page) =>
      requests.getNumberedPage(
        'GET /orgs/{org}/teams',
        { org: login, team_type: 'enterprise', ...page },
        z.array(listedTeam),
      ),
    ),
  );
  const facts: (TeamFact | TeamMemberFact | TeamRepositoryFact)[] = [];
  for (const { id: team, slug, name, privacy } of listed.filter(
    (one) => one.type === 'enterprise' && !known.has(one.id),
  )) {
    const parameters = { org_id: id, team_id: team };
    const members = await reading.list<ListedMember>(
      `enterprise team ${team} members`,
      listedMember,
      numberedList('members of an enterprise team', (page) =>
        requests.getNumberedPage(
          'GET /organizations/{org_id}/team/{team_id}/members',
          { ...parameters, ...page },
          z.array(listedMember),
        ),
      ),
    );
    const repositories = await reading.list<ListedRepository>(
      `enterprise team ${team} repositories`,
      listedRepository,
      numberedList('repositories of an enterprise team', (page) =>
        requests.getNumberedPage(
          'GET /organizations/{org_id}/team/{team_id}/repos',
          { ...parameters, ...page },
          z.array(listedRepository),
        ),
      ),
    );
    facts.push(
      { kind: 'team', team, slug, name, parent: undefined, privacy },
      ...members.map((one) => ({ kind: 'team-member' as const, team, account: one.id, login: one.login })),
      ...repositories
        .filter(({ permissions }) => permissions.pull)
        .map((one) => ({
          kind: 'team-repository' as const,
          team,
          repository: one.id,
          permission: one.role_name,
          via: team,
        })),
    );
  }
  return facts;
}
