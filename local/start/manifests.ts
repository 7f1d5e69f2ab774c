/** Package names and tags of the simulated repositories, for the values that an owner would give to `connect`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { GitHubState } from '../forges/github/state.ts';

const run = promisify(execFile);
const Manifest = z.object({ name: z.string() });

export interface FoundManifest {
  readonly repository: string;
  readonly packageName: string;
}

/** The package names on the default branches of the organization's repositories, without forks. */
export const manifestsOf = (state: GitHubState, organizationId: number): Promise<readonly FoundManifest[]> =>
  manifestsIn(
    [...state.repositories.values()].filter(
      (repository) => repository.organizationId === organizationId && repository.forkOf === undefined,
    ),
  );

interface BareRepository {
  readonly name: string;
  readonly gitDirectory: string;
  readonly defaultBranch: string;
}

/** The package names on the default branches. */
export async function manifestsIn(
  repositories: readonly BareRepository[],
): Promise<readonly FoundManifest[]> {
  const found = await Promise.all(
    repositories.map(async ({ name, gitDirectory, defaultBranch }) => {
      try {
        const { stdout } = await run(
          'git',
          ['-C', gitDirectory, 'show', `refs/heads/${defaultBranch}:composer.json`],
          { maxBuffer: 8 * 1024 * 1024 },
        );
        const manifest = Manifest.safeParse(JSON.parse(stdout));
        return manifest.success ? [{ repository: name, packageName: manifest.data.name.toLowerCase() }] : [];
      } catch {
        // No such branch or file, or invalid JSON: nothing to propose.
        return [];
      }
    }),
  );
  return found.flat();
}

export function vendorsOf(manifests: readonly FoundManifest[]): readonly string[] {
  return [...new Set(manifests.map(({ packageName }) => packageName.split('/')[0] ?? ''))]
    .filter((vendor) => vendor !== '')
    .sort();
}

/** A version tag that the repository does not have yet, for the example in the instructions. */
export async function freeTag(repository: BareRepository | undefined): Promise<string> {
  if (!repository) {
    return 'v99.0.0';
  }
  const { stdout } = await run('git', ['-C', repository.gitDirectory, 'tag', '--list', 'v99.0.*']);
  const taken = new Set(stdout.split('\n'));
  let patch = 0;
  while (taken.has(`v99.0.${patch}`)) {
    patch++;
  }
  return `v99.0.${patch}`;
}
