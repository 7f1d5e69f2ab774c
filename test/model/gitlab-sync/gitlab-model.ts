/** A simulated GitLab and what people may read here because of it. One simulator serves all sequences. */
import type { GitLabSimulator } from '../../../local/forges/gitlab/simulator.ts';
import { namesIn } from '../../../shared/domain/scopes.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import type { DescribedInstance } from '../gitlab-rights/instance.ts';
import { openWorld, type RightsWorld } from '../rights-sync/world.ts';
import { connect } from './registry-side.ts';
import { signingToken, startSimulatedGitLab } from './simulated-gitlab.ts';

export interface GitLabWorld extends RightsWorld<GitLabSimulator> {
  readonly topId: number;
  /** Without it the direct members of projects are read in turn. */
  readonly hasGraphql: boolean;
}

export interface GitLabModel {
  /** A simulated GitLab with this instance, read completely. */
  begin(instance: DescribedInstance, hasGraphql?: boolean): Promise<GitLabWorld>;
  close(): Promise<void>;
}

export async function startGitLabModel(): Promise<GitLabModel> {
  const gitlab = await startSimulatedGitLab();
  return {
    async begin(instance, hasGraphql = true) {
      await gitlab.load(instance);
      gitlab.hasGraphql = hasGraphql;
      const { topId } = gitlab;
      const scopes = namesIn(gitLab.traits.scopes);
      const world = await openWorld(gitlab, scopes, async (table, ask) => {
        const { host, ...connected } = await connect(gitlab, table, ask);
        return { ...connected, host: { ...host, secrets: [signingToken] } };
      });
      return Object.assign(world, { topId, hasGraphql });
    },
    close: () => gitlab.close(),
  };
}
