/**
 * Runs a program of a version control system on input that nobody vouches for: without a shell, with a clean environment, and with limits
 * of time, memory, output and disk. At the end, however it comes, the program and everything that it started is gone.
 *
 * Secrets reach a program by files of mode 0600, never by arguments or environment, which every process of the machine can read.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { Secret } from '../runtime/secret.ts';
import { folderBytes } from './folder-bytes.ts';
import { scrub } from './scrub.ts';

/** Where the programs are: names, to be found in `path`, or absolute paths. */
export interface Programs {
  readonly git: string;
  readonly hg: string;
  readonly svn: string;
  readonly ssh: string;
  /** Folders with programs, as in the variable PATH. */
  readonly path: string;
}

export const defaultPrograms: Programs = {
  ...{ git: 'git', hg: 'hg', svn: 'svn', ssh: 'ssh' },
  path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

export interface ProgramLimits {
  /** Until when it has to have ended. */
  readonly seconds: number;
  /** Address space of each process. */
  readonly memoryBytes: number;
  /** Of standard output. */
  readonly outputBytes: number;
  /** Of all files in `folders`, and of each file that is written. */
  readonly diskBytes: number;
}

export interface ProgramRun {
  readonly program: string;
  /** As in the variable PATH. */
  readonly path: string;
  readonly args: readonly string[];
  /** The working folder. */
  readonly folder: string;
  /** HOME: an empty folder, so that there is no configuration of a user. */
  readonly home: string;
  /** Added to the clean environment. Never a secret: other processes can read it. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Standard input; default: empty. */
  readonly input?: string | Uint8Array | undefined;
  readonly limits: ProgramLimits;
  /** Whose size is watched while it runs. */
  readonly folders: readonly string[];
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** What must not be in the text of an error, should the program print it. */
  readonly secrets?: readonly Secret<string>[] | undefined;
}

/** `missing`: there is no such program. `exit`: it ended with another code than 0, or by a signal. The others are limits. */
export type ProgramFailure = 'missing' | 'exit' | 'time' | 'memory' | 'output' | 'disk' | 'aborted';

/** What a program printed to standard error is kept up to this length, from its end; bytes. */
const stderrBytesMax = 16 * 1024;

export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly failure: ProgramFailure;
  readonly program: string;
  /** Undefined when it did not end by itself. */
  readonly code: number | undefined;
  /** The end of what it printed to standard error, without credentials. */
  readonly stderr: string;

  constructor(
    failure: ProgramFailure,
    program: string,
    { code, stderr = '', cause }: { code?: number | undefined; stderr?: string; cause?: unknown } = {},
  ) {
    const how = failure === 'exit' ? `ended with ${code ?? 'a signal'}` : `failed: ${failure}`;
    super(`${program} ${how}${stderr === '' ? '' : `: ${stderr.trim().slice(-1000)}`}`, { cause });
    this.failure = failure;
    this.program = program;
    this.code = code;
    this.stderr = stderr;
  }
}

export interface RunningProgram {
  /** Ends with a ProgramError, or the reason of the signal, when the program fails. What is not read holds the program up. */
  readonly stdout: Readable;
  /** Fulfilled with the end of standard error when the program has ended with 0. @throws ProgramError, or the signal's reason */
  readonly ended: Promise<{ readonly stderr: string }>;
}

export type RunProgram = (run: ProgramRun) => RunningProgram;

/** How often the size of the folders is looked at; milliseconds. */
const diskCheckMs = 250;
/**
 * Sets limits that the operating system enforces, and becomes the program. The text is fixed: what it runs are its arguments. `timeout` ends the group of
 * processes even where the process that started it, this one, is gone.
 */
const limiter =
  'ulimit -c 0 && ulimit -v "$1" && ulimit -f "$2" && limit=$3 && shift 3 && exec timeout -s KILL "$limit" "$@"';

