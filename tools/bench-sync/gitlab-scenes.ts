/** What reading and following a middling company on GitLab costs in requests, writes and messages. */
import { loadFacts } from '../../shared/store/fact-store.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import type { Figure, Section } from './figures.ts';
import { type GitLabCompany, type GroupSize, startCompany } from './gitlab-organization.ts';
import { type Cost, createSystem, type System } from './system.ts';

/** Between two runs of the schedule, in milliseconds. */
const scheduleMs = 600_000;
/** Of a list. */
const perPage = 100;

/**
 * What the structure may cost: at most 60 requests for 500 projects in 30 groups where GraphQL lists members of many at once, else 590.
 */
export function structureMost(size: GroupSize): number {
  const { projects, groups, members, hasGraphql } = size;
  const pages = Math.ceil(projects / perPage);
  const memberPages = Math.ceil(members / perPage);
  // Each group for its links, and the top-level one as a probe; the groups, the instance, and who waits; the projects.
  const lists = groups + 4 + pages;
  // Members of groups and of projects: a page of many, or a list each. The top-level group has everybody, which may be more than a page.
  const byGraphql = 1 + pages + (memberPages > 1 ? memberPages : 0);
  return lists + (hasGraphql ? byGraphql : groups + memberPages - 1 + projects) + checkMost(size);
}

/** Of some projects, whose members with those of all groups above them GitLab lists: one list by itself, and one of them all. */
function checkMost({ members, hasGraphql }: GroupSize): number {
  const each = 1 + Math.ceil(members / perPage);
  return Math.floor((hasGraphql ? 12 : 8) / each) * each;
}

/**
 * What a read may cost when nothing has changed: at most 100 for 500 projects in 30 groups, of which every tenth project has members of its own.
 * Without GraphQL those are read in turn, each within an hour, and the others once a day.
 */
export function unchangedMost(size: GroupSize): number {
  const { projects } = size;
  const inTurn = Math.ceil(projects / 10 / 5) + Math.ceil(projects / 144);
  // Turns are not spread quite evenly.
  const spared = projects - Math.ceil(1.4 * inTurn);
  return structureMost(size) - (size.hasGraphql ? 0 : spared);
}

/** Commits in the first query for their files, which asks for the project too, and in each other. */
const [commitsFirst, commitsNext] = [37, 41];

/** Workers that scan at once; each begins a scan again that meets the limit of all requests, once a minute. */
const scanWorkers = 10;
const requestsPerMinute = 2000;

/**
 * Tags and branches by pages, and the project with its files by queries. REST tells the file of each commit, and before it the project and its
 * newest commit; GraphQL was asked in vain.
 */
export function contentsMost({ projects, refs, hasGraphql }: GroupSize): number {
  // The branch is at the last tag's commit.
  const commits = refs - 1;
  const queries = 1 + Math.ceil(Math.max(0, commits - commitsFirst) / commitsNext);
  const each = Math.ceil(commits / perPage) + 1 + (hasGraphql ? queries : commits + 3);
  return projects * each + Math.floor((projects * each) / requestsPerMinute) * scanWorkers * (each - 1);
}

export interface GitLabScenes {
  readonly structure: Section;
  readonly contents: Section;
  readonly changes: Section;
}

export async function measureGitLab(size: GroupSize): Promise<GitLabScenes> {
  const company = await startCompany(size);
  try {
    const system = await createSystem(company.forge);
    const imported = await system.cost(system.reconcile);
    const contents = await contentsSection(size, system, imported, company);
    // The first after an import notes that it has ended.
    for (let count = 0; count < 2; count += 1) {
      await system.world.clock.advance(scheduleMs);
      await system.cost(system.reconcile);
    }
    await system.world.clock.advance(scheduleMs);
    const structure = structureSection(size, imported, await system.cost(system.reconcile), company);
    return { structure, contents, changes: await changesSection(size, system, company) };
  } finally {
    await company.close();
  }
}

const isOfContents = (what: string): boolean =>
  /\/repository\/|graphql Files|GET \/projects\/:id$/.test(what);

const countOf = ({ asked }: Cost, isWanted: (what: string) => boolean): number =>
  Object.entries(asked.counts).reduce((sum, [what, count]) => sum + (isWanted(what) ? count : 0), 0);

