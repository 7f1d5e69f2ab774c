import { randomBytes } from 'node:crypto';
import { gitRootOf, openState, type PersistentState } from '../state/open-state.ts';
import { gitHubPart, type World } from '../world/world.ts';
import { createApp } from './app-identity.ts';
import type { App, Delivery, GitHubState } from './state.ts';
import { deliverySchema, stateSchema } from './state-schema.ts';
import { worldToState } from './world-to-state.ts';

/** GitHub keeps deliveries for three days. https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries */
const deliveriesKeptMs = 3 * 24 * 60 * 60 * 1000;

export interface GitHubStateOptions {
  /** Folder that only this simulator uses. */
  readonly directory: string;
  readonly now: () => number;
  readonly random?: (bytes: number) => Uint8Array;
  /** Parts of the app that are given instead of generated. */
  readonly app?: Partial<App>;
}

/**
 * Opens the state of a simulated GitHub in a folder: reads it if there is one, or else creates it from the GitHub part of the world.
 *
 * @throws when the folder holds a state of another format.
 */
export async function createGitHubState(
  world: World,
  { directory, now, random = randomBytes, app }: GitHubStateOptions,
): Promise<PersistentState<GitHubState, Delivery>> {
  const served = gitHubPart(world);
  const gitRoot = gitRootOf(directory);
  const schema = stateSchema(gitRoot);
  return openState({
    directory,
    now,
    world: served,
    deliveriesKeptMs,
    delivery: deliverySchema,
    make: () =>
      worldToState(served, { app: createApp(random, app), gitRoot, now: new Date(now()).toISOString() }),
    read(stored) {
      const state = schema.parse(stored);
      return { ...state, app: { ...state.app, ...app } };
    },
  });
}
