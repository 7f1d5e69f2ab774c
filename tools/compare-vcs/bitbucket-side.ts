/** The registry beside a simulated Bitbucket that has the same repositories in one workspace. */
import type { BitbucketWorld, GitHubWorld } from '../../local/forges/world/world.ts';
import type { Progress } from '../../local/start/progress.ts';
import { startBitbucket } from '../../test/contracts/bitbucket-fixture.ts';
import { importAll, type MemoryRegistry } from './memory-side.ts';

export interface BitbucketRegistry extends MemoryRegistry {
  /** Where the simulated Bitbucket is. */
  readonly web: string;
  readonly api: string;
  /** Whom its API and its web host answer: the `Authorization` header. */
  readonly authorization: string;
}

/** Every second repository is public: a private one's address has the name of whoever asks. */
function onBitbucket({ users, organizations: [organization] }: GitHubWorld): BitbucketWorld {
  const repositories = (organization?.repositories ?? []).map(({ name, git }, place) => ({
    ...{ slug: name, private: place % 2 === 0 },
    ...(git !== undefined && { git }),
  }));
  const projects = [{ key: 'ALL', repositories }];
  return {
    users,
    organizations: [{ forge: 'bitbucket', slug: 'acme', members: { alice: 'owner' }, projects }],
  };
}

/**
 * Runs until `use` has ended.
 *
 * @throws Error when the registry does not come to rest
 */
export async function withBitbucketRegistry<Result>(
  world: GitHubWorld,
  progress: Progress,
  use: (registry: BitbucketRegistry) => Promise<Result>,
): Promise<Result> {
  const at = await startBitbucket({ world: onBitbucket(world) });
  const { simulator, cloud, integration, organization, connection, clock, open } = at;
  const { web, api } = simulator.addresses;
  try {
    const all = [...simulator.state.repositories.values()];
    progress.step(`simulated Bitbucket: ${all.length} repositories`);
    const registry = await importAll({
      ...{ forge: 'bitbucket', baseUrl: integration.settings.baseUrl, forgeOrganization: organization },
      ...{ connection, clock, open },
      repositories: all.map(({ uuid, slug, defaultBranch }) => ({
        ...{ id: uuid, name: slug, defaultBranch },
      })),
    });
    // The judges have all of Bitbucket's patience: a large repository takes more requests than an hour allows.
    simulator.intercept(() => {
      simulator.renewLimits();
      return undefined;
    });
    return await use({ ...registry, web, api, authorization: cloud.basic('alice') });
  } finally {
    await at.close();
  }
}
