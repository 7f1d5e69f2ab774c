/**
 * Finds dynoxide, the DynamoDB-compatible server, on this machine. The project's lock file has only the package for Linux on x64, since `npm ci`
 * fails everywhere if a registry lacks one of the packages that it names; its makers publish one for each of these systems.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };

/** What the choice depends on. */
export interface Machine {
  /** As Node calls it: `darwin`, `linux`, `win32`, … */
  readonly platform: string;
  readonly arch: string;
  /** The folders of the PATH. */
  readonly paths: readonly string[];
  /** Folder of an installed npm package. */
  packageFolder(name: string): string | undefined;
  exists(path: string): boolean;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  paths: (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  packageFolder(name) {
    try {
      return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    } catch {
      return undefined;
    }
  },
  exists: existsSync,
});

const published: ReadonlySet<string> = new Set([
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-x64',
]);
const version = manifest.optionalDependencies['@dynoxide/linux-x64'];

/** The package first, which has the version that the tests know; then whatever is on the PATH. */
export function findTableProgram(machine: Machine): string | undefined {
  const program = machine.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const folder = machine.packageFolder(`@dynoxide/${machine.platform}-${machine.arch}`);
  return [...(folder === undefined ? [] : [folder]), ...machine.paths]
    .map((one) => join(one, program))
    .find((path) => machine.exists(path));
}

/** What somebody does who has none. @param endpointVariable names the endpoint of another server */
export function withoutTableProgram({ platform, arch }: Machine, endpointVariable: string): string {
  const here = `${platform}-${arch}`;
  const others = `put dynoxide on the PATH, or start another DynamoDB, such as DynamoDB Local, and set ${endpointVariable} to its URL`;
  return published.has(here)
    ? `no DynamoDB server is installed for ${here}. Install it, then start again:\n\n  npm install --no-save @dynoxide/${here}@${version}\n\nOr ${others}.`
    : `no DynamoDB server is known for ${here}: ${others}.`;
}
