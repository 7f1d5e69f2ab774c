/** Commands about a synchronization: its state, its history, previews, and decisions on held removals. */
import { setTimeout } from 'node:timers/promises';
import type { AdminClient } from '../start/admin-client.ts';
import { AdminError } from '../start/admin-error.ts';
import { UsageError } from '../start/options.ts';
import {
  Asked,
  Installations,
  LeftOut,
  OneRun,
  Preview,
  PreviewJob,
  Runs,
  Status,
  Undone,
} from './answers.ts';
import { type Flags, needed } from './calls.ts';
import { exitCodes } from './exit-codes.ts';
import {
  heldText,
  leftOutText,
  nameOf,
  oneRunText,
  previewText,
  progressText,
  runsText,
  undoneText,
} from './print.ts';
import { installationsText, statusText } from './print-status.ts';

export interface Command {
  readonly client: Pick<AdminClient, 'invoke'>;
  readonly slug: string | undefined;
  /** The arguments after the organization. */
  readonly rest: readonly string[];
  readonly flags: Flags;
  /** Prints progress while the command runs; nothing with --json. */
  readonly progress: (lines: readonly string[]) => void;
}

export interface Printed {
  readonly answer: unknown;
  readonly lines: readonly string[];
  /** Where it is not success. */
  readonly exitCode?: number;
}

/** The interval between two polls of a running command. */
const lookMs = 1000;
/** After this time the command ends; the work continues without it. */
const waitMs = 15 * 60_000;

type Run = (command: Command) => Promise<Printed>;

/** By the name of the command. */
export const synchronizationCommands: Readonly<Record<string, Run>> = {
  status,
  runs,
  'left-out': leftOut,
  preview,
  removals,
  undo,
  synchronize,
};

async function status({ client, slug, rest }: Command): Promise<Printed> {
  noMore('status', rest);
  const answer = await client.invoke('describe-organization', { slug });
  const lines =
    slug === undefined ? installationsText(Installations.parse(answer)) : statusText(Status.parse(answer));
  return { answer, lines };
}

async function runs(command: Command): Promise<Printed> {
  const { client, rest, flags } = command;
  const [number, ...more] = rest;
  noMore('runs', more);
  const all = flags.all ?? false;
  if (number === undefined) {
    const answer = await client.invoke('list-runs', { ...named(command, 'runs'), all });
    return { answer, lines: runsText(Runs.parse(answer).runs, all) };
  }
  const input = { ...named(command, 'runs'), number: runNumber(number) };
  const answer = OneRun.parse(await client.invoke('list-runs', input));
  return { answer, lines: oneRunText(answer.run) };
}

async function leftOut(command: Command): Promise<Printed> {
  const { client, rest } = command;
  const [text, ...more] = rest;
  noMore('left-out', more);
  const repository = needed(text, 'left-out needs a repository name; status lists them');
  const answer = LeftOut.parse(
    await client.invoke('list-left-out', { ...named(command, 'left-out'), repository }),
  );
  return { answer, lines: leftOutText(answer) };
}

async function preview({ client, progress, ...command }: Command): Promise<Printed> {
  noMore('preview', command.rest);
  const input = named(command, 'preview');
  let answer = await client.invoke('preview-run', input);
  let last = '';
  for (let waited = 0; waited < waitMs; waited += lookMs) {
    const { number, state, progress: reached, failure } = PreviewJob.parse(answer);
    if (failure !== undefined) {
      throw new AdminError(failure.message, failure.code);
    }
    if (state === 'done') {
      const { requests, scopes } = Preview.parse(answer);
      return { answer: { requests, scopes }, lines: previewText({ requests, scopes }) };
    }
    const line = reached === undefined ? state : `${reached.read} of ${reached.of} lists read`;
    progress(line === last ? [] : [line]);
    last = line;
    await setTimeout(lookMs);
    answer = await client.invoke('preview-run', { ...input, number });
  }
  throw new AdminError(
    'the preview takes too long; status shows whether something else is read',
    'too-early',
  );
}

