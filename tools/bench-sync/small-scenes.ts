/** What reading and following a middling company costs in requests, writes and messages. Times say nothing here: all is in one process. */
import { randomBytes } from 'node:crypto';
import { grantedPermissions } from '../../local/forges/github/app-identity.ts';
import { predefinedRoles } from '../../local/forges/world/github-organization.ts';
import { findOrganization } from '../../shared/store/organization-store.ts';
import { packagesOf, versionsOfPackage } from '../../shared/store/package-store.ts';
import { issueToken, type TokenHolder } from '../../shared/tokens/issue-token.ts';
import { known } from '../../test/contracts/github-fixture.ts';
import { organizationId } from '../../test/support/synchronized.ts';
import type { Figure, Section } from './figures.ts';
import {
  gitHubForge,
  type Organization,
  type Size,
  startOrganization,
  structureMost,
} from './organization.ts';
import { packageName, tagName } from './shared-refs.ts';
import { type Cost, createSystem, type System } from './system.ts';

/** Between two runs of the schedule, in milliseconds. */
const scheduleMs = 600_000;
/** A principal's view is looked at for the change; what is given shows in the root once the edge serves it. It is read once. */
const toGive = { passes: 2, reads: 1 };
/** For the claim and for the read that agrees. It is read at once, and again when the API has to know. */
const toTake = { passes: 2, reads: 2 };
/** Workers that scan ask for a token each. */
const scanWorkers = 10;

export interface Scenes {
  readonly structure: Section;
  readonly contents: Section;
  readonly changes: Section;
}

export async function measureScenes(size: Size & { readonly refs: number }): Promise<Scenes> {
  const organization = await startOrganization(size);
  try {
    const system = await createSystem(gitHubForge(organization));
    const { contents, unchanged } = await measureContents(organization, system, size);
    const structure = structureSection(size, unchanged, await measureRoles(organization, system));
    return { structure, contents, changes: await measureChanges(organization, system) };
  } finally {
    await organization.close();
  }
}

/** The predefined organization roles that read every repository, which each organization has where the plan has any. */
const rolesThere = Object.entries(predefinedRoles).filter(([, base]) => base !== undefined);

/** Requests for organization roles and teams of the enterprise alone, in a run like the one before. */
async function measureRoles({ gitHub }: Organization, system: System): Promise<number> {
  const { acme, installation } = gitHub;
  const before = { ...installation.permissions };
  const [holder] = acme.members.keys();
  acme.roles = new Map(
    rolesThere.map(([name, base], place) => [
      place + 1,
      {
        id: place + 1,
        name,
        ...(base && { base }),
        isPredefined: true,
        users: new Set(place === 0 && holder !== undefined ? [holder] : []),
        teams: new Set(),
      },
    ]),
  );
  installation.permissions = grantedPermissions(acme);
  await system.world.clock.advance(scheduleMs);
  const { asked } = await system.cost(system.reconcile);
  delete acme.roles;
  installation.permissions = before;
  return sum(
    Object.entries(asked.counts).map(([what, count]) =>
      /\/(organization-roles|teams\b)/.test(what) ? count : 0,
    ),
  );
}

function structureSection(size: Size, { asked, writes, messages, objects }: Cost, forRoles: number): Section {
  const { repositories, members, teams, latencyMs } = size;
  const innerLists = ['TeamMembers', 'TeamRepositories', 'Collaborators'];
  const inner = sum(innerLists.map((name) => asked.counts[`POST graphql ${name}`] ?? 0));
  const facts = writes.items.fact ?? 0;
  const kinds = Object.entries(writes.items);
  return {
    title: `Structure of ${repositories} repositories, ${members} members, ${teams} teams, read again with nothing changed`,
    figures: [
      {
        name: 'requests, with token, probes and base permission',
        measured: asked.total,
        most: structureMost(size),
      },
      {
        name: 'requests for organization roles and teams of the enterprise, counted apart',
        measured: forRoles,
        least: 1,
        most: 1 + 2 * rolesThere.length + 1,
      },
      { name: 'pages of lists below a team or repository', measured: inner, most: 0 },
      { name: 'shortest request', measured: asked.shortest, least: latencyMs, unit: 'ms' },
      { name: 'facts written', measured: facts, most: 0 },
      { name: 'messages but the one of the run', measured: sum(Object.values(messages)) - 1, most: 0 },
      { name: 'objects written', measured: objects.length, most: 0 },
      { name: 'calls that write to the table', measured: writes.calls, most: 19 },
      ...kinds.map(([kind, measured]) => ({ name: `  ${kind}`, measured })),
    ],
  };
}

