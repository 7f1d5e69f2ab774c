/** One world from nothing to ready and through a few changes, measured. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { createCloudClock } from '../../local/cloud/runtime/clock.ts';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import { gitHubPart, type World } from '../../local/forges/world/world.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { parseOptions } from '../../local/start/options.ts';
import { takePorts } from '../../local/start/ports.ts';
import type { Counts, Progress } from '../../local/start/progress.ts';
import { type Started, start } from '../../local/start/start.ts';
import { openStateFolder } from '../../local/start/state-folder.ts';
import { measureStarts, type StartTimes } from './cold-starts.ts';
import { type EdgeSize, edgeSizeOf } from './edge-size.ts';
import { generateWorld } from './generated-world.ts';
import { findReader, runProbes } from './probes.ts';
import { type Counter, createRecorder, type MeasuredFunction, type Recorder, since } from './recorder.ts';
import { type Seen, type Stage, stagesOf } from './stages.ts';

export interface MeasuredPhase {
  readonly name: string;
  /** Of each time that it was done; none for the import, whose stages have theirs. */
  readonly tookMs: readonly number[];
  /** What was asked until nothing was to do any more, of the first time. */
  readonly counters: readonly Counter[];
}

export interface MeasuredWorld {
  readonly world: string;
  readonly counts: Counts;
  readonly makingMs: number;
  readonly stages: readonly Stage[];
  readonly phases: readonly MeasuredPhase[];
  readonly functions: readonly (Omit<MeasuredFunction, 'invocations' | 'loads'> & {
    readonly invocations: number;
    readonly failed: number;
    readonly coldStarts: number;
  })[];
  readonly starts: readonly StartTimes[];
  /** Of the key-value store, when ready. */
  readonly edge: EdgeSize;
  /** What GitHub would have counted against its limits until ready. */
  readonly rateLimitPoints: { readonly rest: number; readonly graphql: number };
  readonly notes: readonly string[];
}

/** @param rounds how often each change is made, and each function started */
export async function measureWorld(name: string, rounds: number, progress: Progress): Promise<MeasuredWorld> {
  const world = await worldOf(name);
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const options = parseOptions(['--data', directory, '--port', '0']);
    if (options === 'help') throw new Error('these are no options');
    const assembly = await buildAssembly(() => progress.step('bundling the functions'));
    const folder = await openStateFolder(options);
    const ports = await takePorts(options.port);
    const local = (port: number): string => `http://127.0.0.1:${port}`;
    const recorder = createRecorder({ api: local(ports.gitHubApi), codeload: local(ports.codeload) });
    const seen: Seen[] = [];
    const startedAt = Date.now();
    let cloudAt = startedAt;
    const started = await start(folder, world, {
      // One clock for both: between two changes of one right time is let pass.
      clock: createCloudClock(),
      assembly,
      ports,
      progress: {
        ...progress,
        counts(organization, counts) {
          seen.push({ at: Date.now(), counts });
          progress.counts(organization, counts);
        },
      },
      onCloud(cloud) {
        cloudAt = Date.now();
        cloud.observe(recorder.observer);
        cloud.gateway.intercept(recorder.count);
      },
    });
    try {
      const readyAt = Date.now();
      return await measure(started, {
        name,
        rounds,
        recorder,
        seen,
        readyAt,
        makingMs: cloudAt - startedAt,
        progress,
      });
    } finally {
      await started.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Run {
  readonly name: string;
  readonly rounds: number;
  readonly recorder: Recorder;
  readonly seen: readonly Seen[];
  readonly readyAt: number;
  readonly makingMs: number;
  readonly progress: Progress;
}

const Described = z.object({ packages: z.array(z.object({ name: z.string(), repository: z.string() })) });

async function measure(
  started: Started,
  { name, rounds, recorder, seen, readyAt, makingMs, progress }: Run,
): Promise<MeasuredWorld> {
  const { cloud, gitHub, admin, organizations } = started;
  const imported = recorder.counters();
  const edge = edgeSizeOf(recorder.edgeItems(), seen.at(-1)?.counts.members ?? 0);
  const { cost } = gitHub.requests.summary();
  const stages = stagesOf(recorder.functions(), seen, readyAt);
  const phases = new Map<string, MeasuredPhase>([
    ['import', { name: 'import until ready', tookMs: [], counters: imported }],
  ]);
  const slug = organizations[0]?.slug;
  const { packages } = Described.parse(await admin.invoke('describe-organization', { slug }));
  const reader = findReader(started, packages);
  await quiet(cloud);
  const phase = async (label: string, probe: () => Promise<number>): Promise<void> => {
    await quiet(cloud);
    const before = recorder.counters();
    const tookMs = await probe();
    await quiet(cloud);
    const known = phases.get(label) ?? {
      name: label,
      tookMs: [],
      counters: since(before, recorder.counters()),
    };
    phases.set(label, { ...known, tookMs: [...known.tookMs, tookMs] });
  };
  for (let round = 0; reader !== undefined && round < rounds; round += 1) {
    progress.step(`${name}: changes, ${round + 1} of ${rounds}`);
    await runProbes(started, reader, round, phase);
  }
  await phase('reconcile, nothing changed', async () => {
    const before = Date.now();
    await cloud.invoke('start-reconcile', {});
    await quiet(cloud);
    return Date.now() - before;
  });
  await cloud.invoke('sweep-work', {});
  const functions = recorder.functions().map(({ invocations, loads: _, ...one }) => ({
    ...one,
    invocations: invocations.length,
    failed: invocations.filter(({ outcome }) => outcome === 'error').length,
    coldStarts: invocations.filter(({ isCold }) => isCold).length,
  }));
  progress.step(`${name}: cold and warm starts`);
  const starts = await measureStarts(cloud, recorder, rounds);
  return {
    world: name,
    counts: seen.at(-1)?.counts ?? { members: 0, teams: 0, repositories: 0, packages: 0, versions: 0 },
    makingMs,
    stages,
    phases: [...phases.values()],
    functions,
    starts,
    edge,
    rateLimitPoints: { rest: cost.rest ?? 0, graphql: cost.graphql ?? 0 },
    notes:
      reader === undefined ? ['no member reads a package by one team alone: changes were not measured'] : [],
  };
}

function quiet(cloud: Cloud): Promise<void> {
  return cloud.idle({ timeoutMs: 120_000 });
}

/** @throws WorldError */
async function worldOf(name: string): Promise<World> {
  if (name === 'default') {
    // What is on GitHub, ready at once.
    const { story: _, ...world } = gitHubPart(await readWorld(defaultWorldFile));
    return world;
  }
  return /^[1-9]\d*$/.test(name) ? generateWorld(Number(name)) : readWorld(name);
}
