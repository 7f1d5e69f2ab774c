/** Repositories of every kind, for tests that read contents. */

import { runGit } from '../../local/forges/git/run-git.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { RepositoryIds } from '../../shared/forge/forge.ts';
import type { GitHub } from './github-fixture.ts';

export const world = parseWorld(
  `
enterprise: example
users: [{ login: alice }, { login: bob }]
organizations:
  - login: acme
    members: { alice: owner }
    installation: { repositories: all }
    repositories:
      - name: many
        history:
          - manifest: { name: acme/many }
            tags: { from: v1.0.0, minors: 21, patches: 10 }
          - { branch: 1.x, from: v1.4.0, files: { a: b } }
      - name: odd
      - name: linked
      - { name: open, visibility: public, issues: false }
      - name: empty
      - name: other
        history: [{ manifest: { name: acme/other }, tags: 1.0.0, annotated: true }]
`,
  'contents',
);

export function idsIn(gitHub: Pick<GitHub, 'repository'>, name: string): RepositoryIds {
  const { id, nodeId } = gitHub.repository(name);
  return { repository: asId(id), handle: nodeId };
}

export const gitIn = (
  gitHub: Pick<GitHub, 'repository'>,
  name: string,
  args: readonly string[],
  input: string | Buffer = '',
): Promise<string> => runGit(['--git-dir', gitHub.repository(name).gitDirectory, ...args], { input });
