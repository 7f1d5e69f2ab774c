/** A small organization, and all that happens to it: together it goes through every function of the main job. */
import type { Changes } from '../../../local/forges/github/changes.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';

/** Ann reads what the team reads. */
export const smallWorld = parseWorld(
  `
users:
  - { login: alice, name: Alice, email: alice@acme.example }
  - { login: ann }
  - { login: bob }
organizations:
  - login: acme
    members: { alice: owner, ann: member }
    installation: { repositories: all }
    teams:
      - { name: Readers, members: [ann], repositories: { lib: pull, old: pull } }
    repositories:
      - name: lib
        history: [{ manifest: { name: acme/lib, license: MIT }, tags: ['1.0.0'] }]
      - name: old
        history: [{ manifest: { name: acme/old, license: MIT }, tags: ['1.0.0'] }]
`,
  'small-world.yaml',
);

/** One after another, each from the end of the one before. */
export const chapters = [
  'a new tag',
  'a new repository',
  'a right given and one taken',
  'an archive',
  'a reconcile',
] as const;
export type Chapter = (typeof chapters)[number];

/** What happens on the forge, and what it then has to say is delivered in the chapter; what the reconcile finds, nobody was told of. */
export const forgeChanges: Partial<Readonly<Record<Chapter, (changes: Changes) => Promise<unknown>>>> = {
  'a new tag': (changes) => changes.pushVersions('acme/lib', ['1.1.0']),
  async 'a new repository'(changes) {
    await changes.run('create-repository', {
      organization: 'acme',
      name: 'tool',
      visibility: 'private',
      defaultBranch: 'main',
    });
    const history = [{ manifest: { name: 'acme/tool', license: 'MIT' }, tags: ['1.0.0'] }];
    await changes.run('push', { repository: 'acme/tool', history });
  },
  async 'a right given and one taken'(changes) {
    await changes.run('set-team-repository', {
      team: 'readers',
      repository: 'acme/tool',
      permission: 'pull',
    });
    await changes.run('remove-team-repository', { team: 'readers', repository: 'acme/old' });
  },
  'a reconcile': (changes) =>
    changes.run('add-organization-member', { user: 'bob', role: 'member', pending: false }),
};

/** An archive of an imported version, which nobody has asked for before its chapter. */
export const oldDist = { name: 'acme/lib', version: '1.0.0' } as const;
export const packageNames = ['acme/lib', 'acme/old', 'acme/tool'] as const;
