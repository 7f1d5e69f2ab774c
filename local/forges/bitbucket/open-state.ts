import { gitRootOf, openState, type PersistentState } from '../state/open-state.ts';
import { bitbucketPart, type World } from '../world/world.ts';
import type { BitbucketState, Delivery } from './state.ts';
import { deliverySchema, stateSchema } from './state-schema.ts';
import { defaultVariant, type Variant } from './variants.ts';
import { worldToState } from './world-to-state.ts';

/** A request history is kept only where somebody switched it on, for 14 days; the simulator's own log keeps as much. */
const deliveriesKeptMs = 14 * 24 * 60 * 60 * 1000;

export interface BitbucketStateOptions {
  /** Folder that only this simulator uses. */
  readonly directory: string;
  readonly now: () => number;
  /** Replaces that of a stored state. */
  readonly variant?: Variant | undefined;
}

/**
 * Opens the state of a simulated Bitbucket in a folder: reads it if there is one, or else creates it from the world's workspaces.
 *
 * @throws when the folder holds a state of another format.
 */
export function createBitbucketState(
  world: World,
  { directory, now, variant }: BitbucketStateOptions,
): Promise<PersistentState<BitbucketState, Delivery>> {
  const served = bitbucketPart(world);
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
