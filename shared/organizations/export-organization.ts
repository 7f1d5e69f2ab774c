/** Everything of an organization that its owners may take along before they delete it. */
import { ownTeamPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { auditPage } from '../store/audit-log.ts';
import { loadFacts } from '../store/fact-store.ts';
import { personsOf } from '../store/member-store.ts';
import { findOrganizationSettings } from '../store/organization-settings.ts';
import { ownTeamMembersOf, ownTeamsOf } from '../store/own-team-store.ts';
import { packagesOf } from '../store/package-store.ts';
import { everySynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { teamsWithRights } from '../store/team-rights-store.ts';
import { timeText } from './describe-synchronization.ts';

export const exportParts = ['settings', 'packages', 'members', 'history'] as const;
export type ExportPart = (typeof exportParts)[number];

/** One line of the export: what it is about, and the rest. */
type Line = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** The last entries of the history, which can be read in full page by page. */
const historyMax = 750;

/** Lines of the parts that are asked for, each an object for JSON. Nothing secret: of tokens and credentials it has nothing. */
export async function exportOrganization(
  table: Table,
  organization: Organization,
  parts: readonly ExportPart[],
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const part of exportParts.filter((one) => parts.includes(one))) {
    lines.push(...(await linesOf[part](table, organization)));
  }
  return lines;
}

const linesOf: Readonly<
  Record<ExportPart, (table: Table, organization: Organization) => Promise<readonly Line[]>>
> = {
  async settings(table, { id, slug }) {
    const { settingsVersion: _, ...settings } = await findOrganizationSettings(table, id);
    const synchronizations = await everySynchronization(table, id);
    return [
      { kind: 'settings', slug, ...settings },
      ...synchronizations.map(({ forge, baseUrl, forgeOrganization, login, choice, caution, createdAt }) => ({
        kind: 'synchronization',
        ...{ forge, baseUrl, forgeOrganization, login, repositories: choice, caution },
        createdAt: timeText(createdAt),
      })),
    ];
  },
  async packages(table, { id }) {
    return (await packagesOf(table, id))
      .filter(({ state }) => state !== 'copying' && state !== 'deleted')
      .map(({ name, state, repository, directory, versionCount, archived }) => ({
        kind: 'package',
        ...{ name, state, repository, directory, versions: versionCount, archived },
      }));
  },
  async members(table, { id }) {
    const synchronizations = await everySynchronization(table, id);
    const members = [];
    for (const { id: synchronization, forge, baseUrl, login: from } of synchronizations) {
      const facts = await loadFacts(table, synchronization, 'member');
      members.push(
        ...facts.map(({ account, login, role }) => ({
          kind: 'member',
          ...{ forge, baseUrl, organization: from, account, login, role },
        })),
      );
    }
    const persons = (await personsOf(table, id)).map((person) => ({ kind: 'person', ...person }));
    return [...members, ...persons, ...(await teamLines(table, id))];
  },
  async history(table, { id }) {
    const { entries } = await auditPage(table, id, {}, { limit: historyMax });
    return entries.map(({ at, ...entry }) => ({ kind: 'history', at: timeText(at), ...entry }));
  },
};

/** Teams made by hand with their members, and what owners left to which team. */
async function teamLines(table: Table, id: Organization['id']): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const { id: team, name } of await ownTeamsOf(table, id)) {
    const members = await ownTeamMembersOf(table, id, team);
    lines.push({ kind: 'team', id: ownTeamPrincipal(team), name, members });
  }
  for (const [team, rights] of await teamsWithRights(table, id)) {
    lines.push({ kind: 'team-rights', team, rights });
  }
  return lines;
}
