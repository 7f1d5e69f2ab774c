/**
 * `npm run kill:start`: kills `npm start` (SIGKILL) at random moments of a first import, starts it again, and measures when `status` answers
 * and when everything is ready. Fails when a start after a kill takes longer than 30 s.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { textTable } from '../text-table.ts';

const readyMax = 30;
const { values } = parseArgs({
  options: { times: { type: 'string', default: '10' }, world: { type: 'string' } },
});
const times = Number(values.times);

interface Trial {
  /** All in seconds. */
  readonly killedAfter: number;
  readonly status: number;
  readonly ready: number;
}

/** Ends with the line that says where everything is. */
function startOn(data: string): { readonly child: ChildProcess; readonly ready: Promise<void> } {
  const world = values.world === undefined ? [] : ['--world', values.world];
  const child = spawn(
    process.execPath,
    ['local/main.ts', '--json', '--port', '0', '--data', data, ...world],
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

async function statusAnswers(data: string, begun: number): Promise<number> {
  for (;;) {
    const command = spawn(process.execPath, ['local/admin.ts', 'status', '--data', data], {
      stdio: 'ignore',
    });
    const [code] = await once(command, 'exit');
    if (code === 0) return secondsSince(begun);
    // It may have looked before the new start took the folder.
    if (secondsSince(begun) > readyMax) throw new Error(`status ended with ${code}`);
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
    const [status] = await Promise.all([statusAnswers(data, begun), again.ready]);
    const ready = secondsSince(begun);
    await kill(again.child, 'SIGINT');
    return { killedAfter, status, ready };
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
for (let count = 0; count < times; count++) trials.push(await trial(importSeconds));
const rows = trials.map((one) =>
  [one.killedAfter, one.status, one.ready].map((seconds) => `${seconds.toFixed(1)} s`),
);
console.log(textTable([['killed after', 'status answers', 'ready'], ...rows]).join('\n'));
const slow = trials.filter(({ ready }) => ready > readyMax);
if (slow.length > 0) {
  console.error(`${slow.length} of ${times} starts after a kill took longer than ${readyMax} s`);
  process.exitCode = 1;
}
