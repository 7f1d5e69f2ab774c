import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorld } from '../world/read-world.ts';
import { gitLabPart, type World } from '../world/world.ts';
import { findGroup, findProject, findUser } from './paths.ts';
import type { RightsContext } from './rights.ts';
import type { GitLabState, Group, Project, User } from './state.ts';
import { defaultVariant, type Variant } from './variants.ts';
import { worldToState } from './world-to-state.ts';

/** The time of tests. */
export const testNow = Date.UTC(2026, 5, 15, 12);

/** A state in which everything is found by name. */
export interface Scene extends RightsContext {
  readonly state: GitLabState;
  user(username: string): User;
  group(path: string): Group;
  project(path: string): Project;
}

/** Names of a state; an unknown one is an error. */
export function sceneOf(state: GitLabState, now = testNow): Scene {
  const found = <Thing>(thing: Thing | undefined, name: string): Thing => {
    if (thing === undefined) throw new Error(`the scene has no "${name}"`);
    return thing;
  };
  return {
    state,
    now: () => now,
    user: (username) => found(findUser(state, username), username),
    group: (path) => found(findGroup(state, path), path),
    project: (path) => found(findProject(state, path)?.project, path),
  };
}

/** Makes the state of a world without the repositories' contents. @param yaml the world */
export async function makeScene(yaml: string, variant: Partial<Variant> = {}): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-gitlab-scene-'));
  try {
    const world: World = parseWorld(yaml, 'world');
    const state = await worldToState(gitLabPart(world), {
      gitRoot: directory,
      now: '2026-01-01T00:00:00Z',
      variant: { ...defaultVariant, ...variant },
    });
    return sceneOf(state);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
