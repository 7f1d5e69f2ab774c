/** A simulated Bitbucket on a stepped clock, which takes one instance after the other. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BitbucketSimulator,
  startBitbucketSimulator,
} from '../../../local/forges/bitbucket/simulator.ts';
import { smallWorld } from '../../../local/forges/bitbucket/test-world.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';
import type { DescribedInstance } from '../bitbucket-rights/instance.ts';
import { ownerName, workspaceSlug } from '../bitbucket-rights/random-instances.ts';
import { type Kept, simulate } from '../bitbucket-rights/simulated-instance.ts';
import { clockOf, createAsk, type Waiting } from '../rights-sync/slow-answers.ts';
import type { SimulatedForge } from '../rights-sync/world.ts';
import { createSteppedClock } from '../sync/stepped-clock.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
export const webhookSecret = 'a-secret-of-the-hook';

export interface SimulatedBitbucket extends SimulatedForge<BitbucketSimulator> {
  readonly kept: Kept;
  /** Replaces the instance, and sets the clock back. */
  load(instance: DescribedInstance): Promise<void>;
  close(): Promise<void>;
}

export async function startSimulatedBitbucket(): Promise<SimulatedBitbucket> {
  const directory = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'model-bitbucket-'));
  const clock = createSteppedClock(start, async () => simulator.sent());
  const waiting: Waiting = { underWay: 0 };
  const simulator: BitbucketSimulator = await startBitbucketSimulator({
    ...{ directory, ports: { web: 0, api: 0, control: 0 }, world: parseWorld(smallWorld, 'small world') },
    clock: clockOf(clock, waiting),
    async fetch(_, init) {
      const headers = Object.fromEntries(new Headers(init?.headers));
      return new Response(null, { status: await bitbucket.deliver(headers, String(init?.body)) });
    },
  });
  const kept = keptOf(simulator);
  const bitbucket: SimulatedBitbucket = {
    ...{ simulator, clock, kept, deliver: async () => 503, ask: createAsk(waiting) },
    load: (described) => load(bitbucket, described),
    quiet: () => quiet(simulator),
    async close() {
      await simulator.close();
      // A sequence that the limit of time has cut off may still write.
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return bitbucket;
}

/** The simulator keeps the past only while a fault of lagging reads exists, so there is always one, which never matches. */
function quiet({ faults }: BitbucketSimulator): void {
  faults.remove();
  faults.add({ kind: 'lagging-read', after: Infinity });
}

function keptOf({ state }: BitbucketSimulator): Kept {
  const owner = [...state.accounts.values()].find(({ nickname }) => nickname === ownerName);
  const workspace = [...state.workspaces.values()].find(({ slug }) => slug === workspaceSlug);
  const [repository] = [...state.repositories.values()];
  if (owner === undefined || workspace === undefined || repository === undefined) {
    throw new Error('the simulated Bitbucket is empty');
  }
  return { owner: owner.uuid, workspace: workspace.uuid, gitDirectory: repository.gitDirectory };
}

async function load(
  { simulator, clock, kept }: SimulatedBitbucket,
  described: DescribedInstance,
): Promise<void> {
  const { state } = simulator;
  await simulator.idle();
  simulator.faults.remove();
  clock.set(start);
  simulate(state, described, kept, start);
  Object.assign(state, { deliveries: [] });
  state.hooks.clear();
  state.hooks.set('{hook}', {
    ...{ uuid: '{hook}', workspace: kept.workspace, url: 'http://127.0.0.1/webhooks', active: true },
    ...{ description: 'registry', secret: webhookSecret, createdAt: new Date(start).toISOString() },
    events: new Set(['repo:created', 'repo:deleted', 'repo:updated', 'repo:transfer']),
  });
  const { listsProjectGrants, groups, administration } = described;
  // The state is stored with a change, and the past of another sequence is forgotten.
  await simulator.changes.run('set-variant', { listsProjectGrants, groups, administration });
  simulator.requests.clear();
  simulator.renewLimits();
  quiet(simulator);
}
