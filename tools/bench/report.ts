/** The figures as text. */
import { textTable } from '../text-table.ts';
import { median } from './cold-starts.ts';
import type { EdgeSize } from './edge-size.ts';
import type { Counter, CounterKind } from './recorder.ts';
import type { MeasuredPhase, MeasuredWorld } from './run-world.ts';

/** Operations that read; of the table and of objects. */
const reads = /^(?:Get|Head|List|Query|Scan|BatchGet|TransactGet|Describe)/;
/** The bench and npm start look at the organization until it is ready; a deployed system has nobody who does. */
function isOfTheSystem({ caller }: Counter): boolean {
  return caller !== 'serve-api' && caller !== 'operator';
}

export function reportOf(measured: MeasuredWorld): string {
  const { world, counts, makingMs, stages, phases, starts, functions, rateLimitPoints, notes, edge } =
    measured;
  const [imported] = phases;
  const counters = (imported?.counters ?? []).filter(isOfTheSystem);
  return [
    `World ${world}: ${counts.repositories} repositories, ${counts.packages} packages, ${counts.versions} versions, ${counts.teams} teams, ${counts.members} members`,
    `(made, and the local cloud started, in ${seconds(makingMs)} s)`,
    ...section(
      'Stages, in ms after the connection was asked for; they overlap, and the first token is asked for when all is published',
    ),
    ...textTable(stages.map(({ name, endedAfterMs }) => [name, whole(endedAfterMs)])),
    ...section('Changes, in ms until who installs sees them'),
    ...changesTable(phases),
    ...section(
      'What each took until nothing was to do any more; here and below without those who only look (serve-api)',
    ),
    ...phasesTable(phases),
    ...section(
      `Import: requests to the forge (its limits counted ${rateLimitPoints.rest} points REST, ${rateLimitPoints.graphql} GraphQL)`,
    ),
    ...countersTable(counters, 'forge', 'calls'),
    ...section('Import: table, calls and (items in them; of queries only their number)'),
    ...countersTable(counters, 'table', 'both'),
    ...section('Import: objects, calls of functions'),
    ...countersTable(counters, 'objects', 'calls'),
    ...section('Import: messages by queue'),
    ...countersTable(counters, 'messages', 'items'),
    ...section('Import: edge key-values, calls and (keys in them)'),
    ...countersTable(counters, 'edge keys', 'both'),
    ...section('Key-value store of the edge, when ready'),
    ...edgeLines(edge),
    ...section(
      'Functions over the whole run. Memory: the most that V8 used in one worker, heap and buffers, sampled every 50 ms and after',
    ),
    'each invocation; Node.js itself comes on top. Cold: worker start, load of the bundle, first invocation; warm: the same event again.',
    ...functionsTable(functions, starts),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `Note: ${note}`)] : []),
    '',
  ].join('\n');
}

function section(title: string): string[] {
  return ['', title];
}

function edgeLines({ kinds, bytes, bytesWithAllTokens, fits, fitsUntilAlarm }: EdgeSize): string[] {
  const labels: Readonly<Record<string, string>> = {
    p: 'packages',
    v: 'what each principal may read',
    t: 'tokens',
    o: 'others',
  };
  const rows = Object.entries(kinds).map(([kind, one]) => [
    labels[kind] ?? kind,
    String(one.keys),
    String(one.bytes),
  ]);
  return [
    ...textTable([['', 'keys', 'bytes'], ...rows, ['all', '', String(bytes)]]),
    `With a token for every member ${bytesWithAllTokens} bytes: ${fits} organizations like this one fit into a store, ${fitsUntilAlarm} until its alarm.`,
  ];
}

function changesTable(phases: readonly MeasuredPhase[]): string[] {
  const rows = phases
    .filter(({ tookMs }) => tookMs.length > 0)
    .map(({ name, tookMs }) => [
      name,
      whole(median(tookMs)),
      whole(Math.min(...tookMs)),
      whole(Math.max(...tookMs)),
    ]);
  return rows.length === 0 ? ['none measured'] : textTable([['', 'median', 'least', 'most'], ...rows]);
}

function phasesTable(phases: readonly MeasuredPhase[]): string[] {
  const head = [
    '',
    'forge',
    'table reads',
    'table writes',
    'object reads',
    'object writes',
    'messages',
    'edge updates',
  ];
  const rows = phases.map(({ name, counters }) => {
    const own = counters.filter(isOfTheSystem);
    const of = (kind: CounterKind, isWanted: (counter: Counter) => boolean = () => true) =>
      String(
        sum(
          own.filter((counter) => counter.kind === kind && isWanted(counter)),
          'items',
        ),
      );
    const isRead = ({ name: operation }: Counter) => reads.test(operation);
    const isWrite = (counter: Counter) => !isRead(counter);
    const updates = ({ name: operation }: Counter) => operation === 'UpdateKeys';
    return [
      name,
      of('forge'),
      of('table', isRead),
      of('table', isWrite),
      of('objects', isRead),
      of('objects', isWrite),
      of('messages'),
      of('edge keys', updates),
    ];
  });
  return textTable([head, ...rows]);
}

/** A row for each function, a column for each operation. */
export function countersTable(
  counters: readonly Counter[],
  kind: CounterKind,
  shown: 'calls' | 'items' | 'both',
): string[] {
  const own = counters.filter((counter) => counter.kind === kind);
  if (own.length === 0) return ['none'];
  const names = [...new Set(own.map(({ name }) => name))].sort();
  const callers = [...new Set(own.map(({ caller }) => caller))].sort();
  const cell = (some: readonly Counter[]): string => {
    const [calls, items] = [sum(some, 'calls'), sum(some, 'items')];
    if (calls === 0) return '';
    if (shown === 'both') return calls === items ? String(calls) : `${calls} (${items})`;
    return String(shown === 'calls' ? calls : items);
  };
  const row = (label: string, some: readonly Counter[]): string[] => [
    label,
    ...names.map((name) => cell(some.filter((counter) => counter.name === name))),
    cell(some),
  ];
  return textTable([
    ['function', ...names, 'all'],
    ...callers.map((caller) =>
      row(
        caller,
        own.filter((counter) => counter.caller === caller),
      ),
    ),
    row('all', own),
  ]);
}

function functionsTable(functions: MeasuredWorld['functions'], starts: MeasuredWorld['starts']): string[] {
  const head = [
    'function',
    'invocations',
    'failed',
    'cold starts',
    'peak MB',
    'load ms',
    'cold ms',
    'warm ms',
  ];
  const rows = functions
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, invocations, failed, coldStarts, memoryPeak }) => {
      const times = starts.find((one) => one.name === name);
      return [
        name,
        String(invocations),
        String(failed),
        String(coldStarts),
        (memoryPeak / 1024 ** 2).toFixed(1),
        ...(times === undefined ? ['', '', ''] : [times.loadMs, times.coldMs, times.warmMs].map(whole)),
      ];
    });
  return textTable([head, ...rows]);
}

function sum(counters: readonly Counter[], key: 'calls' | 'items'): number {
  return counters.reduce((total, counter) => total + counter[key], 0);
}

function whole(value: number): string {
  return String(Math.round(value));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
