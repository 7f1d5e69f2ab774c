/** A company of any size on the simulated Bitbucket, made of nothing but numbers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { type Bitbucket, startBitbucket } from '../../test/contracts/bitbucket-fixture.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { createSharedObjects, createSharedRefs, packageName, type SharedRefs } from './shared-refs.ts';
import type { SimulatedForge } from './system.ts';

export interface WorkspaceSize {
  readonly repositories: number;
  readonly projects: number;
  /** Each reads every repository. */
  readonly members: number;
  /** Of each repository. */
  readonly refs: number;
}

export interface BitbucketCompany {
  readonly lab: Bitbucket;
  readonly refs: SharedRefs;
  readonly forge: SimulatedForge;
  /** Nickname and UUID of somebody who is no owner. */
  readonly member: { readonly nickname: string; readonly uuid: string };
  close(): Promise<void>;
}

const secret = 'a-secret-for-the-hook-of-the-bench';

const world = parseWorld(
  `
users: [{ login: alice }]
organizations: [{ forge: bitbucket, slug: acme, members: { alice: owner } }]
`,
  'the world of the bench',
);

/** One owner; everybody is in a group that reads all repositories. Bitbucket Cloud, with all its limits. */
export async function startWorkspace(size: WorkspaceSize): Promise<BitbucketCompany> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-bitbucket-'));
  const objects = createSharedObjects();
  const lab = await startBitbucket({ world, objects });
  const refs = await createSharedRefs(directory, size.repositories, size.refs);
  objects.directory = refs.store;
  fill(lab, size, refs);
  const hook = { url: lab.cloud.receiver.url, secret, events: ['repo:push', 'repo:updated'] };
  const added = await lab.cloud.json('alice', '/2.0/workspaces/acme/hooks', {
    ...{ method: 'POST', body: JSON.stringify(hook) },
  });
  if (added.status !== 201) throw new Error(`the hook was not added: ${added.status}`);
  lab.simulator.requests.clear();
  lab.simulator.renewLimits();
  const nickname = 'person-0';
  return {
    ...{ lab, refs, forge: forgeOf(lab), member: { nickname, uuid: lab.cloud.account(nickname).uuid } },
    async close() {
      await lab.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const uuidOf = (kind: number, place: number): string =>
  `{${`${kind}`.padStart(8, '0')}-0000-4000-8000-${`${place}`.padStart(12, '0')}}`;

function fill(
  { cloud, simulator }: Bitbucket,
  { repositories, projects, members }: WorkspaceSize,
  refs: SharedRefs,
) {
  const { state } = simulator;
  const workspace = cloud.workspace('acme');
  const createdOn = '2026-01-01T00:00:00Z';
  const group = { slug: 'everybody', name: 'Everybody', members: new Set<string>() };
  workspace.groups.set(group.slug, group);
  for (let place = 0; place < members - 1; place += 1) {
    const [uuid, nickname] = [uuidOf(1, place), `person-${place}`];
    state.accounts.set(uuid, {
      ...{ uuid, accountId: `557058:${place}`, nickname, displayName: nickname, createdOn },
      email: `${nickname}@example.com`,
    });
    workspace.members.set(uuid, { role: 'member', addedOn: createdOn });
    group.members.add(uuid);
  }
  for (let place = 0; place < projects; place += 1) {
    const [uuid, key] = [uuidOf(2, place), `P${place}`];
    state.projects.set(uuid, {
      ...{ uuid, workspace: workspace.uuid, key, name: key, createdOn },
      ...{ users: new Map(), groups: new Map([[group.slug, 'read' as const]]) },
    });
  }
  for (let place = 0; place < repositories; place += 1) {
    const [uuid, slug] = [uuidOf(3, place), packageName(place).replace('acme/', '')];
    state.repositories.set(uuid, {
      ...{ uuid, workspace: workspace.uuid, project: uuidOf(2, place % projects), slug, name: slug },
      ...{ description: '', isPrivate: true, defaultBranch: 'main', gitDirectory: refs.directoryOf(place) },
      ...{ users: new Map(), groups: new Map(), updatedOn: createdOn },
      createdOn: new Date(Date.UTC(2025, 0, 1) + place * 1000).toISOString(),
    });
  }
}

function forgeOf(lab: Bitbucket): SimulatedForge {
  const { integration, organization: forgeOrganization, connection, simulator, clock, cloud } = lab;
  const host = { forge: 'bitbucket', baseUrl: integration.settings.baseUrl };
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
      return cloud.receiver.received.splice(0).map(({ headers, body }) => ({ headers, body, secret }));
    },
  };
}

/** Adds up what differs in UUIDs, keys and hashes only. */
function byRoute(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [what, count] of Object.entries(counts)) {
    const route = what
      .replace(/\?.*$/, '')
      .replace(/%7B[^/%]*%7D/gi, ':id')
      .replace(/\/projects\/P\d+/, '/projects/:key')
      .replace(/\/(src|get)\/[0-9a-f]{40}/, '/$1/:commit');
    sums[route] = (sums[route] ?? 0) + count;
  }
  return sums;
}
