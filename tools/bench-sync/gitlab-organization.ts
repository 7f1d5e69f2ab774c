/** A company of any size on the simulated GitLab, made of nothing but numbers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '../../local/forges/gitlab/state.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { plainFetch } from '../../shared/runtime/plain-fetch.ts';
import { type GitLab, startGitLab } from '../../test/contracts/gitlab-fixture.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { around } from './organization.ts';
import { createSharedObjects, createSharedRefs, packageName, type SharedRefs } from './shared-refs.ts';
import type { SimulatedForge } from './system.ts';

export interface GroupSize {
  readonly projects: number;
  /** With the top-level group. */
  readonly groups: number;
  readonly members: number;
  /** Of each project. */
  readonly refs: number;
  /** Whether GraphQL answers; it lists the members of many groups or projects at once. */
  readonly hasGraphql: boolean;
}

export interface GitLabCompany {
  readonly lab: GitLab;
  readonly refs: SharedRefs;
  readonly forge: SimulatedForge;
  /** A subgroup, with somebody who is in it and somebody who is not. */
  readonly example: { readonly group: string; readonly member: string; readonly outsider: string };
  close(): Promise<void>;
}

/** As an instance whose proxy lets no GraphQL through. */
const withoutGraphql: typeof fetch = async (input, init) =>
  /\/api\/graphql$/.test(String(input))
    ? Response.json({ errors: [{ message: 'not here' }] })
    : plainFetch(input, init);

const secret = 'a-secret-for-the-hook-of-the-bench';

/** Of a subgroup. */
const membersPerGroup = 10;

const world = parseWorld(
  `
users: [{ login: alice }]
organizations: [{ forge: gitlab, path: acme, members: { alice: owner } }]
`,
  'the world of the bench',
);

/**
 * One owner; the others are guests of the top-level group and developers of one or two subgroups; every tenth project has three members
 * of its own. GitLab.com, with all its limits.
 */
export async function startCompany(size: GroupSize): Promise<GitLabCompany> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-gitlab-'));
  const objects = createSharedObjects();
  const lab = await startGitLab({ world, objects, variant: { offering: 'gitlab.com' } });
  const refs = await createSharedRefs(directory, size.projects, size.refs);
  objects.directory = refs.store;
  if (!size.hasGraphql) Object.assign(lab.services, { fetch: withoutGraphql });
  fill(lab, size, refs);
  const hook = { url: lab.gitlab.hookUrl, token: secret, member_events: true, push_events: true };
  const added = await lab.gitlab.api('alice', `/groups/${lab.organization}/hooks`, {
    ...{ method: 'POST', body: JSON.stringify(hook) },
  });
  if (added.status !== 201) throw new Error(`the hook was not added: ${added.status}`);
  lab.gitlab.received.splice(0);
  lab.simulator.requests.clear();
  return {
    ...{ lab, refs, forge: forgeOf(lab) },
    example: { group: 'acme/group-1', member: 'person-0', outsider: `person-${size.members - 2}` },
    async close() {
      await lab.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function fill(lab: GitLab, { projects, groups, members }: GroupSize, refs: SharedRefs): void {
  const { state } = lab.simulator;
  const top = lab.gitlab.group('acme');
  const at = { createdAt: '2026-01-01T00:00:00Z' };
  const fresh = (): number => state.nextId++;
  const nobody = () => ({ members: new Map(), sharedWith: new Map() });
  const developer = { level: 30, ...at };
  const people = Array.from({ length: members - 1 }, (_, place) => {
    const [id, username] = [fresh(), `person-${place}`];
    state.users.set(id, {
      ...{ id, username, name: username, email: `${username}@example.com`, state: 'active', ...at },
      ...{ external: false, admin: false, kind: 'human' },
    });
    top.members.set(id, { level: 10, ...at });
    return id;
  });
  const subgroups = Array.from({ length: groups - 1 }, (_, place) => {
    const [id, path] = [fresh(), `group-${place + 1}`];
    const own = around(people, place * membersPerGroup, membersPerGroup);
    state.groups.set(id, {
      ...{ kind: 'group', id, path, name: path, visibility: 'private', parentId: top.id, ...at, ...nobody() },
      ...{ shareWithGroupLock: false, members: new Map(own.map((person) => [person, developer])) },
    });
    return id;
  });
  for (let place = 0; place < projects; place += 1) {
    const [id, path] = [fresh(), packageName(place).replace('acme/', '')];
    const own = place % 10 === 0 ? around(people, place, 3) : [];
    const project: Project = {
      ...{ kind: 'project', id, path, name: path, visibility: 'private', ...nobody() },
      ...{ groupId: subgroups[place % subgroups.length] ?? top.id, repositoryAccess: 'enabled' },
      ...{ archived: false, defaultBranch: 'main', gitDirectory: refs.directoryOf(place) },
      members: new Map(own.map((person) => [person, developer])),
      createdAt: new Date(Date.UTC(2025, 0, 1) + place * 1000).toISOString(),
      lastActivityAt: '2026-01-01T00:00:00Z',
    };
    state.projects.set(id, project);
  }
}

function forgeOf(lab: GitLab): SimulatedForge {
  const { integration, organization: forgeOrganization, connection, simulator, clock } = lab;
  const host = { forge: 'gitlab', baseUrl: integration.settings.baseUrl };
  return {
    link: { ...host, forgeOrganization, connection },
    clock: { now: clock.now, advance: async (ms) => clock.step(ms) },
    startProcess() {
      const open = lab.startProcess();
      return async () => {
        const { structure, contents, requests } = await open();
        return { ...structure, ...contents, requests };
      };
    },
    takeRequests() {
      const { total, counts } = simulator.requests.summary();
      simulator.requests.clear();
      return { total, counts: byRoute(counts), shortest: 0 };
    },
    webhooks: { ...host, synchronization: synchronizationId },
    async takeDeliveries() {
      await simulator.idle();
      return lab.gitlab.received.splice(0).map(({ headers, body }) => ({ headers, body, secret }));
    },
  };
}

/** Adds up what differs in numbers and hashes only. */
function byRoute(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [what, count] of Object.entries(counts)) {
    const route = what.replace(/\/(\d+|[0-9a-f]{40})(?=\/|$)/g, '/:id');
    sums[route] = (sums[route] ?? 0) + count;
  }
  return sums;
}