async function removals(command: Command): Promise<Printed> {
  const { client, rest, flags } = command;
  const { slug, ...which } = named(command, 'removals');
  const [scope, word, ...more] = rest;
  noMore('removals', more);
  if (scope !== undefined) {
    if (word !== 'yes' && word !== 'no') {
      throw new UsageError(`removals needs yes or no after the scope ${scope}`);
    }
    const shown = needed(
      flags.of,
      `removals needs --of DIGEST; removals ${slug} shows the held removals and their digest`,
    );
    const input = { slug, ...which, scope, decision: word, shown };
    const answer = await client.invoke('decide-removals', input);
    const what = word === 'yes' ? 'they are applied by the read requested now' : 'they are kept';
    return { answer, lines: [`the removals of ${scope} are decided: ${what}`] };
  }
  const { synchronizations } = Status.parse(await client.invoke('describe-organization', { slug }));
  const shown = synchronizations.filter(({ id }) => [undefined, id].includes(flags.synchronization));
  const answer = shown.flatMap(({ heldRemovals }) => heldRemovals);
  const lines = shown.flatMap(({ id, heldRemovals }) =>
    heldText(slug, heldRemovals, nameOf(id, synchronizations)),
  );
  return { answer, lines: lines.length === 0 ? ['no removals are held'] : lines };
}

async function undo(command: Command): Promise<Printed> {
  const [text, ...more] = command.rest;
  noMore('undo', more);
  const number = runNumber(needed(text, 'undo needs the number of a run; runs lists them'));
  const answer = await untilDone(command, 'undo-run', { ...named(command, 'undo'), number });
  const lines = [...notDone(answer), ...undoneText(Undone.parse(answer))];
  return { answer, lines, exitCode: exitCodeFor(answer) };
}

async function synchronize(command: Command): Promise<Printed> {
  noMore('synchronize', command.rest);
  const input = named(command, 'synchronize');
  const answer = await untilDone(command, 'synchronize-organization', input);
  const lines = ['read completely; runs shows what changed'];
  const { isDone, scopes } = Asked.parse(answer);
  const failed = scopes.filter(({ outcome }) => outcome === 'failed').map(({ scope }) => scope);
  return {
    answer,
    lines: isDone
      ? failed.length === 0
        ? lines
        : failed.length === scopes.length
          ? ['nothing could be read; access stays as last read']
          : [`${failed.join(', ')} could not be read; access stays as last read`]
      : notDone(answer),
    exitCode: exitCodeFor(answer),
  };
}

/** A script must not go on as if all were read. */
function exitCodeFor(answer: unknown): number {
  const { isDone, scopes } = Asked.parse(answer);
  const failed = scopes.filter(({ outcome }) => outcome === 'failed').length;
  if (isDone && failed > 0 && failed === scopes.length) {
    return exitCodes.failed;
  }
  return isDone && failed === 0 ? exitCodes.done : exitCodes.incomplete;
}

/** Starts the work, polls until it is done, and prints each change of its progress. */
async function untilDone({ client, progress }: Command, name: string, input: object): Promise<unknown> {
  let answer = await client.invoke(name, input);
  let last: readonly string[] = [];
  for (let waited = 0; ; waited += lookMs) {
    const parsed = Asked.parse(answer);
    const lines = progressText(parsed);
    progress(lines.filter((line) => !last.includes(line)));
    last = lines;
    if (parsed.isDone || waited >= waitMs) {
      return answer;
    }
    await setTimeout(lookMs);
    answer = await client.invoke(name, { ...input, asked: parsed.asked });
  }
}

function notDone(answer: unknown): readonly string[] {
  return Asked.parse(answer).isDone
    ? []
    : ['not done yet; it continues in the background, and status shows its progress'];
}

function named({ slug, flags }: Pick<Command, 'slug' | 'flags'>, command: string) {
  const { synchronization } = flags;
  return {
    slug: needed(slug, `${command} needs the organization's slug`),
    ...(synchronization === undefined ? {} : { synchronization }),
  };
}

function runNumber(text: string): number {
  if (!/^[1-9]\d{0,11}$/.test(text)) {
    throw new UsageError(`not a run number: ${text}; runs lists them`);
  }
  return Number(text);
}

/** @throws UsageError */
export function noMore(command: string, [extra]: readonly string[]): void {
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument of ${command}: ${extra}`);
  }
}