const refusedFigure = ({ lab }: GitLabCompany): Figure => ({
  name: 'requests beyond a limit of GitLab.com, of all so far',
  measured: Object.values(lab.simulator.refusals()).reduce((sum, count) => sum + count, 0),
  most: 0,
});

function structureSection(size: GroupSize, imported: Cost, unchanged: Cost, company: GitLabCompany): Section {
  const { projects, groups, members, hasGraphql } = size;
  const way = hasGraphql ? 'members by GraphQL' : 'members by REST';
  return {
    title: `GitLab: structure of ${projects} projects in ${groups} groups, ${members} members; ${way}`,
    figures: [
      {
        name: 'first read: requests',
        measured: countOf(imported, (what) => !isOfContents(what)),
        most: structureMost(size),
      },
      {
        name: 'read again, nothing changed: requests',
        measured: unchanged.asked.total,
        most: unchangedMost(size),
      },
      ...kindsOf(unchanged),
      { name: '  facts written', measured: unchanged.writes.items.fact ?? 0, most: 0 },
      { name: '  objects written', measured: unchanged.objects.length, most: 0 },
      { name: '  calls that write to the table', measured: unchanged.writes.calls, most: 19 },
      refusedFigure(company),
    ],
  };
}

const kindsOf = ({ asked }: Cost): readonly Figure[] =>
  Object.entries(asked.counts).map(([what, measured]) => ({ name: `    ${what}`, measured }));

async function contentsSection(
  size: GroupSize,
  { table }: System,
  imported: Cost,
  company: GitLabCompany,
): Promise<Section> {
  const { projects, refs } = size;
  const packages = await packagesOf(table, organizationId);
  const lists = await Promise.all(
    packages.map(({ number }) => versionsOfPackage(table, organizationId, number)),
  );
  const facts = await loadFacts(table, synchronizationId, 'repository');
  return {
    title: `GitLab: contents of ${projects} projects with ${refs} refs each`,
    figures: [
      { name: 'projects', measured: facts.length, least: projects, most: projects },
      { name: 'packages', measured: packages.length, least: projects, most: projects },
      { name: 'versions', measured: lists.flat().length, least: projects * refs, most: projects * refs },
      {
        name: 'first import: requests for contents',
        measured: countOf(imported, isOfContents),
        most: contentsMost(size),
      },
      ...kindsOf(imported),
      {
        name: '  files read by REST',
        measured: countOf(imported, (what) => what.includes('/repository/files/')),
        most: size.hasGraphql ? 0 : projects * refs,
      },
      refusedFigure(company),
    ],
  };
}

/** The top-level group, the groups below it, the member's place in the one; the members of the other and itself, which is a probe too. */
const readMost = 5;

async function changesSection(size: GroupSize, system: System, company: GitLabCompany): Promise<Section> {
  const { lab, example } = company;
  const { changes } = lab.simulator;
  const { group: source, member, outsider } = example;
  const cost = async (does: () => Promise<unknown>): Promise<Cost> => {
    await system.world.clock.advance(scheduleMs);
    return system.cost(async () => {
      await does();
      await system.receive();
    });
  };
  const comes = await cost(() => changes.run('set-member', { source, user: outsider, level: 'developer' }));
  // It is read at once, and again when the API has to know.
  const goes = await cost(() => changes.run('remove-member', { source, user: member }));
  const leaves = await cost(() => changes.run('remove-member', { source: 'acme', user: member }));
  return {
    title: 'GitLab: one member changed, told by an event',
    figures: [
      {
        name: 'somebody comes into a group: requests',
        measured: comes.asked.total,
        least: 1,
        most: readMost,
      },
      ...kindsOf(comes),
      { name: '  facts written', measured: comes.writes.items.fact ?? 0, least: 1 },
      {
        name: 'somebody goes out of a group: requests',
        measured: goes.asked.total,
        least: 1,
        most: 2 * readMost,
      },
      ...kindsOf(goes),
      { name: '  facts written', measured: goes.writes.items.fact ?? 0, least: 1 },
      {
        name: 'somebody goes out of the top-level group: requests',
        measured: leaves.asked.total,
        least: 1,
        // Everybody is in it, which may be more than a page.
        most: 2 * (readMost + Math.ceil(size.members / perPage) - 1),
      },
      ...kindsOf(leaves),
      { name: '  facts written', measured: leaves.writes.items.fact ?? 0, least: 1 },
      refusedFigure(company),
    ],
  };
}
