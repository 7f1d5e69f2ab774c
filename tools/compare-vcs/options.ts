/** What `npm run compare:vcs` is told. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../local/start/options.ts';
import { type DriverName, driverNames } from './composer-side.ts';

export const usage = `Compares what Composer's own vcs drivers make of git repositories with what Repertoire makes of them.

Usage: npm run compare:vcs -- DIR [options]

  DIR              every git repository below it is compared, bare or not; nothing is written there
  --driver NAME    git: the driver for any git repository, which reads a copy; github: the one for github.com, which the simulated
                   GitHub answers; gitlab and bitbucket: the ones for those, which the simulated ones answer. All if left out
  --json           print all rows as JSON
  --help           this text

Takes php and Composer's library: Debian's packages php-cli and composer bring both. Other versions of the library judge with
COMPOSER_LIBRARY=PATH[:PATH...], each the folder of a Composer with its vendor folder, or an autoloader.

Exit code: 0 if all rows are equal but for the named exceptions, 1 if not, 2 if the comparison could not be made.
`;

export interface Options {
  readonly directory: string;
  readonly drivers: readonly DriverName[];
  readonly json: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [directory, ...more] = positionals;
  if (directory === undefined || more.length > 0) {
    throw new UsageError('compare:vcs takes one folder with git repositories; --help tells more');
  }
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new UsageError(`${directory}: there is no such folder`);
  }
  return { directory: resolve(directory), drivers: driversOf(values.driver), json: values.json ?? false };
}

function driversOf(name: string | undefined): readonly DriverName[] {
  if (name === undefined) return driverNames;
  const driver = driverNames.find((one) => one === name);
  if (driver === undefined) throw new UsageError(`--driver ${name}: there are ${driverNames.join(', ')}`);
  return [driver];
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        driver: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the flags`);
  }
}
