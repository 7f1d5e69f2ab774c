/** A simulated GitLab on a stepped clock, which takes one instance after the other. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitLabSimulator, startGitLabSimulator } from '../../../local/forges/gitlab/simulator.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';
import type { DescribedInstance } from '../gitlab-rights/instance.ts';
import { ownerName, topName } from '../gitlab-rights/random-instances.ts';
import { idOf, simulate } from '../gitlab-rights/simulated-instance.ts';
import { clockOf, createAsk, type Waiting } from '../rights-sync/slow-answers.ts';
import type { SimulatedForge } from '../rights-sync/world.ts';
import { createSteppedClock, type SteppedClock } from '../sync/stepped-clock.ts';

export const start = Date.parse('2026-11-22T12:00:00Z');
export const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface SimulatedGitLab extends SimulatedForge<GitLabSimulator> {
  /** Of the top-level group. */
  readonly topId: number;
  /** Replaces the instance, and sets the clock back. */
  load(instance: DescribedInstance): Promise<void>;
  /** Whether GraphQL answers. */
  hasGraphql: boolean;
  close(): Promise<void>;
}

const smallWorld = parseWorld(
  `users: [{ login: ${ownerName} }]\norganizations: [{ forge: gitlab, path: ${topName}, members: { ${ownerName}: owner }, projects: [{ path: any }] }]`,
  'none',
);

export async function startSimulatedGitLab(): Promise<SimulatedGitLab> {
  const directory = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'model-gitlab-'));
  const clock = createSteppedClock(start, async () => simulator.sent());
  const waiting: Waiting = { underWay: 0 };
  const ask = createAsk(waiting);
  const simulator: GitLabSimulator = await startGitLabSimulator({
    ...{ directory, ports: { web: 0, control: 0 }, world: smallWorld },
    clock: clockOf(clock, waiting),
    async fetch(_, init) {
      const status = await gitlab.deliver(Object.fromEntries(new Headers(init?.headers)), String(init?.body));
      return new Response(null, { status });
    },
  });
  const load = loaderOf(simulator, clock);
  const gitlab: SimulatedGitLab = {
    ...{ simulator, clock, topId: load.topId, deliver: async () => 503 },
    ...{ load: load.instance, hasGraphql: true },
    async ask(input, init) {
      if (!gitlab.hasGraphql && String(input).endsWith('/api/graphql')) {
        return Response.json({ errors: [{ message: 'not here' }] });
      }
      return ask(input, init);
    },
    quiet: () => quiet(simulator),
    async close() {
      await simulator.close();
      // A sequence that the limit of time has cut off may still write.
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return gitlab;
}

/** The simulator keeps the past only while a fault of lagging reads exists, so there is always one, which never matches. */
function quiet({ faults }: GitLabSimulator): void {
  faults.remove();
  faults.add({ kind: 'lagging-read', after: Infinity });
}

function loaderOf(simulator: GitLabSimulator, clock: SteppedClock) {
  const { state } = simulator;
  const [project] = [...state.projects.values()];
  const [top] = [...state.groups.values()];
  const [owner] = [...state.users.values()];
  if (project === undefined || top === undefined || owner === undefined) {
    throw new Error('the simulated GitLab is empty');
  }
  const { gitDirectory } = project;
  const kept = new Map([
    [ownerName, owner.id],
    [topName, top.id],
  ]);
  const topId = idOf(kept, topName);
  return {
    topId,
    async instance(described: DescribedInstance): Promise<void> {
      await simulator.idle();
      simulator.faults.remove();
      clock.set(start);
      simulate(state, described, { gitDirectory, kept, now: start });
      Object.assign(state, { deliveries: [], nextId: 10_000 });
      state.hooks.clear();
      state.hooks.set(1, {
        ...{ id: 1, groupId: topId, uuid: 'hook', url: 'http://127.0.0.1/webhooks', failures: 0 },
        // Before 19.0 it is sent as it is.
        ...{ token: signingToken, signingToken, enableSslVerification: true },
        events: new Set(['member_events', 'subgroup_events', 'project_events']),
        createdAt: new Date(start).toISOString(),
      });
      // The state is stored with a change, and the past of another sequence is forgotten.
      await simulator.changes.run('set-variant', {});
      simulator.requests.clear();
      quiet(simulator);
    },
  };
}
