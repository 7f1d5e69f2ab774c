/** Who reads what by the facts of the adapter, beside what the simulated GitLab itself allows. */
import { afterEach, describe, expect, test } from 'vitest';
import { projectAccess } from '../../local/forges/gitlab/rights.ts';
import type { Variant } from '../../local/forges/gitlab/variants.ts';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import { accessFactsOf, decideAccess } from '../../shared/domain/access.ts';
import type { Fact } from '../../shared/domain/facts.ts';
import { asId, type ForgeAccountId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { readWhole } from './forge-contract/reading.ts';
import { type GitLab, startGitLab, untold } from './gitlab-fixture.ts';

/** Whoever invites a group sees it if it is public, or if he is in it. */
const world = (visibility: 'public' | 'private') =>
  parseWorld(
    `
users:
  - { login: alice }
  - { login: ann }
  - { login: bob }
  - { login: paul }
  - { login: sam }
  - { login: mini }
  - { login: carl }
  - { login: cleo }
  - { login: nina }
  - { login: olga, external: true }
  - { login: dave, suspended: true }
  - { login: wait }
  - { login: solo }
  - { login: past }
organizations:
  - forge: gitlab
    path: acme
    visibility: public
    members:
      { alice: owner, bob: guest, paul: planner, sam: security_manager, mini: minimal_access, dave: owner, olga: guest }
    sharedWithGroups: { friends: { level: reporter } }
    groups:
      - path: core
        visibility: public
        members: { ann: developer, wait: { level: developer, awaiting: true }, past: { level: owner, expires: 2026-06-15 } }
        sharedWithGroups: { partners: { level: reporter }, partners/deep: developer }
        projects:
          - path: money
            sharedWithGroups: { clients: reporter, clients/east: guest }
          - { path: open, visibility: public }
          - { path: half, visibility: public, repositoryAccessLevel: private }
          - { path: shut, visibility: public, repositoryAccessLevel: disabled }
          - { path: alone, members: { solo: reporter, bob: developer } }
        groups:
          - path: inner
            members: { bob: developer }
            projects: [{ path: deep, sharedWithGroups: { acme/other: { level: developer } } }]
      - path: other
        members: { mini: reporter }
      - path: locked
        shareWithGroupLock: true
        projects: [{ path: box, sharedWithGroups: { clients: developer } }]
  - forge: gitlab
    path: partners
    visibility: ${visibility}
    members: { carl: owner }
    groups: [{ path: deep, visibility: ${visibility}, members: { cleo: guest } }]
  - forge: gitlab
    path: clients
    visibility: ${visibility}
    members: { nina: owner }
    sharedWithGroups: { friends: reporter }
    groups: [{ path: east, visibility: ${visibility}, members: { carl: developer } }]
  - forge: gitlab
    path: friends
    visibility: ${visibility}
    members: { cleo: owner }
`,
    'sharing',
  );

let lab: GitLab | undefined;
afterEach(() => lab?.close());

async function start(visibility: 'public' | 'private', variant: Partial<Variant> = {}): Promise<GitLab> {
  lab = await startGitLab({ world: world(visibility), variant });
  return lab;
}

async function factsOf(open: GitLab['open']): Promise<readonly Fact[]> {
  const reads = [];
  for (const scope of namesIn(gitLab.traits.scopes)) reads.push(await readWhole({ open }, scope));
  return reads.flatMap(({ facts }) => facts);
}

/** Who reads which project, by the facts and by GitLab. */
function readersIn({ gitlab, clock }: GitLab, facts: readonly Fact[]) {
  const access = accessFactsOf(facts);
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const user of gitlab.state.users.values()) {
    const account = asId<ForgeAccountId>(user.id);
    const readable = decideAccess({ kind: 'account', account }, access, clock.now());
    for (const project of gitlab.state.projects.values()) {
      const row = `${user.username} ${project.path}`;
      // A public project is open to everybody with a token of the organization.
      if (project.path === 'open') continue;
      if (readable.has(asId<ForgeRepositoryId>(project.id))) ours.push(row);
      if (projectAccess(gitlab, project, user).downloadsCode) theirs.push(row);
    }
  }
  return { ours: ours.sort(), theirs: theirs.sort() };
}

