/** What reading and following a middling company on Bitbucket Cloud costs in requests of each hour, and how long it takes. */
import { bitbucketTraits } from '../../shared/forge/bitbucket/traits.ts';
import { loadFacts } from '../../shared/store/fact-store.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { scansOf } from '../../shared/store/scan-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { type BitbucketCompany, startWorkspace, type WorkspaceSize } from './bitbucket-organization.ts';
import type { Figure, Section } from './figures.ts';
import { tagName } from './shared-refs.ts';
import { type Cost, createSystem, type System } from './system.ts';

const hourMs = 3600_000;
const minuteMs = 60_000;
/** The list of permissions is read again at the latest after this, for a workspace of 500 repositories and 100 members. */
const steadyHours = 3;

/** https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/; nothing is documented for workspaces. */
const limits = { repositories: 1_000, workspaces: 1_000, 'raw files': 5_000, archives: 1_500 } as const;
type Group = keyof typeof limits;

function groupOf(what: string): Group {
  if (what.includes('/src/')) return 'raw files';
  if (what.includes('/get/')) return 'archives';
  return what.includes('/2.0/repositories/') ? 'repositories' : 'workspaces';
}

function byGroup({ asked }: Cost): Readonly<Record<Group, number>> {
  const sums = { repositories: 0, workspaces: 0, 'raw files': 0, archives: 0 };
  for (const [what, count] of Object.entries(asked.counts)) sums[groupOf(what)] += count;
  return sums;
}

/** Each commit's manifest is a request; the branch is at the last tag's commit. */
export const filesOf = ({ repositories, refs }: WorkspaceSize): number => repositories * (refs - 1);

/** Hours that the raw files alone take, if each hour is used up. */
export const boundOf = (size: WorkspaceSize): number => filesOf(size) / limits['raw files'];

export interface BitbucketScenes {
  readonly firstHour: Section;
  readonly contents: Section;
  readonly steady: Section;
}

export async function measureBitbucket(size: WorkspaceSize): Promise<BitbucketScenes> {
  const company = await startWorkspace(size);
  try {
    const system = await createSystem(company.forge);
    await system.reconcile();
    const hour = await system.runFor(hourMs);
    const firstHour = await firstHourSection(size, system, hour, company);
    const contents = await contentsSection(size, system, company);
    return { firstHour, contents, steady: await steadySection(system, company) };
  } finally {
    await company.close();
  }
}

const refusedFigure = ({ lab }: BitbucketCompany): Figure => ({
  name: 'requests beyond an hour of Bitbucket, of all so far',
  measured: Object.values(lab.simulator.refusals()).reduce((sum, count) => sum + count, 0),
  most: 0,
});

/** How many requests each group got; at most that share of its hour. */
const groupFigures = (counts: Readonly<Record<Group, number>>, share = 1): readonly Figure[] =>
  (Object.keys(limits) as Group[]).map((group) => ({
    name: `  of ${group}`,
    measured: counts[group],
    most: limits[group] * share,
  }));

async function versionsIn({ table }: System) {
  const packages = await packagesOf(table, organizationId);
  return Promise.all(packages.map(({ number }) => versionsOfPackage(table, organizationId, number)));
}

async function firstHourSection(
  size: WorkspaceSize,
  system: System,
  hour: Cost,
  company: BitbucketCompany,
): Promise<Section> {
  const { repositories, projects, members, refs } = size;
  const { lastSuccessAt } = (await findSynchronization(system.table, synchronizationId)) ?? {
    lastSuccessAt: {},
  };
  const rows = (await loadFacts(system.table, synchronizationId, 'collaborator')).length;
  const newest = tagName(refs - 1);
  const installable = (await versionsIn(system)).filter((versions) =>
    versions.some(({ version, state }) => version === newest && state === 'published'),
  ).length;
  const exactly = (count: number) => ({ least: count, most: count });
  return {
    title: `Bitbucket: the first hour of ${repositories} repositories in ${projects} projects with ${refs} refs each, ${members} members`,
    figures: [
      {
        name: 'lists read whole',
        measured: Object.keys(lastSuccessAt).length,
        ...exactly(bitbucketTraits.scopes.length),
      },
      { name: 'permissions', measured: rows, ...exactly(repositories * members) },
      {
        name: 'packages with their newest version installable',
        measured: installable,
        ...exactly(repositories),
      },
      { name: 'requests', measured: hour.asked.total },
      ...groupFigures(byGroup(hour)),
      refusedFigure(company),
    ],
  };
}

/** Goes on until every manifest was read. */
async function contentsSection(
  size: WorkspaceSize,
  system: System,
  company: BitbucketCompany,
): Promise<Section> {
  const { clock } = system.world;
  const { table } = system;
  const bound = boundOf(size);
  let hours = 1;
  let files = 0;
  const isDone = async () =>
    (await scansOf(table, synchronizationId)).every(({ lastScannedAt }) => lastScannedAt !== undefined);
  const began = clock.now() - hourMs;
  for (; hours < bound + 3 && !(await isDone()); hours = (clock.now() - began) / hourMs) {
    const cost = await system.runFor(10 * minuteMs);
    files += byGroup(cost)['raw files'];
  }
  const versions = (await versionsIn(system)).flat();
  const count = size.repositories * size.refs;
  return {
    title: `Bitbucket: all versions of ${size.repositories} repositories with ${size.refs} refs each`,
    figures: [
      { name: 'versions', measured: versions.length, least: count, most: count },
      {
        name: `until then: hours (${bound.toFixed(1)} if each hour of raw files is used up)`,
        measured: hours,
        most: Math.max(1, bound) + 1,
      },
      { name: 'raw files after the first hour', measured: files },
      refusedFigure(company),
    ],
  };
}

async function steadySection(system: System, company: BitbucketCompany): Promise<Section> {
  const figures: Figure[] = [];
  // What the import left in the hour before is over.
  await system.runFor(hourMs);
  for (let hour = 1; hour <= steadyHours; hour += 1) {
    const cost = await system.runFor(hourMs);
    figures.push(
      { name: `hour ${hour}, nothing changed: requests`, measured: cost.asked.total },
      ...groupFigures(byGroup(cost), 1 / 2),
      { name: '  facts written', measured: cost.writes.items.fact ?? 0, most: 0 },
      { name: '  objects written', measured: cost.objects.length, most: 0 },
    );
  }
  const { lab, member } = company;
  await lab.simulator.changes.run('remove-member', { user: member.nickname });
  // Ten minutes until the next reconcile, and the time that it takes.
  await system.runFor(10 * minuteMs + 1_000);
  const members = await loadFacts(system.table, synchronizationId, 'member');
  return {
    title: 'Bitbucket: hours in which nothing changes, and a member who left without an event',
    figures: [
      ...figures,
      {
        name: 'somebody who left is a member after ten minutes',
        measured: members.filter(({ account }) => account === member.uuid).length,
        most: 0,
      },
      refusedFigure(company),
    ],
  };
}