/** Runs a program, as `RunProgram`. */
export function runProgram(run: ProgramRun): RunningProgram {
  const { program, args, limits } = run;
  const [memory, disk, time] = [
    Math.ceil(limits.memoryBytes / 1024),
    // POSIX: units of 512 bytes. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ulimit.html
    Math.ceil(limits.diskBytes / 512),
    // Later than ours, which says why.
    Math.ceil(limits.seconds) + 5,
  ].map(String);
  const child = spawn('/bin/sh', ['-c', limiter, 'sh', `${memory}`, `${disk}`, `${time}`, program, ...args], {
    cwd: run.folder,
    env: {
      ...{ PATH: run.path, HOME: run.home, XDG_CONFIG_HOME: run.home, TMPDIR: run.home },
      ...{ LC_ALL: 'C.UTF-8', LANGUAGE: '', TZ: 'UTC' },
      ...run.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of processes of its own, to be ended together.
    detached: true,
  });
  // A program that ends early does not read its input to the end.
  child.stdin.on('error', () => {});
  child.stdin.end(run.input ?? '');
  return watch(run, child);
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function watch(run: ProgramRun, child: Child): RunningProgram {
  const { program, limits, signal, secrets = [] } = run;
  const stdout = new PassThrough();
  const stderr = lastBytes(child.stderr, stderrBytesMax);
  const text = (): string => scrub(stderr(), secrets);
  let failure: Error | undefined;
  const stop = (reason: Error): void => {
    failure ??= reason;
    endGroup(child);
  };
  const stopAt = (limit: ProgramFailure) => stop(new ProgramError(limit, program, { stderr: text() }));
  const timer = setTimeout(() => stopAt('time'), limits.seconds * 1000);
  const disk = watchFolders(run.folders, limits.diskBytes, () => stopAt('disk'));
  const abort = (): void => stop(asError(signal?.reason));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();
  let length = 0;
  child.stdout.on('data', (bytes: Uint8Array) => {
    length += bytes.length;
    if (length > limits.outputBytes) stopAt('output');
  });
  child.stdout.pipe(stdout, { end: false });
  // Whoever reads it no longer wants the program.
  stdout.on('close', () => {
    if (!stdout.writableFinished) stop(new ProgramError('aborted', program));
  });
  const ended = new Promise<{ stderr: string }>((resolve, reject) => {
    const end = (error: Error | undefined): void => {
      clearTimeout(timer);
      disk.stop();
      signal?.removeEventListener('abort', abort);
      endGroup(child);
      if (error === undefined) {
        stdout.end();
        resolve({ stderr: text() });
      } else {
        stdout.destroy(error);
        reject(error);
      }
    };
    child.on('error', (cause) => end(failure ?? new ProgramError('missing', program, { cause })));
    child.on('close', async (code, endedBy) => {
      const error = failure ?? failureOf(program, code, endedBy, text());
      const isDisk = error !== undefined && (await isFull(run, error));
      end(isDisk ? new ProgramError('disk', program, { stderr: text() }) : error);
    });
  });
  // Also where only the stream is used.
  ended.catch(() => {});
  stdout.on('error', () => {});
  return { stdout, ended };
}

function failureOf(
  program: string,
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): ProgramError | undefined {
  if (code === 0) return undefined;
  if (code === 127 && /not found|no such file/i.test(stderr)) return new ProgramError('missing', program);
  const bySignal = signal === null ? (code ?? 0) - 128 : constants.signals[signal];
  // Of the shell's `ulimit -f`, also as programs report it that ignore the signal.
  if (bySignal === constants.signals.SIGXFSZ || /File too large/.test(stderr)) {
    return new ProgramError('disk', program, { stderr });
  }
  const isMemory =
    /out of memory|memory exhausted|cannot allocate memory|MemoryError|mmap failed|unable to create thread/i;
  return new ProgramError(isMemory.test(stderr) ? 'memory' : 'exit', program, {
    ...(code !== null && { code }),
    stderr,
  });
}

/**
 * Whether the program failed since its folders were full, by their size at its end. When a program that it started is ended at the limit of a
 * file, git says no more than that it got nothing from it, and may end before the folders are looked at again.
 */
const isFull = async ({ folders, limits: { diskBytes } }: ProgramRun, error: Error): Promise<boolean> =>
  error instanceof ProgramError &&
  error.failure === 'exit' &&
  (await folderBytes(folders, diskBytes)) >= diskBytes;

/** Ends the program with everything that it started. */
function endGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** Calls `full` once the files in the folders are larger. */
function watchFolders(folders: readonly string[], bytesMax: number, full: () => void): { stop(): void } {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    if ((await folderBytes(folders, bytesMax)) > bytesMax && !isOver) full();
    if (!isOver) timer = setTimeout(() => void look(), diskCheckMs);
  };
  timer = setTimeout(() => void look(), diskCheckMs);
  return {
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** @returns a function for the text so far */
function lastBytes(stream: Readable, bytesMax: number): () => string {
  let kept = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]).subarray(-bytesMax);
  });
  return () => kept.toString('utf8');
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason });

/** Everything that a program prints, if it ends with 0. @throws ProgramError, or the signal's reason */
export async function collect({
  stdout,
  ended,
}: RunningProgram): Promise<{ readonly stdout: Buffer; readonly stderr: string }> {
  const parts: Buffer[] = [];
  stdout.on('data', (part: Buffer) => parts.push(part));
  const { stderr } = await ended;
  return { stdout: Buffer.concat(parts), stderr };
}

/** Runs a program to its end, and gives what it prints. @throws ProgramError, or the signal's reason */
export const outputOf = async (run: RunProgram, how: ProgramRun): Promise<Buffer> =>
  (await collect(run(how))).stdout;
