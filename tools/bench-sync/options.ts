/** What `npm run bench:sync` is told. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../local/start/options.ts';

export const usage = `Measures what it costs to keep in step with GitHub, GitLab and Bitbucket, beside what it may cost, on the simulated ones.

Usage: npm run bench:sync -- [options]

  --forge F   only github, gitlab or bitbucket
  --quick     smaller companies: a fifth of the repositories
  --latency N milliseconds added to each request to GitHub; 50 if left out
  --json      print the figures as JSON
  --help      this text

Ends with 1 when a limit is broken. Numbers of requests, writes and messages are the same on every machine; times are of this one, where
GitHub, table and function share the processors. Requests, writes and messages of the middling company are counted over a table in
memory; the large one is read over the DynamoDB emulator, by the function in a process of its own.
`;

const forges = ['github', 'gitlab', 'bitbucket'] as const;
type Forge = (typeof forges)[number];

export interface Options {
  /** Whose costs are measured; everybody's by default. */
  readonly forges: readonly Forge[];
  readonly quick: boolean;
  readonly latencyMs: number;
  readonly json: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const latency = values.latency ?? '50';
  if (!/^\d{1,4}$/.test(latency)) throw new UsageError(`--latency ${latency}: a number from 0 to 9999`);
  const wanted = forges.filter((forge) => values.forge === undefined || values.forge === forge);
  if (wanted.length === 0) throw new UsageError(`--forge ${values.forge}: one of ${forges.join(', ')}`);
  return {
    forges: wanted,
    quick: values.quick ?? false,
    latencyMs: Number(latency),
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        forge: { type: 'string' },
        quick: { type: 'boolean' },
        latency: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the flags`);
  }
}
