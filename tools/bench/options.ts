/** What `npm run bench` is told. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../local/start/options.ts';

export const usage = `Measures what the main job costs and how long it takes, on this machine's local cloud and simulated GitHub.

Usage: npm run bench -- [options]

  --world W   default (that of npm start), a number (a generated company with so many repositories), or a world file;
              may be given several times; without it: default and 500
  --rounds N  how often each change is made and each function started; 3 if left out
  --json      print the figures as JSON
  --help      this text

Takes a few minutes. Times are of this machine, where all functions share its processors, and say nothing of AWS by themselves;
numbers of requests, reads, writes and messages do.
`;

export interface Options {
  readonly worlds: readonly string[];
  readonly rounds: number;
  readonly json: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const rounds = values.rounds ?? '3';
  if (!/^[1-9]\d?$/.test(rounds)) throw new UsageError(`--rounds ${rounds}: a number from 1 to 99`);
  return { worlds: values.world ?? ['default', '500'], rounds: Number(rounds), json: values.json ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        world: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the flags`);
  }
}
