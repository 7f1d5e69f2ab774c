import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listRefs } from '../git/bare-repository.ts';
import { parseWorld } from '../world/read-world.ts';
import { createGitLabState } from './open-state.ts';
import { fullPath } from './paths.ts';
import { sceneOf } from './test-world.ts';

const world = parseWorld(
  `
users: [{ login: alice }, { login: bot, bot: service_account, id: 2002 }, { login: dave, state: banned }]
organizations:
  - { login: acme, members: { alice: owner } }
  - forge: gitlab
    path: labs
    name: Labs
    members: { alice: owner, bot: { level: guest, role: viewer, awaiting: true } }
    roles: [{ name: viewer, base: guest, readCode: true }]
    groups:
      - path: platform
        projects:
          - path: money
            history: [{ manifest: { name: labs/money }, tags: [1.0.0] }]
            sharedWithGroups: { labs: { level: reporter, expires: 2026-12-31 } }
`,
  'world',
);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gitlab-state-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () => createGitLabState(world, { directory, now: () => Date.UTC(2026, 5, 1) });

it('has the groups of the world with all that it says of them, and their repositories', async () => {
  const { state } = await open();
  const scene = sceneOf(state);
  const money = scene.project('labs/platform/money');
  expect([...(await listRefs(money.gitDirectory)).keys()]).toEqual(['refs/heads/main', 'refs/tags/1.0.0']);
  expect(money.sharedWith.get(scene.group('labs').id)).toEqual({ level: 20, expiresAt: '2026-12-31' });
  expect(scene.user('bot')).toMatchObject({ id: 2002, kind: 'service_account' });
  expect(scene.user('dave').state).toBe('banned');
  const [role] = [...(scene.group('labs').memberRoles?.values() ?? [])];
  expect(scene.group('labs').members.get(2002)).toMatchObject({
    level: 10,
    roleId: role?.id,
    awaiting: true,
  });
  expect([...state.groups.values()].map((group) => fullPath(state, group))).toEqual([
    'labs',
    'labs/platform',
  ]);
});

it('is the same after a restart', async () => {
  const first = await open();
  first.state.formerPaths.set('labs/old', sceneOf(first.state).project('labs/platform/money').id);
  await first.save();
  const second = await open();
  expect(second.state).toEqual(first.state);
});