async function measureContents(
  { refs }: Organization,
  system: System,
  size: Size & { readonly refs: number },
): Promise<{ readonly contents: Section; readonly unchanged: Cost }> {
  const { repositories } = size;
  const { table, world } = system;
  const imported = await system.cost(system.reconcile);
  const versions = await countVersions(system);
  const packages = (await packagesOf(table, organizationId)).length;
  const token = (cost: Cost): number =>
    sum(
      Object.entries(cost.asked.counts).map(([what, count]) => (what.endsWith('/access_tokens') ? count : 0)),
    );

  // The first after an import notes that it has ended.
  await world.clock.advance(scheduleMs);
  await system.cost(system.reconcile);

  await world.clock.advance(scheduleMs);
  const unchanged = await system.cost(system.reconcile);

  await world.clock.advance(scheduleMs);
  const [gone, place] = [tagName(2), Math.floor(repositories / 2)];
  await known(refs).removeTag(place, gone);
  const deleted = await system.cost(system.reconcile);
  const found = versions - (await countVersions(system));
  const { number } = known(
    (await packagesOf(table, organizationId)).find(({ name }) => name === packageName(place)),
  );
  const left = (await versionsOfPackage(table, organizationId, number)).filter(
    ({ refName, state }) => refName === gone && state === 'published',
  );

  const importMost = 2 * repositories + structureMost(size) + 8 * scanWorkers;
  const figures: Figure[] = [
    { name: 'first import: requests', measured: imported.asked.total, most: importMost },
    { name: '  of these for tokens', measured: token(imported), most: scanWorkers },
    { name: '  packages', measured: packages, least: repositories, most: repositories },
    {
      name: '  versions',
      measured: versions,
      least: repositories * size.refs,
      most: repositories * size.refs,
    },
    { name: '  messages: scan', measured: imported.messages.scan ?? 0, most: repositories },
    { name: '  messages: publish-package', measured: imported.messages['publish-package'] ?? 0 },
    { name: '  calls that write to the table', measured: imported.writes.calls },
    {
      name: 'reconcile, nothing changed: requests',
      measured: unchanged.asked.total,
      most: structureMost(size) + 5,
    },
    {
      name: 'reconcile, a tag deleted: requests',
      measured: deleted.asked.total,
      most: structureMost(size) + 5,
    },
    { name: '  versions that went', measured: found, least: 1, most: 1 },
    { name: '  of the deleted tag left', measured: left.length, most: 0 },
  ];

  return {
    contents: {
      title: `Contents of ${repositories} repositories with ${size.refs} refs each`,
      figures,
    },
    unchanged,
  };
}

async function countVersions({ table }: System): Promise<number> {
  const packages = await packagesOf(table, organizationId);
  const lists = await Promise.all(
    packages.map(({ number }) => versionsOfPackage(table, organizationId, number)),
  );
  return sum(lists.map((list) => list.filter(({ state }) => state === 'published').length));
}

async function measureChanges(organization: Organization, system: System): Promise<Section> {
  const { gitHub } = organization;
  const { state, simulator } = gitHub;
  const { world } = system;
  const team = known([...state.teams.values()][0]);
  const logins = [...gitHub.acme.members.keys()].map((id) => known(state.users.get(id)).login);
  const inTeam = [...team.members.keys()].map((id) => known(state.users.get(id)).login);
  const outsider = known(logins.find((login) => login !== 'olga' && !inTeam.includes(login)));
  // The team and its people have tokens, the one who comes into it, and many whom nothing of it concerns.
  const holders = logins.filter(
    (login, place) => inTeam.includes(login) || login === outsider || place % 4 === 0,
  );
  const teams = [...state.teams.values()].filter((one, place) => one === team || place % 4 === 0);
  await system.cost(() =>
    issueAll(system, [
      ...holders.map((login) => ({ kind: 'member', login }) as const),
      ...teams.map(({ slug }) => ({ kind: 'team', slug }) as const),
    ]),
  );
  const change = async (
    what: string,
    does: () => Promise<unknown>,
    concerned: number,
    { passes, reads }: { readonly passes: number; readonly reads: number },
  ): Promise<readonly Figure[]> => {
    await world.clock.advance(scheduleMs);
    const cost = await system.cost(async () => {
      await does();
      await system.receive();
    });
    const roots = new Set(cost.objects.filter((key) => key.includes('/roots/')));
    return [
      { name: `${what}: requests`, measured: cost.asked.total, most: 5 * reads },
      { name: '  principals raised', measured: cost.writes.principals, most: concerned },
      { name: '  root files written', measured: roots.size, least: 1, most: concerned },
      {
        name: '  other objects written',
        measured: cost.objects.length - cost.objects.filter((key) => roots.has(key)).length,
        most: 0,
      },
      {
        name: '  messages: publish-roots',
        measured: cost.messages['publish-roots'] ?? 0,
        most: passes * concerned,
      },
      { name: '  calls that write to the table', measured: cost.writes.calls },
    ];
  };
  const free = known(
    [...state.repositories.values()].find(({ id }) =>
      [...state.teams.values()].every((each) => !each.repositories.has(id)),
    ),
  );
  const figures = [
    ...(await change(
      'somebody comes into a team',
      () => simulator.changes.run('add-team-member', { team: team.slug, user: outsider }),
      1,
      toGive,
    )),
    ...(await change(
      'somebody goes out of a team',
      () => simulator.changes.run('remove-team-member', { team: team.slug, user: outsider }),
      1,
      toTake,
    )),
    ...(await change(
      'a team gets a repository',
      () =>
        simulator.changes.run('set-team-repository', {
          team: team.slug,
          repository: free.name,
          permission: 'pull',
        }),
      team.members.size + 1,
      toGive,
    )),
  ];
  return {
    title: `One change, told by an event; ${holders.length} people and ${teams.length} teams have a token`,
    figures,
  };
}

async function issueAll({ table, world }: System, holders: readonly TokenHolder[]): Promise<void> {
  const organization = known(await findOrganization(table, organizationId));
  const { workQueue, clock } = world;
  for (const holder of holders) {
    await issueToken({ table, workQueue, clock, randomBytes }, organization, holder, {
      description: 'bench',
      expiresAt: undefined,
    });
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
