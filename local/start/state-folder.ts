/** The data folder of `npm start`: its state between runs, and the lock of a running one. */
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type StartOptions, UsageError } from './options.ts';

export interface StateFolder {
  readonly directory: string;
  readonly cloud: string;
  readonly github: string;
  readonly gitlab: string;
  readonly bitbucket: string;
  /** A copy of the cloud assembly that this run uses, since a later build may delete the original. */
  readonly assembly: string;
  /** The log of functions, CDN and services in this run. */
  readonly log: string;
  /** Whether it has state of an earlier run. */
  readonly isUsed: boolean;
}

const Running = z.object({
  pid: z.number(),
  /** What it does before it can be reached, and when it began; milliseconds since the epoch. */
  starting: z.object({ step: z.string(), since: z.number() }).optional(),
  /** How to reach the local cloud's gateway, with what opens it; undefined while it starts, and in files of earlier versions. */
  gateway: z.object({ url: z.string(), accessKeyId: z.string() }).optional().catch(undefined),
  /** Where the API is, and the secret that has the operator's key; not the key itself. */
  api: z.object({ consoleBaseUrl: z.string(), operatorKeySecret: z.string() }).optional(),
  /** The bucket with the console's files. */
  consoleBucket: z.string().optional(),
});
export type Running = z.infer<typeof Running>;
const Origin = z.object({
  world: z.string(),
  /** Whether it was begun with `--first-run`. Missing in folders from before that was kept. */
  firstRun: z.boolean().default(false),
});
const Tokens = z.record(z.string(), z.object({ id: z.string(), token: z.string() }));
export type Tokens = z.infer<typeof Tokens>;

/** Entries that `npm start` creates in its folder, and may therefore remove. */
const ours = [
  'cloud',
  'github',
  'gitlab',
  'bitbucket',
  'assembly',
  'cloud.log',
  'origin.json',
  'tokens.json',
  'forge-ports.json',
  'running.json',
];

/**
 * Opens the folder for a run and takes its lock.
 *
 * @throws UsageError if another `npm start` runs on it, if it holds other files, or if it holds the state of another world or of the other mode
 */
export async function openStateFolder(options: StartOptions): Promise<StateFolder> {
  const { directory } = options;
  await mustBeOurs(directory);
  // The state of the simulated GitHub includes the App's private key.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await lock(directory);
  try {
    if (options.fresh) {
      for (const name of ours.filter((one) => one !== 'running.json')) {
        await rm(join(directory, name), { recursive: true, force: true });
      }
    }
    const world =
      options.world === 'default'
        ? 'the default world'
        : 'file' in options.world
          ? `the world of ${options.world.file}`
          : `the repositories below ${options.world.github}`;
    const origin = await readJson(join(directory, 'origin.json'), Origin);
    if (origin && origin.world !== world) {
      throw new UsageError(
        `${directory} holds ${origin.world}, not ${world}; choose another folder with --data, or add --fresh to delete its state`,
      );
    }
    if (origin && origin.firstRun !== options.firstRun) {
      throw new UsageError(
        `${directory} was begun ${origin.firstRun ? 'with' : 'without'} --first-run: ${origin.firstRun ? 'add it' : 'leave it out'} to go on there, choose another folder with --data, or add --fresh to delete its state`,
      );
    }
    await writeJson(join(directory, 'origin.json'), { world, firstRun: options.firstRun });
    return {
      directory,
      cloud: join(directory, 'cloud'),
      github: join(directory, 'github'),
      gitlab: join(directory, 'gitlab'),
      bitbucket: join(directory, 'bitbucket'),
      assembly: join(directory, 'assembly'),
      log: join(directory, 'cloud.log'),
      isUsed: origin !== undefined,
    };
  } catch (error) {
    await rm(join(directory, 'running.json'), { force: true });
    throw error;
  }
}

/** Refuses a folder with other contents, so that nothing in it is changed. */
async function mustBeOurs(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (!found) {
    return;
  }
  if (!found.isDirectory()) {
    throw new UsageError(`--data ${directory}: not a folder`);
  }
  const names = await readdir(directory);
  if (names.length > 0 && !names.includes('origin.json') && !names.includes('running.json')) {
    throw new UsageError(`--data ${directory}: the folder has other contents; choose an empty or new one`);
  }
}

/** Refuses a second `npm start` on the folder: they would destroy each other's state. */
async function lock(directory: string): Promise<void> {
  const file = join(directory, 'running.json');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      const starting = { step: 'it has just begun', since: Date.now() };
      await handle.writeFile(JSON.stringify({ pid: process.pid, starting } satisfies Running));
      await handle.close();
      return;
    } catch {
      const running = await findRunning(directory);
      if (running) {
        throw new UsageError(
          `${directory} is in use by the npm start with process id ${running.pid}; stop it, or choose another folder with --data`,
        );
      }
      // Left behind by a killed process.
      await rm(file, { force: true });
    }
  }
  throw new UsageError(`${directory}: the lock ${file} cannot be taken`);
}

/** The `npm start` that runs on the folder, if its process is alive. */
export async function findRunning(directory: string): Promise<Running | undefined> {
  const running = await readJson(join(directory, 'running.json'), Running);
  return running && isAlive(running.pid) ? running : undefined;
}

/**
 * Notes what a run does that cannot be reached yet, for operators' commands. Not to be called after `markRunning`. Synchronous, so that steps stay in
 * their order.
 *
 * @param since when the run began; milliseconds since the epoch
 */
export function markStarting({ directory }: StateFolder, step: string, since: number): void {
  const file = join(directory, 'running.json');
  const running: Running = { pid: process.pid, starting: { step, since } };
  writeFileSync(`${file}.starting`, JSON.stringify(running), { mode: 0o600 });
  renameSync(`${file}.starting`, file);
}

export async function markRunning(
  folder: StateFolder,
  running: Required<Omit<Running, 'starting'>>,
): Promise<void> {
  await writeJson(join(folder.directory, 'running.json'), running);
}

export async function markStopped(folder: StateFolder): Promise<void> {
  await rm(join(folder.directory, 'running.json'), { force: true });
}

/** Tokens of earlier runs by login. The table has only their hashes, and commands pasted earlier should keep working. */
export async function readTokens(folder: StateFolder): Promise<Tokens> {
  return (await readJson(join(folder.directory, 'tokens.json'), Tokens)) ?? {};
}

export async function writeTokens(folder: StateFolder, tokens: Tokens): Promise<void> {
  await writeJson(join(folder.directory, 'tokens.json'), tokens);
}

const ForgePorts = z.object({ gitLabWeb: z.number(), bitbucketWeb: z.number(), bitbucketApi: z.number() });
/** Ports that belong to the addresses of simulated code hosts, which are part of what is stored about them. */
export type ForgePorts = z.infer<typeof ForgePorts>;

/** Undefined in a new folder. */
export async function readForgePorts(folder: StateFolder): Promise<ForgePorts | undefined> {
  return await readJson(join(folder.directory, 'forge-ports.json'), ForgePorts);
}

export async function writeForgePorts(folder: StateFolder, ports: ForgePorts): Promise<void> {
  await writeJson(join(folder.directory, 'forge-ports.json'), ForgePorts.parse(ports));
}

async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${file} cannot be read; repair the file, or add --fresh to delete the state`);
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}
