import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultWorldFile, parseWorld, readWorld } from './read-world.ts';
import { forgeOf } from './world.ts';
import { WorldError } from './world-error.ts';

/** A world with one part replaced. */
function world(part: { users?: string; organization?: string; top?: string } = {}): string {
  return `${part.top ?? ''}users: ${part.users ?? '[{ login: alice }, { login: bob }]'}
organizations:
  - login: acme
    members: { alice: owner }
${part.organization ?? ''}`;
}

const repository = (fields: string): { organization: string } => ({
  organization: `    repositories:\n      - { name: money, ${fields} }\n`,
});

/** A world with one group of GitLab, or one workspace of Bitbucket. */
const gitLab = (fields: string): string => `users: [{ login: alice }, { login: bob }]
organizations:
  - { forge: gitlab, path: labs, members: { alice: owner }, ${fields} }`;
const bitbucket = (fields: string): string => `users: [{ login: alice }, { login: bob }]
organizations:
  - { forge: bitbucket, slug: works, members: { alice: owner }, ${fields} }`;

describe('an invalid world is refused with the place and what is expected there', () => {
  it.each<[string, string]>([
    ['- a\n- b', 'w.yaml:1: the document: expected a map with users and organizations; found a list'],
    ['users: [', 'w.yaml:1: '],
    ['users: []\norganizations: &all\n  - *all', 'w.yaml:3: *all is inside what it repeats'],
    ['users: []\norganizations: *all', 'w.yaml:2: *all repeats nothing: no &all is before it'],
    [
      `a: &a [x]\nb: &b [${'*a,'.repeat(99)}]\nc: &c [${'*b,'.repeat(99)}]\nd: [${'*c,'.repeat(99)}]`,
      'w.yaml: Excessive alias count',
    ],
    ['users: []', 'w.yaml:1: the document: "organizations" is missing'],
    ['users: []\norganizations: []', 'w.yaml:2: organizations: the list is empty'],
    [
      world({ top: 'forge: github\n' }),
      'w.yaml:1: forge: unknown key; known here: enterprise, users, organizations',
    ],
    [
      world({ users: '[{ login: a b }, { login: alice }]' }),
      'w.yaml:1: users[0].login: expected a login: letters,',
    ],
    [
      world({ users: '[{ login: alice, suspended: "no" }]' }),
      'users[0].suspended: expected true or false; found "no"',
    ],
    [world({ users: '[{ login: alice }, { login: ALICE }]' }), 'users[1].login: "ALICE" is there twice'],
    [
      world({ users: '[{ login: alice, id: 7 }, { login: bob, id: 7 }]' }),
      'two users or organizations have the id 7',
    ],
    [
      world({ users: '[{ login: alice, id: 0 }]' }),
      'users[0].id: expected a number from 1 to 4294967295; found the number 0',
    ],
    [
      world({ users: '[{ login: alice }, { login: acme }]' }),
      'w.yaml:3: organizations[0].login: a user has this login',
    ],
    [
      world({ organization: '    basePermission: pull\n' }),
      'w.yaml:5: organizations[0].basePermission: expected none, read, write or admin; found "pull"',
    ],
    [
      world().replace('alice: owner', 'alice: boss'),
      'organizations[0].members.alice: expected owner, member or pending; found "boss"',
    ],
    [world().replace('alice: owner', 'alice: member'), 'organizations[0].members: there is no owner'],
    [
      world().replace('alice: owner', 'alice: owner, eve: member'),
      'organizations[0].members.eve: "eve" is not in users',
    ],
    [
      world({ organization: '    teams: [{ name: A, members: [bob] }]\n' }),
      'organizations[0].teams[0].members[0]: "bob" is no member of acme',
    ],
    [
      world({ organization: '    teams: [{ name: A }, { name: a }]\n' }),
      'teams[1].name: another team of acme has the slug "a"',
    ],
    [
      world({ organization: '    teams: [{ name: A, teams: [{ name: B, secret: true }] }]\n' }),
      'teams[0].teams[0].secret: a team with a parent',
    ],
    [
      world({ organization: '    teams: [{ name: A, repositories: { x: pull } }]\n' }),
      'teams[0].repositories.x: "x" is no repository of acme',
    ],
    [
      world({ organization: '    teams: [{ name: A, repositories: { x: read } }]\n' }),
      'teams[0].repositories.x: expected pull, triage, push, maintain or admin; found "read"',
    ],
    [
      world({ organization: '    teams: [{ name: A, enterprise: true }]\n' }),
      'teams[0].enterprise: teams of an enterprise need one at the top',
    ],
    [
      world({ organization: '    teams: [{ name: A, enterprise: true, secret: true }]\n' }).replace(
        'users:',
        'enterprise: e\nusers:',
      ),
      'teams[0].enterprise: a team of the enterprise is neither nested nor secret',
    ],
    [
      world({ organization: '    roles: [{ name: A, members: [bob] }]\n' }),
      'roles[0].members[0]: "bob" is no member of acme',
    ],
    [
      world({ organization: '    roles: [{ name: A, teams: [B] }]\n' }),
      'roles[0].teams[0]: "B" is no team of acme',
    ],
    [
      world({ organization: '    roles: [{ name: all_repo_read, base: push }]\n' }),
      'roles[0].base: all_repo_read is predefined, and has its own',
    ],
    [
      world({ organization: '    installation: { repositories: some }\n' }),
      'organizations[0].installation.repositories: expected all, or a list of repositories; found "some"',
    ],
    [
      world({ organization: '    installation: { repositories: [x] }\n' }),
      'installation.repositories[0]: "x" is no repository of acme',
    ],
    [
      world(repository('vissibility: public')),
      'w.yaml:6: organizations[0].repositories[0].vissibility: unknown key; known here: name, id, description',
    ],
    [
      world(repository('visibility: internal')),
      'repositories[0].visibility: internal repositories need an enterprise',
    ],
    [
      world(repository('collaborators: { eve: pull }')),
      'repositories[0].collaborators.eve: "eve" is not in users',
    ],
    [world(repository('git: ../x, history: []')), 'repositories[0].git: git and history exclude each other'],
    [
      world(repository('history: { tags: 1.0.0 }')),
      'repositories[0].history: expected a list of steps; found a map',
    ],
    [
      world(repository('history: [{ tags: 1.0 }]')),
      'history[0].tags: expected a tag, a list of tags, or {from: 1.0.0, minors: 3, patches: 2}; found the number 1 (a text needs quotes)',
    ],
    [world(repository('history: [{ tags: [1.0.0, 1.0.0] }]')), 'history[0].tags: "1.0.0" is there already'],
    [
      world(repository('history: [{ branch: x, from: y }]')),
      'history[0].from: there is no branch or tag "y" in the steps before',
    ],
    [world(repository('history: [{ author: eve }]')), 'history[0].author: "eve" is not in users'],
    [
      world(repository('history: [{ branch: "a..b" }]')),
      'history[0].branch: expected the name of a branch, tag or commit; found "a..b"',
    ],
    [
      world(repository('history: [{ files: { ../x: y } }]')),
      'history[0].files["../x"]: the key must be a path inside the repository',
    ],
    [
      world(repository('history: [{ files: { .git/config: y } }]')),
      'files[".git/config"]: the key must be a path inside',
    ],
    [
      world(repository('history: [{ files: { x: 1 } }]')),
      'history[0].files.x: expected a text, null to remove the file, or {symlink: target}; found the number 1',
    ],
    [
      world().replace('login: acme', 'forge: gitea\n    login: acme'),
      'w.yaml:3: organizations[0].forge: expected github, gitlab or bitbucket; found "gitea"',
    ],
    [
      gitLab('login: x'),
      'organizations[0].login: unknown key; known here: forge, path, id, name, description',
    ],
    [gitLab('name: X').replace('path: labs, ', ''), 'w.yaml:3: organizations[0]: "path" is missing'],
    [
      gitLab('name: X').replace('path: labs', 'path: labs.git'),
      '[0].path: expected a path: letters, digits,',
    ],
    [gitLab('name: X').replace('owner', 'maintainer'), 'organizations[0].members: there is no owner'],
    [
      gitLab('projects: [{ path: a, members: { bob: boss } }]'),
      'projects[0].members.bob: expected minimal_access, guest, planner, reporter, security_manager, developer, maintainer or owner, or {level: ..., expires: 2026-12-31}; found "boss"',
    ],
    [
      gitLab('projects: [{ path: a, members: { bob: { level: guest, expires: soon } } }]'),
      'projects[0].members.bob: expected minimal_access, guest,',
    ],
    [
      gitLab('groups: [{ path: a, members: { eve: guest } }]'),
      'groups[0].members.eve: "eve" is not in users',
    ],
    [
      gitLab('groups: [{ path: a }], projects: [{ path: A }]'),
      'projects[0].path: "A" is there twice in labs',
    ],
    [gitLab('groups: [{ path: a, forge: gitlab }]'), 'groups[0].forge: only the top-level group says'],
    [
      gitLab('sharedWithGroups: { ops: guest }'),
      'organizations[0].sharedWithGroups.ops: there is no group ops in this world',
    ],
    [
      gitLab('groups: [{ path: a, sharedWithGroups: { labs/a: guest } }]'),
      'groups[0].sharedWithGroups["labs/a"]: a group is not shared with itself',
    ],
    [
      gitLab('visibility: internal, groups: [{ path: a, projects: [{ path: b, visibility: internal }] }]'),
      'groups[0].projects[0].visibility: nothing in a private group is internal',
    ],
    [gitLab('groups: [{ path: a, id: 7 }, { path: b, id: 7 }]'), 'organizations: two groups have the id 7'],
    [
      gitLab('projects: [{ path: a, history: [{ author: eve }] }]'),
      'projects[0].history[0].author: "eve" is not in users',
    ],
    [
      gitLab('name: X')
        .replace('forge: gitlab', 'forge: gitlab, path: labs }\n  - { forge: gitlab')
        .replace('path: labs }', 'path: LABS, members: { alice: owner } }'),
      'w.yaml:4: organizations[1].path: "labs" is there twice',
    ],
    [bitbucket('path: x'), 'organizations[0].path: unknown key; known here: forge, slug, name, connection'],
    [
      bitbucket('name: X').replace('works', 'Works'),
      'organizations[0].slug: expected a slug: small letters,',
    ],
    [bitbucket('name: X').replace('owner', 'admin'), 'members.alice: expected owner, member or collaborator'],
    [bitbucket('groups: [{ name: a, members: [bob] }]'), 'groups[0].members[0]: "bob" is no member of works'],
    [
      bitbucket('projects: [{ key: core }]'),
      'projects[0].key: expected a key: capital letters, digits and underscores, a letter first; found "core"',
    ],
    [
      bitbucket('projects: [{ key: A, repositories: [{ slug: a, permissions: { users: { bob: push } } }] }]'),
      'repositories[0].permissions.users.bob: expected read, write or admin; found "push"',
    ],
    [
      bitbucket('projects: [{ key: A, permissions: { groups: { ops: create-repo } } }]'),
      'projects[0].permissions.groups.ops: "ops" is no group of works',
    ],
    [
      bitbucket(
        'projects: [{ key: A, repositories: [{ slug: a }] }, { key: B, repositories: [{ slug: a }] }]',
      ),
      'projects[1].repositories[0].slug: "a" is there twice in works',
    ],
  ])('%j', (text, message) => {
    let error: unknown;
    try {
      parseWorld(text, 'w.yaml');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WorldError);
    const lines = String(error instanceof Error ? error.message : error).split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(message);
  });

  it('names every problem, one line each', () => {
    const text = world({
      users: '[{ login: alice, nam: x }]',
      organization: '    basePermission: all\n    name: 5\n',
    });
    expect(() => parseWorld(text, 'w.yaml')).toThrow(
      /users\[0\]\.nam.*\n.*basePermission.*\n.*name: expected a text/,
    );
  });
});