describe.each(['17.7', '18.6', '19.5'])('R14, R15, R16: version %s', (version) => {
  test('the facts let the same people read as GitLab', async () => {
    const gitlab = await start('public', { version });
    // Only there since 19.1.
    if (version !== '19.5')
      await gitlab.simulator.changes.run('remove-member', { source: 'acme', user: 'sam' });
    const { ours, theirs } = readersIn(gitlab, await factsOf(gitlab.open));
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(20);
  });
});

test('GraphQL shows the same facts as REST', async () => {
  const gitlab = await start('public');
  const projectsOf = (list: RegExp): readonly string[] =>
    Object.keys(gitlab.simulator.requests.summary().counts).flatMap((key) => list.exec(key)?.[1] ?? []);
  const listed = () => projectsOf(/projects\/(\d+)\/members$/);
  const compared = () => projectsOf(/projects\/(\d+)\/members\/all$/);
  const byGraphql = await factsOf(gitlab.open);
  expect(compared()).not.toHaveLength(0);
  expect(listed(), "only those that are held against GitLab's own lists").toEqual(compared());
  Object.assign(gitlab.services, { fetch: untold });
  gitlab.simulator.requests.clear();
  expect(await factsOf(gitlab.open)).toEqual(byGraphql);
  expect(listed().length).toBeGreaterThan(compared().length);
  expect(Object.keys(gitlab.simulator.requests.summary().counts)).not.toContain(
    'POST graphql ProjectMembers',
  );
});

test('people of groups that GitLab does not show us read nothing through them', async () => {
  const gitlab = await start('private');
  const { ours, theirs } = readersIn(gitlab, await factsOf(gitlab.open));
  expect(theirs).toEqual(expect.arrayContaining(ours));
  const missing = theirs.filter((row) => !ours.includes(row));
  expect(new Set(missing.map((row) => row.split(' ')[0]))).toEqual(new Set(['carl', 'cleo', 'nina']));
});

test('each team is a group with readers, and roles are those of the top-level group', async () => {
  const gitlab = await start('public');
  const facts = await factsOf(gitlab.open);
  const slugs = facts.flatMap((fact) => (fact.kind === 'team' ? [fact.slug] : []));
  expect(slugs.sort()).toEqual(['acme', 'clients', 'core', 'east', 'inner', 'locked', 'other']);
  const roles = Object.fromEntries(
    facts.flatMap((fact) => (fact.kind === 'member' ? [[fact.login, fact.role]] : [])),
  );
  expect(roles).toEqual({
    ...{ alice: 'owner', bob: 'member', paul: 'member', sam: 'member', olga: 'member', cleo: 'member' },
    ...{ ann: 'outside', mini: 'outside', carl: 'outside', nina: 'outside' },
  });
});

test('a custom role that views code installs what it views where an owner allows that, and nothing otherwise', async () => {
  const gitlab = await start('public');
  const acme = gitlab.gitlab.group('acme');
  acme.memberRoles = new Map([[1, { id: 1, name: 'Viewer', baseLevel: 10, readCode: true }]]);
  Object.assign(acme.members.get(gitlab.gitlab.user('olga').id) ?? {}, { roleId: 1 });
  const readsOf = (facts: readonly Fact[]) =>
    readersIn(gitlab, facts).ours.filter((row) => row.startsWith('olga '));
  const without = await factsOf(gitlab.open);
  gitlab.reading.viewersInstall = true;
  gitlab.simulator.requests.clear();
  const allowed = await factsOf(gitlab.open);
  const { counts } = gitlab.simulator.requests.summary();
  expect(counts['POST graphql GroupMembers']).toBe(1);
  const lists = Object.keys(counts).filter((key) => /groups\/\d+\/members$/.test(key));
  expect(
    lists.filter((key) => key.includes(`/${acme.id}/`)),
    'what the role allows is in this list',
  ).toHaveLength(1);
  expect(readsOf(without)).toEqual(['olga half']);
  expect(readsOf(allowed)).toEqual(['olga alone', 'olga box', 'olga deep', 'olga half', 'olga money']);
  // Nobody else reads more.
  const others = (facts: readonly Fact[]) =>
    readersIn(gitlab, facts).ours.filter((row) => !row.startsWith('olga '));
  expect(others(allowed)).toEqual(others(without));
});
