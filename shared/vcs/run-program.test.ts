import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { Secret } from '../runtime/secret.ts';
import { defaultPrograms, outputOf, ProgramError, type ProgramRun, runProgram } from './run-program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-program-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mebibyte = 1024 ** 2;

/** The shell as a program under test. */
const shell = (script: string, more: Partial<ProgramRun> = {}): ProgramRun => ({
  ...{
    program: 'sh',
    args: ['-c', script],
    path: defaultPrograms.path,
    folder,
    home: folder,
    // What the other tests leave behind is not this program's.
    folders: [],
  },
  limits: { seconds: 20, memoryBytes: 1024 * mebibyte, outputBytes: mebibyte, diskBytes: 20 * mebibyte },
  ...more,
});
const limited = (script: string, limits: Partial<ProgramRun['limits']>): ProgramRun => {
  const run = shell(script);
  return { ...run, limits: { ...run.limits, ...limits } };
};
const failureOf = (run: ProgramRun): Promise<unknown> =>
  outputOf(runProgram, run).then(String, (error: unknown) => error);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a program', () => {
  it('gets its arguments as they are, its input, and a clean environment', async () => {
    const odd = ['$(id)', '`id`', "'; id #", '--', '', 'two words', 'ü'];
    const args = ['-c', 'printf "%s\\n" "$@"', 'sh', ...odd];
    expect(String(await outputOf(runProgram, { ...shell(''), args }))).toBe(`${odd.join('\n')}\n`);
    expect(String(await outputOf(runProgram, shell('cat', { input: 'in' })))).toBe('in');
    const environment = String(await outputOf(runProgram, shell('env', { environment: { ADDED: '1' } })));
    const names = environment.split('\n').flatMap((line) => line.split('=').slice(0, -1));
    const shells = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(names.filter((name) => !shells.includes(name)).sort()).toEqual([
      'ADDED',
      'HOME',
      'LANGUAGE',
      'LC_ALL',
      'PATH',
      'TMPDIR',
      'TZ',
      'XDG_CONFIG_HOME',
    ]);
  });

  it('that ends with another code is an error with the end of what it said, without secrets', async () => {
    const password = new Secret('hunter 22');
    const said =
      'echo "no access for hunter 22 (aHVudGVyIDIy, hunter%2022) at https://me:pw@host/x" >&2; exit 3';
    const error = await failureOf(shell(said, { secrets: [password] }));
    expect(error).toMatchObject({
      ...{ failure: 'exit', code: 3 },
      stderr: 'no access for [redacted] ([redacted], [redacted]) at https://host/x\n',
    });
    expect(String(await failureOf(shell('yes error | head -c 1000000 >&2; exit 1')))).toHaveLength(1031);
  });

  it('that is not there is said to be missing', async () => {
    const missing = { ...shell(''), program: 'no-such-program' };
    expect(await failureOf(missing)).toMatchObject({ failure: 'missing', program: 'no-such-program' });
  });

  it.each<[string, string, Partial<ProgramRun['limits']>]>([
    ['time', 'sleep 60', { seconds: 0.3 }],
    ['output', 'yes', { outputBytes: 100_000 }],
    [
      'disk',
      'while :; do head -c 1000000 /dev/zero > $$-$RANDOM-$(date +%N); done',
      { diskBytes: 5 * mebibyte },
    ],
    ['disk', 'head -c 30000000 /dev/zero > one', { diskBytes: 5 * mebibyte }],
    // As git does, whose own program is ended.
    ['disk', 'sh -c "exec head -c 30000000 /dev/zero > two"; exit 128', { diskBytes: 5 * mebibyte }],
    ['memory', 'exec dd bs=300M count=1 if=/dev/zero of=/dev/null', { memoryBytes: 100 * mebibyte }],
  ])('is stopped at its limit of %s: %s', async (failure, script, limits) => {
    const own = await mkdtemp(join(folder, 'limit-'));
    const run = { ...limited(script, limits), folder: own, folders: failure === 'disk' ? [own] : [] };
    expect(await failureOf(run)).toMatchObject({ failure });
  });

  it('is ended with everything that it started', async () => {
    const controller = new AbortController();
    const run = shell('sleep 61 & echo $!; sleep 62', { signal: controller.signal });
    const { stdout, ended } = runProgram(run);
    let printed = '';
    stdout.once('data', (pid: Buffer) => {
      printed = pid.toString();
      controller.abort();
    });
    await expect(ended).rejects.toThrow();
    expect(Number(printed)).toBeGreaterThan(0);
    await eventually(async () => expect(isAlive(Number(printed))).toBe(false), 5000);
  });

  it('is ended by the signal, with its reason, and by whoever stops reading', async () => {
    const reason = new Error('nobody waits');
    expect(await failureOf(shell('sleep 60', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const { stdout, ended } = runProgram(shell('yes'));
    stdout.once('data', () => stdout.destroy());
    await expect(ended).rejects.toThrow(ProgramError);
  });

  it('that fails is an error of its stream too', async () => {
    await expect(text(runProgram(shell('echo some; exit 1')).stdout)).rejects.toThrow(/ended with 1/);
  });
});
