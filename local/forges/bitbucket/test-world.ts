import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorld } from '../world/read-world.ts';
import { bitbucketPart } from '../world/world.ts';
import { existing, findAccount, findProject, findRepository, findWorkspace } from './find.ts';
import type { RightsContext } from './rights.ts';
import type { Account, BitbucketState, Project, Repository, Workspace } from './state.ts';
import { defaultVariant, type Variant } from './variants.ts';
import { worldToState } from './world-to-state.ts';

/** The time of tests. */
export const testNow = Date.UTC(2026, 5, 15, 12);

/** A state in which everything is found by name. */
export interface Scene extends RightsContext {
  readonly state: BitbucketState;
  account(nickname: string): Account;
  workspace(slug: string): Workspace;
  /** By key, in the first workspace. */
  project(key: string): Project;
  /** @param name `workspace/slug` */
  repository(name: string): Repository;
}

/** Names of a state; an unknown one is an error. */
export function sceneOf(state: BitbucketState, now = () => testNow): Scene {
  const workspace = (slug: string): Workspace => existing(findWorkspace(state, slug), slug);
  return {
    ...{ state, now, workspace },
    account: (nickname) => existing(findAccount(state, nickname), nickname),
    project(key) {
      const [first] = state.workspaces.values();
      return existing(first && findProject(state, first, key), key);
    },
    repository(name) {
      const [slug = '', rest = ''] = name.split('/');
      return existing(findRepository(state, workspace(slug), rest), name);
    },
  };
}

/** Makes the state of a world. @param yaml the world */
export async function makeScene(yaml: string, variant: Partial<Variant> = {}): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-bitbucket-scene-'));
  try {
    const state = await worldToState(bitbucketPart(parseWorld(yaml, 'world')), {
      gitRoot: directory,
      now: new Date(testNow).toISOString(),
      variant: { ...defaultVariant, ...variant },
    });
    return sceneOf(state);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Two projects with grants of every kind, a public repository, and somebody outside. */
export const smallWorld = `
users:
  - { login: alice, name: Alice Ames, email: alice@example.com }
  - { login: ann }
  - { login: bob }
  - { login: carl }
  - { login: olga }
organizations:
  - forge: bitbucket
    slug: acme
    name: Acme
    members: { alice: owner, ann: member, bob: member, olga: collaborator }
    groups: [{ name: Core Developers, members: [ann] }, { name: Readers, members: [ann, bob] }]
    projects:
      - key: CORE
        name: Core
        permissions: { groups: { Core Developers: create-repo } }
        repositories:
          - slug: money
            description: Amounts
            permissions: { users: { olga: read }, groups: { Readers: read } }
            history:
              - { manifest: { name: acme/money }, files: { src/Money.php: '<?php' }, tags: [1.0.0, 1.1.0] }
              - { tags: 2.0.0, annotated: true }
          - slug: clock
            history: [{ manifest: { name: acme/clock } }]
      - key: SITE
        repositories:
          - { slug: blog, private: false }
          - { slug: empty }
  - forge: bitbucket
    slug: other
    members: { carl: owner }
    projects: [{ key: X, repositories: [{ slug: secret }] }]
`;
