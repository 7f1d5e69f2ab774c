/** A company of any size on the simulated GitHub, made of nothing but numbers. */
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { asId } from '../../shared/domain/ids.ts';
import { createFiller } from '../../test/contracts/github-fill.ts';
import { type GitHub, startGitHub } from '../../test/contracts/github-fixture.ts';
import { forgeOrganizationId, gitHubHost, installationId } from '../../test/support/synchronized.ts';
import { createSharedObjects, createSharedRefs, type SharedRefs } from './shared-refs.ts';
import type { Asked, SimulatedForge } from './system.ts';

export interface Size {
  readonly repositories: number;
  readonly members: number;
  readonly teams: number;
  /** Of each repository; no contents if left out. */
  readonly refs?: number;
  /** Added to each request. */
  readonly latencyMs: number;
}

export interface Organization {
  readonly gitHub: GitHub;
  readonly refs: SharedRefs | undefined;
  takeRequests(): Asked;
  close(): Promise<void>;
}

/** What is read of an organization whatever its size: token, two probes, base permission. */
const always = 4;
const perPage = { members: 100, teams: 25, repositories: 50 } as const;

/** Pages of lists that need no page more below them. */
export function pagesOf({ members, teams, repositories }: Size): number {
  return (
    Math.ceil(members / perPage.members) +
    Math.ceil(teams / perPage.teams) +
    Math.ceil(repositories / perPage.repositories)
  );
}

/** For 500 repositories, 300 members and 60 teams: 20. */
export const structureMost = (size: Size): number => always + pagesOf(size);

/** Of a team; no inner list is longer than the page of 100 that comes with its team. */
const membersPerTeam = 20;
const repositoriesPerTeam = 25;

/** One owner and one repository, to be filled. */
export const benchWorld = parseWorld(
  `
users: [{ login: olga }]
organizations:
  - login: acme
    id: ${forgeOrganizationId}
    members: { olga: owner }
    installation: { id: ${installationId}, repositories: all }
    repositories: [{ name: first, history: [{ manifest: { name: acme/first } }] }]
`,
  'the world of the bench',
);

/**
 * One owner, who is in no team; every fourth team has the one before it as parent; every tenth repository names three people, and the
 * last one is no team's.
 */
export async function startOrganization(size: Size): Promise<Organization> {
  const objects = createSharedObjects();
  const gitHub = await startGitHub(benchWorld, objects);
  const { simulator, state } = gitHub;
  const refs =
    size.refs === undefined
      ? undefined
      : await createSharedRefs(gitHub.directory, size.repositories, size.refs);
  objects.directory = refs?.store ?? '';
  const fill = createFiller(gitHub);
  const people = fill.people(size.members - 1);
  const repositories = fill.repositories(size.repositories, (place) => ({
    createdAt: new Date(Date.UTC(2025, 0, 1) + place * 1000).toISOString(),
    ...(refs && { gitDirectory: refs.directoryOf(place) }),
    collaborators: new Map(
      place % 10 === 0 ? around(people, place, 3).map((person) => [person, 'pull'] as const) : [],
    ),
  }));
  // It was there only to be copied.
  const [first] = state.repositories.keys();
  state.repositories.delete(first ?? 0);
  let before: number | undefined;
  for (let place = 0; place < size.teams; place += 1) {
    const team = fill.team(`team-${place}`, {
      members: new Map(around(people, place * 7, membersPerTeam).map((person) => [person, 'member'])),
      repositories: new Map(
        around(repositories.slice(0, -1), place * 8, repositoriesPerTeam).map((id) => [id, 'pull']),
      ),
      ...(place % 4 === 3 && before !== undefined ? { parentId: before } : {}),
    });
    before = team.id;
  }
  simulator.requests.clear();
  simulator.faults.add({ kind: 'slow', delayMs: size.latencyMs });
  return {
    gitHub,
    refs,
    takeRequests() {
      const { total, counts, requests } = simulator.requests.summary();
      simulator.requests.clear();
      return { total, counts, shortest: Math.min(...requests.map(({ durationMs }) => durationMs)) };
    },
    close: gitHub.close,
  };
}

/** So many of the list from there on, and from its beginning again. */
export function around<Item>(list: readonly Item[], start: number, count: number): readonly Item[] {
  return Array.from(
    { length: Math.min(count, list.length) },
    (_, place) => list[(start + place) % list.length],
  ).filter((item) => item !== undefined);
}

/** It as the system has it: each process has a token of its own. */
export function gitHubForge({ gitHub, takeRequests }: Organization): SimulatedForge {
  const { installation, acme, simulator, state, receiver } = gitHub;
  let time = Date.parse('2026-11-22T12:00:00Z');
  return {
    clock: {
      now: () => time,
      async advance(ms) {
        time += ms;
      },
    },
    startProcess() {
      const forge = gitHub.makeForge();
      return async () => forge.organization(asId(installation.id), asId(acme.id));
    },
    takeRequests,
    webhooks: gitHubHost,
    async takeDeliveries() {
      await simulator.idle();
      const { webhookSecret: secret } = state.app;
      return receiver.received.splice(0).map(({ headers, body }) => ({ headers, body, secret }));
    },
  };
}
