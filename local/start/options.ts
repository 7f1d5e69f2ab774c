/** The command line of `npm start`. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly json: boolean;
  /** The first of the ports; 0 takes free ones. */
  readonly port: number;
  readonly directory: string;
  readonly fresh: boolean;
  /** Nothing is set up: the person registers the App and connects organizations by the pages. */
  readonly firstRun: boolean;
  readonly world: { readonly file: string } | { readonly github: string } | 'default';
}

/** An invalid command line; the message is for its author. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const defaultPort = 7420;
/** How many consecutive ports `npm start` takes. */
export const portCount = 13;

export const usage = `Starts the local cloud and a simulated GitHub, connects its organization, and prints first the address of the console, where
you see and change everything in a browser; then tokens and commands. If the world has groups or workspaces, a simulated
GitLab or Bitbucket starts beside it, and their owner connects them.

Usage: npm start -- [options]

  --json          print one line of JSON when ready, and nothing else on standard output
                  (npm itself prints two lines before it: npm start --silent -- --json)
  --port N        first of ${portCount} ports on 127.0.0.1 (default ${defaultPort}; 0: any free ports)
  --data DIR      folder for the state between runs (default .repertoire)
  --fresh         delete the state in the data folder first
  --first-run     do not set anything up: create the App and the administrator in the browser, as after a deployment
  --world FILE    simulate the code hosts that a YAML file describes (docs/worlds.md)
  --github DIR    simulate a GitHub with every git repository below DIR, bare or not
  --help          show this text
`;

/**
 * @returns the options, or `help` if that was requested
 * @throws UsageError that names the flag and what it takes
 */
export function parseOptions(args: readonly string[]): StartOptions | 'help' {
  const values = parseFlags(args);
  if (values.help) {
    return 'help';
  }
  if (values.world !== undefined && values.github !== undefined) {
    throw new UsageError('--world and --github cannot be combined');
  }
  return {
    json: values.json ?? false,
    port: parsePort(values.port),
    directory: resolve(values.data ?? '.repertoire'),
    fresh: values.fresh ?? false,
    firstRun: values['first-run'] ?? false,
    world: parseWorld(values.world, values.github),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        'first-run': { type: 'boolean' },
        world: { type: 'string' },
        github: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      strict: true,
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${message}; --help lists the flags`);
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined) {
    return defaultPort;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535 - portCount || (port !== 0 && port < 1024)) {
    throw new UsageError(
      `--port takes 0 or a number from 1024 to ${65_535 - portCount}, not ${JSON.stringify(text)}`,
    );
  }
  return port;
}

function parseWorld(file: string | undefined, github: string | undefined): StartOptions['world'] {
  if (file !== undefined) {
    if (!existsSync(file) || !statSync(file).isFile()) {
      throw new UsageError(`--world ${file}: ${existsSync(file) ? 'not a file' : 'no such file'}`);
    }
    return { file: resolve(file) };
  }
  if (github !== undefined) {
    if (!existsSync(github) || !statSync(github).isDirectory()) {
      throw new UsageError(`--github ${github}: no such folder`);
    }
    return { github: resolve(github) };
  }
  return 'default';
}
