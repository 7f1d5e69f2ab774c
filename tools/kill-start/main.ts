/**
 * `npm run kill:start`: kills `npm start` (SIGKILL) at random moments of a first import, starts it again, and measures when `status` first answers
 * (with how far the start is), when it answers with the state, and when everything is ready. Fails when a start after a kill takes longer than
 * 30 s, or its first answer longer than 5 s.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exitCodes } from '../../local/admin/exit-codes.ts';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { textTable } from '../text-table.ts';

const readyMax = 30;
/** The time of two commands on a busy machine. */
const answeredMax = 5;
const { values } = parseArgs({
  options: { times: { type: 'string', default: '10' }, world: { type: 'string' } },
});
const times = Number(values.times);

interface Trial {
  /** All in seconds. */
  readonly killedAfter: number;
  readonly answered: number;
  readonly status: number;
  readonly ready: number;
}

/** Ends with the line that says where everything is. */
function startOn(data: string): { readonly child: ChildProcess; readonly ready: Promise<void> } {
  const world = values.world === undefined ? [] : ['--world', values.world];
  const child = spawn(
    process.execPath,
    ['tools/run.mjs', 'local/main.ts', '--json', '--port', '0', '--data', data, ...world],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('\n')) resolve();
    });
    child.on('exit', () => reject(new Error('npm start ended before it was ready')));
  });
  ready.catch(() => undefined);
  return { child, ready };
}

const secondsSince = (begun: number): number => (performance.now() - begun) / 1000;

async function statusAnswers(data: string, begun: number): Promise<Pick<Trial, 'answered' | 'status'>> {
  let answered: number | undefined;
  for (;;) {
    const command = spawn(process.execPath, ['tools/run.mjs', 'local/admin.ts', 'status', '--data', data], {
      stdio: 'ignore',
    });
    const [code] = await once(command, 'exit');
    if (code === 0 || code === exitCodes['too-early']) answered ??= secondsSince(begun);
    if (code === 0) return { answered: answered ?? 0, status: secondsSince(begun) };
    // It may have looked before the new start took the folder.
    if (secondsSince(begun) > 10 * readyMax) throw new Error(`status ended with ${code}`);
  }
}

async function kill(child: ChildProcess, signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** @param importSeconds how long an undisturbed first start takes */
async function trial(importSeconds: number): Promise<Trial> {
  const data = await mkdtemp(join(tmpdir(), 'kill-start-'));
  try {
    const killedAfter = 1 + Math.random() * (importSeconds - 1);
    const first = startOn(data);
    await sleep(killedAfter * 1000);
    await kill(first.child, 'SIGKILL');
    const begun = performance.now();
    const again = startOn(data);
    const readyAt = again.ready.then(() => secondsSince(begun));
    const [answers, ready] = await Promise.all([statusAnswers(data, begun), readyAt]);
    await kill(again.child, 'SIGINT');
    return { killedAfter, ...answers, ready };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function undisturbed(): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), 'kill-start-'));
  const begun = performance.now();
  const { child, ready } = startOn(data);
  await ready;
  const seconds = secondsSince(begun);
  await kill(child, 'SIGINT');
  await rm(data, { recursive: true, force: true });
  return seconds;
}

await buildAssembly();
const importSeconds = await undisturbed();
console.log(`A first start without a kill: ready after ${importSeconds.toFixed(1)} s`);
const trials: Trial[] = [];
for (let count = 0; count < times; count++) {
  const one = await trial(importSeconds);
  console.error(`${count + 1} of ${times}: ready ${one.ready.toFixed(1)} s after a kill`);
  trials.push(one);
}
const rows = trials.map((one) =>
  [one.killedAfter, one.answered, one.status, one.ready].map((seconds) => `${seconds.toFixed(1)} s`),
);
console.log(textTable([['killed after', 'status answers', 'with the state', 'ready'], ...rows]).join('\n'));
const slow = trials.filter(({ ready, answered }) => ready > readyMax || answered > answeredMax);
if (slow.length > 0) {
  console.error(
    `${slow.length} of ${times} starts after a kill took longer than ${readyMax} s, or gave no answer for ${answeredMax} s`,
  );
  process.exitCode = 1;
}
