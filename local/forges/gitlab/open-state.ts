import { gitRootOf, openState, type PersistentState } from '../state/open-state.ts';
import { gitLabPart, type World } from '../world/world.ts';
import type { Delivery, GitLabState } from './state.ts';
import { deliverySchema, stateSchema } from './state-schema.ts';
import { defaultVariant, type Variant } from './variants.ts';
import { worldToState } from './world-to-state.ts';

/** GitLab shows a hook's requests of the last seven days. https://docs.gitlab.com/api/project_webhooks/ */
const deliveriesKeptMs = 7 * 24 * 60 * 60 * 1000;

export interface GitLabStateOptions {
  /** Folder that only this simulator uses. */
  readonly directory: string;
  readonly now: () => number;
  /** Replaces that of a stored state: an instance is upgraded. */
  readonly variant?: Variant | undefined;
}

/**
 * Opens the state of a simulated GitLab in a folder: reads it if there is one, or else creates it from the GitLab part of the world.
 *
 * @throws when the folder holds a state of another format.
 */
export function createGitLabState(
  world: World,
  { directory, now, variant }: GitLabStateOptions,
): Promise<PersistentState<GitLabState, Delivery>> {
  const served = gitLabPart(world);
  const gitRoot = gitRootOf(directory);
  const schema = stateSchema(gitRoot);
  return openState({
    directory,
    now,
    world: served,
    deliveriesKeptMs,
    delivery: deliverySchema,
    make: () =>
      worldToState(served, {
        gitRoot,
        now: new Date(now()).toISOString(),
        variant: variant ?? defaultVariant,
      }),
    read: (stored) => ({ ...schema.parse(stored), ...(variant !== undefined && { variant }) }),
  });
}
