/** What `npm run bench:composer` is told. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../local/start/options.ts';

export const usage = `Measures Composer's requests and bytes for a project with packages of ours; it needs php and composer.

Usage: npm run bench:composer -- [options]

  --packages N  how many packages the project requires; 60 if left out
  --versions N  how many tags each of them has; 30 if left out. Satis builds the archives of all
  --rounds N    how often each command runs, for the median of the times; 3 if left out
  --satis FILE  also as static files of Satis behind nginx: a PHP script that runs Satis, such as bin/satis in a project that requires
                composer/satis
  --help        this text

Requests and bytes are the same on every machine; times are of this one, where client, registry and a counting proxy share the processors.
`;

export interface Options {
  readonly packages: number;
  readonly versions: number;
  readonly rounds: number;
  readonly satis: string | undefined;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    packages: count('--packages', values.packages, 500),
    versions: count('--versions', values.versions, 500),
    rounds: count('--rounds', values.rounds, 50),
    satis: values.satis,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        packages: { type: 'string', default: '60' },
        versions: { type: 'string', default: '30' },
        rounds: { type: 'string', default: '3' },
        satis: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the options`);
  }
}

function count(option: string, text: string, max: number): number {
  const number = Number(text);
  if (!/^\d{1,3}$/.test(text) || number < 1 || number > max) {
    throw new UsageError(`${option} ${text}: a number from 1 to ${max}`);
  }
  return number;
}
