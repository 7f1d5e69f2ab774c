/** The registry beside a simulated GitLab that has the same repositories as projects of one group. */
import { personalToken } from '../../local/forges/gitlab/state.ts';
import type { GitHubWorld, GitLabWorld } from '../../local/forges/world/world.ts';
import type { Progress } from '../../local/start/progress.ts';
import { startGitLab } from '../../test/contracts/gitlab-fixture.ts';
import { importAll, type MemoryRegistry } from './memory-side.ts';

export interface GitLabRegistry extends MemoryRegistry {
  /** Where the simulated GitLab is, with its relative URL root. */
  readonly web: string;
  /** For its API, in the place of a person's own. */
  readonly token: string;
}

/** Every second project is public: those have another address to be cloned from. */
function onGitLab({ users, organizations: [organization] }: GitHubWorld): GitLabWorld {
  const projects = (organization?.repositories ?? []).map(({ name, git }, place) => ({
    path: name,
    visibility: place % 2 === 0 ? ('private' as const) : ('public' as const),
    ...(git !== undefined && { git }),
  }));
  return { users, organizations: [{ forge: 'gitlab', path: 'acme', members: { alice: 'owner' }, projects }] };
}

/**
 * Runs until `use` has ended.
 *
 * @throws Error when the registry does not come to rest
 */
export async function withGitLabRegistry<Result>(
  world: GitHubWorld,
  progress: Progress,
  use: (registry: GitLabRegistry) => Promise<Result>,
): Promise<Result> {
  const lab = await startGitLab({ world: onGitLab(world) });
  const { simulator, integration, organization, connection, clock, open } = lab;
  try {
    const projects = [...simulator.state.projects.values()];
    progress.step(`simulated GitLab: ${projects.length} projects`);
    const registry = await importAll({
      ...{ forge: 'gitlab', baseUrl: integration.settings.baseUrl, forgeOrganization: organization },
      ...{ connection, clock, open },
      repositories: projects.map(({ id, path, defaultBranch }) => ({
        ...{ id: String(id), name: path, defaultBranch },
      })),
    });
    // The judges have all of GitLab's patience: each asks for the same archives again.
    simulator.intercept(() => {
      simulator.renewLimits();
      return undefined;
    });
    return await use({ ...registry, web: simulator.addresses.web, token: personalToken('alice') });
  } finally {
    await lab.close();
  }
}
