import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A forge's stored state: anything, and the deliveries of its webhooks, which have their own log on disk. */
interface Kept<Delivery> {
  deliveries: Delivery[];
}

export interface PersistentState<State, Delivery> {
  readonly state: State;
  /** Whether the state was created from another world than the one given now; the old state is served. */
  readonly otherWorld: boolean;
  /** Writes the state. Resolves when its current content is on disk. */
  save(): Promise<void>;
  /** Adds a delivery to the state and to the log on disk. */
  recordDelivery(delivery: Delivery): Promise<void>;
}

export interface PersistenceOptions<State, Delivery> {
  /** Folder that only this simulator uses, with the bare repositories in `git`. */
  readonly directory: string;
  readonly now: () => number;
  /** Identifies the world that the state is created from. */
  readonly world: unknown;
  /** How long the forge keeps deliveries. */
  readonly deliveriesKeptMs: number;
  /** Creates the state and the repositories in an empty folder. */
  make(): Promise<State>;
  /** Parses a stored state. @throws for a state of another shape */
  readonly read: (stored: unknown) => State;
  readonly delivery: z.ZodType<Delivery>;
}

/** Where the bare repositories are. */
export function gitRootOf(directory: string): string {
  return join(directory, 'git');
}

const fileSchema = z.object({ format: z.literal(1), world: z.string(), state: z.unknown() });

/**
 * Opens the state in a folder: reads it if there is one, or else creates it from the world. `state.json` is replaced atomically, so that a
 * crash leaves the old one or the new one; deliveries are appended to `deliveries.jsonl`.
 *
 * @throws when the folder holds a state of another format.
 */
export async function openState<
  Delivery extends { readonly deliveredAt: string },
  State extends Kept<Delivery>,
>(options: PersistenceOptions<State, Delivery>): Promise<PersistentState<State, Delivery>> {
  const { directory, deliveriesKeptMs } = options;
  const stateFile = join(directory, 'state.json');
  const deliveriesFile = join(directory, 'deliveries.jsonl');
  const fingerprint = createHash('sha256').update(JSON.stringify(options.world)).digest('hex');
  await mkdir(directory, { recursive: true });

  const text = await readFile(stateFile, 'utf8').catch(() => undefined);
  const stored = text === undefined ? undefined : fileSchema.parse(JSON.parse(text, reviveCollections));
  let state: State;
  if (stored === undefined) {
    // Left over from an interrupted first start.
    await rm(gitRootOf(directory), { recursive: true, force: true });
    state = await options.make();
  } else {
    state = options.read(stored.state);
    state.deliveries = await readDeliveries(
      deliveriesFile,
      options.now() - deliveriesKeptMs,
      options.delivery,
    );
  }
  const worldOfState = stored?.world ?? fingerprint;

  const save = coalesced(async () => {
    const { deliveries: _elsewhere, ...rest } = state;
    await replaceFile(
      stateFile,
      JSON.stringify({ format: 1, world: worldOfState, state: rest }, plainCollections),
    );
  });
  await save();
  return {
    state,
    otherWorld: worldOfState !== fingerprint,
    save,
    async recordDelivery(delivery) {
      const oldest = new Date(options.now() - deliveriesKeptMs).toISOString();
      state.deliveries = [...state.deliveries.filter((other) => other.deliveredAt >= oldest), delivery];
      await appendFile(deliveriesFile, `${JSON.stringify(delivery)}\n`);
    },
  };
}

async function readDeliveries<Delivery extends { readonly deliveredAt: string }>(
  file: string,
  oldestMs: number,
  schema: z.ZodType<Delivery>,
): Promise<Delivery[]> {
  const oldest = new Date(oldestMs).toISOString();
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const deliveries = lines.flatMap((line) => {
    try {
      return [schema.parse(JSON.parse(line))];
    } catch {
      // The end of the file, or a line truncated by a crash.
      return [];
    }
  });
  const kept = deliveries.filter((delivery) => delivery.deliveredAt >= oldest);
  await replaceFile(file, kept.map((delivery) => `${JSON.stringify(delivery)}\n`).join(''));
  return kept;
}

/** Replaces a file atomically. */
async function replaceFile(file: string, content: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** Runs one call at a time. Calls during a run share the next one, which starts after them. */
function coalesced(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        running = run();
        return running;
      });
    return next;
  };
}

function plainCollections(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  return value;
}

function reviveCollections(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { data: map } = z.object({ $map: z.array(z.tuple([z.unknown(), z.unknown()])) }).safeParse(value);
  if (map !== undefined) return new Map(map.$map);
  const { data: set } = z.object({ $set: z.array(z.unknown()) }).safeParse(value);
  return set === undefined ? value : new Set(set.$set);
}
