/** What `npm run bench:publish` is told. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../local/start/options.ts';

export const usage = `Measures scanning and publishing at the sizes that they have to carry: time, memory, and the limits of the services.

Usage: npm run bench:publish -- [options]

  --only S    only tags, file, packages, folders or archives
  --quick     a tenth of the tags, packages and folders
  --json      print the figures as JSON
  --help      this text

Ends with 1 when a limit is broken. The functions are those that are deployed, each in a process of its own with the heap that its memory has
room for; code host, table and bucket are simulated on this machine, which their processes share. Ten minutes, with --quick one.
`;

const scenes = ['tags', 'file', 'packages', 'folders', 'archives'] as const;
export type SceneName = (typeof scenes)[number];

export interface Options {
  readonly scenes: readonly SceneName[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const wanted = scenes.filter((scene) => values.only === undefined || values.only === scene);
  if (wanted.length === 0) throw new UsageError(`--only ${values.only}: one of ${scenes.join(', ')}`);
  return { scenes: wanted, quick: values.quick ?? false, json: values.json ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the flags`);
  }
}