describe('reading', () => {
  it('accepts the default world', async () => {
    const { organizations } = await readWorld(defaultWorldFile);
    expect(new Set(organizations.map(forgeOf))).toEqual(new Set(['github', 'gitlab', 'bitbucket']));
  });

  it('finds git repositories of every forge relative to the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'world-'));
    const git = 'git: ../elsewhere';
    const text = `${world(repository(git))}
  - forge: gitlab
    path: labs
    members: { alice: owner }
    groups: [{ path: web, projects: [{ path: money, ${git} }] }]
  - forge: bitbucket
    slug: works
    members: { alice: owner }
    projects: [{ key: CORE, repositories: [{ slug: money, ${git} }, { slug: clock, history: [] }] }]
`;
    await writeFile(join(folder, 'w.yaml'), text);
    const { organizations } = await readWorld(join(folder, 'w.yaml'));
    const found = { git: join(folder, '../elsewhere') };
    expect(organizations).toMatchObject([
      { repositories: [found] },
      { groups: [{ projects: [{ path: 'money', ...found }] }] },
      { projects: [{ key: 'CORE', repositories: [{ slug: 'money', ...found }, { slug: 'clock' }] }] },
    ]);
    await rm(folder, { recursive: true });
  });

  it('reports a missing file', async () => {
    await expect(readWorld('/nowhere/w.yaml')).rejects.toThrow('/nowhere/w.yaml: the file cannot be read');
  });
});
