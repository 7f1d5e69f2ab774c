/** `npm run admin`: an operator's commands, carried out by the API of a running `npm start` or of a deployment. */
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAccepted } from './admin/accepted-token.ts';
import { type Flags, needed, readFlags, simpleCommands } from './admin/calls.ts';
import { deletionCommands } from './admin/deletion-commands.ts';
import { onAws } from './admin/deployment.ts';
import { exitCodeOf, exitCodes } from './admin/exit-codes.ts';
import { folderCommands } from './admin/folder-command.ts';
import { nameCommands } from './admin/name-commands.ts';
import { printable, printableJson } from './admin/printable.ts';
import { repositoryCommands } from './admin/repository-commands.ts';
import { simpleText } from './admin/simple-text.ts';
import { noMore, type Printed, synchronizationCommands } from './admin/synchronization-commands.ts';
import { usage, usageOf } from './admin/usage.ts';
import { whyCommands } from './admin/why-command.ts';
import { createAdminClient } from './start/admin-client.ts';
import { AdminError } from './start/admin-error.ts';
import { readOperatorKey } from './start/api-client.ts';
import { UsageError } from './start/options.ts';
import { atPlace, defaultData, placeOf } from './start/place.ts';
import { findRunning, type Running } from './start/state-folder.ts';

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values: flags, positionals } = readFlags(args);
    const [command, slug, ...rest] = positionals;
    if (flags.help || command === undefined) {
      process.stdout.write(command === undefined ? usage : usageOf(command));
      return flags.help ? exitCodes.done : exitCodes.usage;
    }
    const printed = await run(command, slug, rest, flags);
    if (flags.json) {
      // Some answers of the API have no body.
      process.stdout.write(`${printableJson(printed.answer ?? {})}\n`);
    } else {
      print(printed.lines.map((line) => atPlace(line, placeOf(flags))));
    }
    return printed.exitCode ?? exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError || error instanceof AdminError || isArgumentError(error)) {
      process.stderr.write(
        error.message
          .split('\n')
          .map((line) => `${printable(line)}\n`)
          .join(''),
      );
      return exitCodeOf(error);
    }
    throw error;
  }
}

/** Commands that are more than one call. */
const printedCommands = {
  ...synchronizationCommands,
  ...nameCommands,
  ...folderCommands,
  ...deletionCommands,
  ...repositoryCommands,
  ...whyCommands,
};

async function run(
  command: string,
  slug: string | undefined,
  rest: readonly string[],
  flags: ReturnType<typeof readFlags>['values'],
): Promise<Printed> {
  const long = Object.hasOwn(printedCommands, command) ? printedCommands[command] : undefined;
  if (long !== undefined) {
    const client = await clientOf(flags, command);
    return long({ client, slug, rest, flags, progress: flags.json ? () => {} : print });
  }
  const simple = Object.hasOwn(simpleCommands, command) ? simpleCommands[command] : undefined;
  if (simple === undefined) {
    throw new UsageError(`unknown command ${command}; --help lists them`);
  }
  noMore(command, rest);
  const [name, input] = simple(needed(slug, `${command} needs the organization's slug`), flags);
  const answer = await (await clientOf(flags, command)).invoke(name, input);
  if (command === 'token') await isAccepted(answer);
  return { answer, lines: simpleText[command]?.(slug ?? '', answer, flags) ?? [] };
}

async function clientOf(
  flags: Pick<Flags, 'data' | 'aws' | 'key-file' | 'key-secret' | 'by'>,
  command: string,
) {
  const { by } = flags;
  if (flags.aws !== undefined) {
    return createAdminClient({ ...onAws(flags.aws, flags), by });
  }
  const directory = resolve(flags.data ?? defaultData);
  // Whoever asks for the state gets it, and need not wait for it.
  const running = await (command === 'status' ? findRunning : reachable)(directory);
  if (!running) {
    throw new AdminError(
      `no npm start is running on ${directory}: start one, or give its folder with --data`,
    );
  }
  const { gateway, api } = running;
  if (gateway === undefined || api === undefined) {
    throw new AdminError(notReady(directory, running.starting, Date.now()), 'too-early');
  }
  const operatorKey = () => readOperatorKey(api.operatorKeySecret, gateway);
  return createAdminClient({ consoleBaseUrl: api.consoleBaseUrl, operatorKey, by });
}

/** @param now milliseconds since the epoch */
function notReady(directory: string, starting: Running['starting'], now: number): string {
  const progress =
    starting === undefined ? '' : ` for ${((now - starting.since) / 1000).toFixed(1)} s: ${starting.step}`;
  return `npm start on ${directory} is starting${progress}\nit is not ready yet; ask again`;
}

/** How long a command waits for an npm start that has just begun; milliseconds. */
const startingMs = 30_000;

/** The `npm start` on the folder, with its address as soon as it has one. */
async function reachable(directory: string): ReturnType<typeof findRunning> {
  const giveUp = Date.now() + startingMs;
  for (;;) {
    const running = await findRunning(directory);
    if (running?.gateway !== undefined || running === undefined || Date.now() > giveUp) {
      return running;
    }
    await setTimeout(200);
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** Errors that parseArgs and Date throw for bad input. */
function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof RangeError;
}

process.exitCode = await main(process.argv.slice(2));
